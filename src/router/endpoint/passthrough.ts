/**
 * The passage between two sides of the same protocol: bytes go through as they are. Its head is also read, so that an upstream
 * that fails at once is told apart from one that answers; and its tail, so that a break is not taken for an end and the usage is known.
 *
 * @module
 */
import { STATUS, type Failure } from '../../core/failure.ts'
import type { Begun, Protocol, ReplyContext } from '../../core/protocol.ts'
import type { Emit, StreamEvent } from '../../core/reply.ts'
import type { Length } from '../../core/tokens.ts'
import { createEventReader, type EventReader } from '../../core/sse.ts'
import { isObject, numberOf, tryParse } from '../../core/json.ts'
import type { Passage } from './relay.ts'
import { createTail, unfinished, type Tail } from './tail.ts'
import { addWords, beginEnd, createUnreadLength, finishEnd, passEvent, wholeLength } from './unread-length.ts'

export const CUT: Failure = {
  kind: 'truncated',
  status: STATUS.truncated,
  message: 'The upstream closed its stream before the answer was complete. Try again.',
}

export interface PassThroughOptions {
  upstream: Protocol
  context: ReplyContext
  /** A failure in the client's own words, as its stream tells it amid this answer; `''` where it has none. */
  tell(failure: Failure, answer: { model: string; begun?: Begun }): string
  observe: Emit
  /** Every event is observed, not only the first ones and the last: that costs as much as reading them. */
  readAll?: boolean
}

export function createPassThrough({ upstream, context, tell, observe, readAll = false }: PassThroughOptions): Passage {
  let finished = false
  let failed = false
  let readable = true
  let start: Partial<Extract<StreamEvent, { type: 'start' }>> = {}
  let number: number | undefined
  const length = createUnreadLength()
  const decoder = upstream.decodeStream((event) => {
    if (event.type === 'start') start = event
    if (event.type === 'delta') addWords(length, event.text)
    if (event.type === 'finish') finished = true
    if (event.type === 'error') failed = true
    if (event.type === 'delta' || event.type === 'part-end') {
      if (!readAll) passUnread()
    }
    observe(event)
  }, context)
  let done = false
  const createReader = () =>
    createEventReader((data, name) => {
      if (data === '[DONE]') return void (done = true)
      const event = tryParse(data)
      if (isObject(event)) number = numberOf(event.sequence_number)
      if (event !== undefined) decoder.event(event, name)
      passEvent(length, data, name)
    })
  let head: EventReader | undefined = createReader()
  let tail: Tail | undefined
  let tailBytes = 0
  let isTailRead = false
  const passUnread = () => {
    head = undefined
    passage.unread = true
  }
  /** What cannot be read is still passed on. */
  const read = (run: () => void) => {
    try {
      run()
    } catch {
      passUnread()
      readable = false
    }
  }
  /** Reads what was kept; where that was too much, nothing is known of the end. */
  const readTail = () => {
    if (!tail) return head?.end()
    if (isTailRead) return
    isTailRead = true
    const bytes = tail.bytes()
    if (!bytes) return void (readable = false)
    const reader = createReader()
    beginEnd(length)
    reader.push(bytes)
    reader.end()
    finishEnd(length, bytes.length, tailBytes - bytes.length)
  }
  const said = (): Length | undefined => {
    if (tail && readable) read(readTail)
    return tail && !readable ? undefined : wholeLength(length)
  }
  let terminated = false
  /** Whether the answer came to an end of its own, good or bad. */
  const isOver = (): boolean => {
    if (readable) read(readTail)
    terminated = done || finished
    if (readable && !failed && !finished) read(() => decoder.end(done))
    return failed || finished
  }
  const rest = (): string | undefined => {
    if (failed || terminated || !upstream.terminator) return undefined
    passage.recovered = true
    return upstream.terminator
  }
  const breakOff = (failure: Failure): string => {
    observe({ type: 'error', failure })
    const { id, model = '', created } = start
    return tell(failure, { model, begun: { id, created, number } })
  }
  const passage = {
    unread: false,
    recovered: false,
    push(bytes: Uint8Array) {
      if (tail) {
        tail.push(bytes)
        tailBytes += bytes.length
      } else if (head) {
        read(() => head!.push(bytes))
        if (!head && readable) {
          const rest = unfinished(bytes)
          tail = createTail(rest)
          tailBytes = rest.length
        }
      }
      return bytes
    },
    end: () => (isOver() ? rest() : readable ? breakOff(CUT) : undefined),
    fail: (failure: Failure) => (isOver() ? rest() : breakOff(failure)),
    ended: false,
    said,
  }
  return passage
}
