/**
 * The passage between two sides of the same protocol: bytes go through as they are. Its head is also read, so that an upstream
 * that fails at once is told apart from one that answers; and its tail, so that a break is not taken for an end and the usage is known.
 *
 * @module
 */
import { STATUS, type Failure } from '../core/failure.ts'
import type { Protocol, ReplyContext } from '../core/protocol.ts'
import type { Emit } from '../core/reply.ts'
import { createEventReader, type EventReader } from '../core/sse.ts'
import { tryParse } from '../core/json.ts'
import type { Passage } from './relay.ts'

/** How much of a stream's end is kept to be read: more than any last events but those of {@link Protocol.lastEvent}. */
const TAIL_BYTES = 4096
const MAX_TAIL_BYTES = 16 * 1024 * 1024

const CUT: Failure = {
  kind: 'truncated',
  status: STATUS.truncated,
  message: 'The upstream closed its stream before the answer was complete. Try again.',
}

export interface PassThroughOptions {
  upstream: Protocol
  context: ReplyContext
  /** A failure in the client's own words, as the client's stream tells it; `''` where it has none. */
  tell(failure: Failure): string
  observe: Emit
}

export function createPassThrough({ upstream, context, tell, observe }: PassThroughOptions): Passage {
  let finished = false
  let failed = false
  let readable = true
  const decoder = upstream.decodeStream((event) => {
    if (event.type === 'finish') finished = true
    if (event.type === 'error') failed = true
    if (event.type === 'delta' || event.type === 'part-end') head = undefined
    observe(event)
  }, context)
  let done = false
  const createReader = () =>
    createEventReader((data, name) => {
      if (data === '[DONE]') return void (done = true)
      const event = tryParse(data)
      if (event !== undefined) decoder.event(event, name)
    })
  let head: EventReader | undefined = createReader()
  const tail: Uint8Array[] = []
  let tailBytes = 0
  let whole = false
  let recovered = false
  /** What cannot be read is still passed on. */
  const read = (run: () => void) => {
    try {
      run()
    } catch {
      head = undefined
      readable = false
    }
  }
  const keep = (bytes: Uint8Array) => {
    if (!whole && upstream.lastEvent?.test(new TextDecoder().decode(bytes))) whole = true
    tail.push(bytes)
    tailBytes += bytes.length
    while ((!whole || tailBytes > MAX_TAIL_BYTES) && tail.length > 1 && tailBytes - tail[0]!.length >= TAIL_BYTES)
      tailBytes -= tail.shift()!.length
  }
  /** Reads what was kept, from the first whole event on. */
  const readTail = () => {
    if (head) return head.end()
    const reader = createReader()
    const bytes = new Uint8Array(tailBytes)
    let at = 0
    for (const chunk of tail) {
      bytes.set(chunk, at)
      at += chunk.length
    }
    reader.push(bytes.subarray(cutBehindEvent(bytes)))
    reader.end()
  }
  return {
    push(bytes) {
      if (head) read(() => head!.push(bytes))
      else if (readable) keep(bytes)
      return bytes
    },
    end() {
      if (readable) read(readTail)
      const terminated = done || finished
      if (readable && !failed && !finished) read(() => decoder.end(done))
      if (!readable || failed || (finished && (terminated || !upstream.terminator))) return ''
      if (finished) {
        recovered = true
        return upstream.terminator
      }
      observe({ type: 'error', failure: CUT })
      return tell(CUT)
    },
    fail(failure) {
      observe({ type: 'error', failure })
      return tell(failure)
    },
    ended: false,
    get recovered() {
      return recovered
    },
  }
}

const LF = 0x0a
const CR = 0x0d

/** Where the first event that is whole begins: behind the first blank line. */
function cutBehindEvent(bytes: Uint8Array): number {
  for (let at = bytes.indexOf(LF); at !== -1; at = bytes.indexOf(LF, at + 1))
    if (bytes[at + 1] === LF || (bytes[at + 1] === CR && bytes[at + 2] === LF)) return at + 1
  return 0
}
