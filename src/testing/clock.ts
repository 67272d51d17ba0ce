import type { Clock } from '../core/clock.ts'

export interface VirtualClock extends Clock {
  /** Moves time on; what falls due runs in order, each at its own time. */
  advance(ms: number): Promise<void>
  /** How many timers are waiting: 0 once everything has cleaned up after itself. */
  readonly waiting: number
}

/** Turns of the event loop that what has been set off gets to reach its next timer: bodies are read over several. */
const TURNS = 16

/** Lets everything run that waits for nothing but its turn. */
async function settle(): Promise<void> {
  const { port1, port2 } = new MessageChannel()
  port1.start()
  for (let turn = 0; turn < TURNS; turn++)
    await new Promise<void>((resolve) => {
      port1.addEventListener('message', () => resolve(), { once: true })
      port2.postMessage(undefined)
    })
  port1.close()
  await new Promise<void>((resolve) => setTimeout(resolve))
}

/** Time that moves only when it is told to: pass it as `clock`, and no test waits. */
export function virtualClock(start = 0): VirtualClock {
  let time = start
  const timers = new Set<{ at: number; run: () => void }>()
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
