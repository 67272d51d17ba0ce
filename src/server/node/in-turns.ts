/**
 * Answers that arrive faster than they can be translated take turns, so that what is short need not wait for them: a new request, the first
 * words of an answer, a single event. With 32 streams at once the first words come three to five times as soon, for about the same
 * processor time.
 *
 * @module
 */
import type { ByteSink, ByteSource } from '../../core/byte-source.ts'
import { bytesOf, joined } from './bytes.ts'

/** Of each answer at least so much goes on at once, about a dozen events; later a read goes on at once that is no longer, where nobody waits. */
const SHORT_BYTES = 2 * 1024

/** Waiting at most, before the upstream is paused. An answer that has been given so much counts as a new one: others are to have their turns, too. */
const HELD_BYTES = 64 * 1024

interface Turn {
  /** Lower ones come first. Older answers do, so that they end: each one under way costs memory, and the garbage collector time. */
  rank: number
  take(): void
}

/** Of all servers in this process: they share its one event loop. */
const waiting: Turn[] = []
let lastRank = 0
/** Whether the next turns are set down already. */
let due = false

/**
 * In each round of the event loop, which then looks at everything that has arrived. With one the first words come in half the time, but more
 * answers are under way at once, and the processor has a tenth more to do.
 */
const TURNS = 3

function takeTurns(): void {
  try {
    for (let i = 0; i < TURNS; i++) waiting.shift()?.take()
  } finally {
    due = waiting.length > 0
    if (due) setImmediate(takeTurns)
  }
}

function queue(turn: Turn): void {
  let at = waiting.length
  while (at && waiting[at - 1]!.rank > turn.rank) at--
  waiting.splice(at, 0, turn)
  if (!due) setImmediate(takeTurns)
  due = true
}

/** The same source in turns with all the others that are. What waited is given in one piece: all that looks at it is called once for a read. */
export function inTurns(source: ByteSource): ByteSource {
  let sink: ByteSink | undefined
  let held: Uint8Array[] = []
  let heldBytes = 0
  let given = 0
  let waits = false
  let paused = false
  let flowing = true
  let over: (() => void) | undefined

  const flow = () => {
    const wanted = !paused && heldBytes < HELD_BYTES
    if (wanted === flowing) return
    flowing = wanted
    if (wanted) source.resume()
    else source.pause()
  }
  const give = () => {
    waits = false
    if (paused) return
    const bytes = joined(held)
    given += heldBytes
    if (given >= HELD_BYTES) {
      given = SHORT_BYTES
      turn.rank = ++lastRank
    }
    held = []
    heldBytes = 0
    if (bytes.length) sink?.write(bytes)
    flow()
    over?.()
  }
  const turn: Turn = { rank: ++lastRank, take: give }
  /** After a read from the socket: all that it brought is here. */
  const look = () => {
    if (paused || (heldBytes <= SHORT_BYTES && !waiting.length)) give()
    else queue(turn)
  }
  const write = (chunk: Uint8Array | string) => {
    if (!waits && !paused && given < SHORT_BYTES) {
      given += chunk.length
      return sink?.write(chunk)
    }
    const bytes = typeof chunk === 'string' ? bytesOf(chunk) : chunk
    held.push(bytes)
    heldBytes += bytes.length
    flow()
    if (waits || paused) return
    waits = true
    process.nextTick(look)
  }
  const end = (tell: () => void) => {
    over = () => {
      over = undefined
      tell()
    }
    if (!waits && !heldBytes) over()
  }
  return {
    start(to) {
      sink = to
      source.start({ write, end: () => end(() => sink?.end()), fail: (error) => end(() => sink?.fail(error)) })
    },
    pause() {
      paused = true
      flow()
    },
    resume() {
      paused = false
      if (!waits && heldBytes) {
        waits = true
        queue(turn)
      }
      flow()
    },
    cancel(reason) {
      sink = undefined
      held = []
      heldBytes = 0
      source.cancel(reason)
    },
  }
}
