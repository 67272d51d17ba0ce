import type { Clock } from '../../src/core/clock.ts'

export interface SimulatedClock extends Clock {
  /** Lets time pass up to `until` (milliseconds since 1970), or until nothing is left to happen. */
  run(until?: number): Promise<void>
  /** Resolves after `ms` of this clock. */
  pass(ms: number): Promise<void>
  readonly waiting: number
}

interface Timer {
  at: number
  order: number
  run: (() => void) | undefined
}

/** A virtual clock for tens of thousands of timers: in a heap, with no real timer between them. */
export function simulatedClock(start = 0): SimulatedClock {
  const heap: Timer[] = []
  let now = start
  let order = 0
  let waiting = 0
  const earlier = (a: Timer, b: Timer) => a.at < b.at || (a.at === b.at && a.order < b.order)

  const push = (timer: Timer) => {
    let at = heap.push(timer) - 1
    for (let parent = (at - 1) >> 1; at > 0 && earlier(timer, heap[parent]!); parent = (at - 1) >> 1) {
      heap[at] = heap[parent]!
      at = parent
    }
    heap[at] = timer
  }
  const pop = (): Timer | undefined => {
    const first = heap[0]
    const last = heap.pop()
    if (!first || !last || first === last) return first
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && earlier(heap[child + 1]!, heap[child]!)) child++
      if (!earlier(heap[child]!, last)) break
      heap[at] = heap[child]!
      at = child
    }
    heap[at] = last
    return first
  }
  const after = (ms: number, run: () => void) => {
    const timer: Timer = { at: now + Math.max(0, ms), order: order++, run }
    waiting++
    push(timer)
    return () => {
      if (timer.run) waiting--
      timer.run = undefined
    }
  }
  /** Everything that follows from what has just happened, streams included. */
  const settle = () => new Promise<void>((resolve) => setImmediate(resolve))
  return {
    now: () => now,
    after,
    pass: (ms) => new Promise<void>((resolve) => void after(ms, resolve)),
    async run(until = Infinity) {
      await settle()
      while (heap.length && heap[0]!.at <= until) {
        const timer = pop()!
        const { at, run } = timer
        if (!run) continue
        timer.run = undefined
        now = Math.max(now, at)
        waiting--
        run()
        await settle()
      }
      if (until < Infinity) now = until
    },
    get waiting() {
      return waiting
    },
  }
}
