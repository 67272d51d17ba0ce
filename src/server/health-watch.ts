/**
 * Health checks of the configuration at work: another one brings its own.
 *
 * @module
 */
import type { Composition } from './compose.ts'

export interface HealthWatch {
  /** Checks the members of all pools whose configuration wants that, until the signal aborts. */
  watch(until: AbortSignal): void
  /** Another composition has taken the place of the one before. */
  use(next: Composition): void
}

export function createHealthWatch(first: Composition): HealthWatch {
  let current = first
  let wanted: AbortSignal | undefined
  let stop = new AbortController()
  const begin = () => {
    if (wanted) for (const pool of current.pools.values()) pool.watch(AbortSignal.any([wanted, stop.signal]))
  }
  return {
    watch(until) {
      wanted = until
      begin()
    },
    use(next) {
      stop.abort()
      stop = new AbortController()
      current = next
      begin()
    },
  }
}
