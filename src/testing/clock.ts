import type { Clock } from '../core/clock.ts'

export interface VirtualClock extends Clock {
  /** Moves time on; what falls due runs in order, each at its own time. */
  advance(ms: number): Promise<void>
  /** How many timers are waiting: 0 once everything has cleaned up after itself. */
  readonly waiting: number
}

/** Time that moves only when it is told to: pass it as `clock`, and no test waits. */
export function virtualClock(start = 0): VirtualClock {
  let time = start
  const timers = new Set<{ at: number; run: () => void }>()
  const settle = () => new Promise<void>((resolve) => setTimeout(resolve))
  return {
    now: () => time,
    after(ms, run) {
      const timer = { at: time + ms, run }
      timers.add(timer)
      return () => timers.delete(timer)
    },
    async advance(ms) {
      const until = time + ms
      await settle()
      for (;;) {
        const due = [...timers].filter((timer) => timer.at <= until).sort((a, b) => a.at - b.at)[0]
        if (!due) break
        timers.delete(due)
        time = Math.max(time, due.at)
        due.run()
        await settle()
      }
      time = until
    },
    get waiting() {
      return timers.size
    },
  }
}
