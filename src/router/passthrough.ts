/**
 * The passage between two sides of the same protocol: bytes go through as they are. Until the first meaningful event they
 * are also read, so that an upstream that fails at once is told apart from one that answers.
 *
 * @module
 */
import type { ChatRequest } from '../core/chat.ts'
import type { Dialect } from '../core/dialect.ts'
import { createNotes } from '../core/notice.ts'
import type { Protocol } from '../core/protocol.ts'
import type { Emit } from '../core/reply.ts'
import { createEventReader, type EventReader } from '../core/sse.ts'
import { tryParse } from '../core/json.ts'
import type { Passage } from './relay.ts'

export function createPassThrough(protocol: Protocol, dialect: Dialect, observe: Emit): Passage {
  let reader: EventReader | undefined = createPeek(protocol, dialect, (event) => {
    observe(event)
    if (event.type === 'delta' || event.type === 'part-end' || event.type === 'finish') reader = undefined
  })
  const peek = (read: (reader: EventReader) => void) => {
    if (!reader) return
    try {
      read(reader)
    } catch {
      reader = undefined // what cannot be read is still passed on
    }
  }
  return {
    push(bytes) {
      peek((open) => open.push(bytes))
      return bytes
    },
    end() {
      peek((open) => open.end())
      return ''
    },
    fail: () => '',
    ended: false,
  }
}

function createPeek(protocol: Protocol, dialect: Dialect, emit: Emit): EventReader {
  const chat: ChatRequest = { stream: true, system: [], messages: [], tools: [] }
  const decoder = protocol.decodeStream(emit, {
    chat,
    model: '',
    dialect,
    notes: createNotes('reply', protocol.fields),
    framing: 'sse',
    newId: (prefix) => prefix,
    now: () => 0,
  })
  return createEventReader((data, name) => {
    const event = data === '[DONE]' ? undefined : tryParse(data)
    if (event !== undefined) decoder.event(event, name)
  })
}
