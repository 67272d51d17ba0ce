/**
 * A client's stream, read one event at a time: of an answer that was written for it already.
 *
 * @module
 */
import { tryParse } from '../../core/json.ts'
import type { Protocol, ReplyContext } from '../../core/protocol.ts'
import type { Emit } from '../../core/reply.ts'
import { createEventReader } from '../../core/sse.ts'

export interface ClientEvents {
  /** More bytes, cut anywhere. */
  push(bytes: Uint8Array): void
  /** Reads the next whole event; gives its bytes, `undefined` where there is none yet. Throws what the protocol throws. */
  next(): Uint8Array | undefined
  /** No more bytes: reads what is left, and whether the answer was complete. */
  end(): void
}

export function createClientEvents(client: Protocol, context: ReplyContext, emit: Emit): ClientEvents {
  const decoder = client.decodeStream(emit, context)
  const reader = createEventReader((data, name) => {
    if (data === '[DONE]') return decoder.end(true)
    const event = tryParse(data)
    if (event !== undefined) decoder.event(event, name)
  })
  let left: Uint8Array = new Uint8Array()
  const read = (block: Uint8Array) => {
    // Gemini tells of a failure without the `data:` of an event.
    if (block[0] === BRACE) decoder.event(tryParse(new TextDecoder().decode(block)), undefined)
    else reader.push(block)
  }
  return {
    push: (bytes) => void (left = joined(left, bytes)),
    next() {
      const end = eventEnd(left)
      if (end < 0) return undefined
      const block = left.subarray(0, end)
      left = left.subarray(end)
      read(block)
      return block
    },
    end() {
      if (left.length) read(left)
      reader.end()
      decoder.end(false)
    },
  }
}

const LF = 0x0a
const CR = 0x0d
const BRACE = 0x7b

/** Where the first event ends, behind its blank line; -1 where its end has not come. */
function eventEnd(bytes: Uint8Array): number {
  for (let at = bytes.indexOf(LF); at >= 0; at = bytes.indexOf(LF, at + 1)) {
    if (bytes[at + 1] === LF) return at + 2
    if (bytes[at + 1] === CR && bytes[at + 2] === LF) return at + 3
  }
  return -1
}

export function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  if (!first.length) return second
  const both = new Uint8Array(first.length + second.length)
  both.set(first)
  both.set(second, first.length)
  return both
}
