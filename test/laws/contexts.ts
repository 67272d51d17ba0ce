import type { ChatRequest, ProtocolName } from '../../src/core/chat.ts'
import { createNameMap } from '../../src/core/names.ts'
import { createNotes } from '../../src/core/notice.ts'
import type { AskContext, ReplyContext } from '../../src/core/protocol.ts'
import { dialectFor } from '../../src/transformers/dialects.ts'
import { protocols } from '../../src/transformers/registry.ts'

const anything = { max: Number.POSITIVE_INFINITY, pattern: /^/ }

/** What an encoder of a request is given when a protocol writes what it read itself: names and ids stay as they are. */
export const askContext = (protocol: ProtocolName, model: string): AskContext => ({
  model,
  dialect: dialectFor({ protocol }),
  notes: createNotes('request', protocols[protocol].fields),
  toolNames: createNameMap(anything),
  callIds: createNameMap(anything),
})

export function replyContext(protocol: ProtocolName, chat: ChatRequest, model: string): ReplyContext {
  let count = 0
  return {
    chat,
    model,
    dialect: dialectFor({ protocol }),
    notes: createNotes('reply', protocols[protocol].fields),
    framing: 'sse',
    newId: (prefix) => `${prefix}${++count}`,
    now: () => 1_700_000_000_000,
  }
}

export const emptyChat = (): ChatRequest => ({
  stream: false,
  at: '',
  system: [],
  messages: [{ role: 'user', parts: [{ type: 'text', text: 'hi' }] }],
  tools: [],
})
