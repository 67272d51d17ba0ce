/** Time, injected: tests run on a clock of their own and never wait. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number
  /** Runs `run` after `ms` milliseconds, unless the returned function is called before. */
  after(ms: number, run: () => void): () => void
}

export const systemClock: Clock = {
  now: Date.now,
  after(ms, run) {
    const timer = setTimeout(run, ms)
    return () => clearTimeout(timer)
  },
}
