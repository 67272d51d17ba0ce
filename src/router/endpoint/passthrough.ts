/**
 * The passage between two sides of the same protocol: bytes go through as they are. Its head is also read, so that an upstream
 * that fails at once is told apart from one that answers; and its tail, so that a break is not taken for an end and the usage is known.
 *
 * @module
 */
import { STATUS, type Failure } from '../../core/failure.ts'
import type { Begun, Protocol, ReplyContext } from '../../core/protocol.ts'
import type { Emit, StreamEvent } from '../../core/reply.ts'
import { addLength, type Length } from '../../core/tokens.ts'
import { createEventReader, type EventReader } from '../../core/sse.ts'
import { isObject, numberOf, tryParse } from '../../core/json.ts'
import type { Passage } from './relay.ts'
import { createTail, unfinished, type Tail } from './tail.ts'

export const CUT: Failure = {
  kind: 'truncated',
  status: STATUS.truncated,
  message: 'The upstream closed its stream before the answer was complete. Try again.',
}

/** What stands around an event's data: `data: ` and the blank line, and with a name `event: ` and its line end. */
const UNNAMED_FRAME = 8
const NAMED_FRAME = 16

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
  /** What was read of the answer's beginning, and of its end. */
  const beginning: Length = { characters: 0, wide: 0 }
  const ending: Length = { characters: 0, wide: 0 }
  /** How long the ending is on the wire up to the last event that says something, and behind that. */
  let speaking = 0
  let silent = 0
  const decoder = upstream.decodeStream((event) => {
    if (event.type === 'start') start = event
    if (event.type === 'delta') addLength(tail ? ending : beginning, event.text)
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
      const before = ending.characters
      if (event !== undefined) decoder.event(event, name)
      silent += data.length + (name === undefined ? UNNAMED_FRAME : NAMED_FRAME + name.length)
      if (ending.characters === before) return
      speaking += silent
      silent = 0
    })
  let head: EventReader | undefined = createReader()
  let tail: Tail | undefined
  let tailBytes = 0
  let isTailRead = false
  /** What the words of the ending are multiplied by to stand for those as well that were not read. */
  let times = 1
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
    silent = speaking = 0
    reader.push(bytes)
    reader.end()
    const unread = tailBytes - bytes.length
    if (unread) times = 1 + (unread * (speaking + silent)) / (bytes.length * speaking)
  }
  const said = (): Length | undefined => {
    if (!tail) return beginning
    if (readable) read(readTail)
    if (!readable || !Number.isFinite(times)) return undefined
    return { characters: beginning.characters + ending.characters * times, wide: beginning.wide + ending.wide * times }
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
