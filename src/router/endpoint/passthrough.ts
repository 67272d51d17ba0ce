/**
 * The passage between two sides of the same protocol: bytes go through as they are. Its head is also read, so that an upstream
 * that fails at once is told apart from one that answers; and its tail, so that a break is not taken for an end and the usage is known.
 *
 * @module
 */
import { STATUS, type Failure } from '../../core/failure.ts'
import type { Protocol, ReplyContext } from '../../core/protocol.ts'
import type { Emit } from '../../core/reply.ts'
import { createEventReader, type EventReader } from '../../core/sse.ts'
import { tryParse } from '../../core/json.ts'
import type { Passage } from './relay.ts'
import { createTail, unfinished, type Tail } from './tail.ts'

const CUT: Failure = {
  kind: 'truncated',
  status: STATUS.truncated,
  message: 'The upstream closed its stream before the answer was complete. Try again.',
}

export interface PassThroughOptions {
  upstream: Protocol
  context: ReplyContext
  /** A failure in the client's own words, as the client's stream tells it; `''` where it has none. `begun`: some of the answer has gone out. */
  tell(failure: Failure, begun: boolean): string
  observe: Emit
}

export function createPassThrough({ upstream, context, tell, observe }: PassThroughOptions): Passage {
  let finished = false
  let failed = false
  let readable = true
  let begun = false
  const decoder = upstream.decodeStream((event) => {
    if (event.type === 'finish') finished = true
    if (event.type === 'error') failed = true
    if (event.type === 'delta' || event.type === 'part-end') {
      head = undefined
      begun = true
    }
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
  let tail: Tail | undefined
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
  /** Reads what was kept; where that was too much, nothing is known of the end. */
  const readTail = () => {
    if (!tail) return head?.end()
    const bytes = tail.bytes()
    if (!bytes) return void (readable = false)
    const reader = createReader()
    reader.push(bytes)
    reader.end()
  }
  return {
    push(bytes) {
      if (tail) tail.push(bytes)
      else if (head) {
        read(() => head!.push(bytes))
        if (!head && readable) tail = createTail(unfinished(bytes))
      }
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
      return tell(CUT, begun)
    },
    fail(failure) {
      observe({ type: 'error', failure })
      return tell(failure, begun)
    },
    ended: false,
    get recovered() {
      return recovered
    },
  }
}
