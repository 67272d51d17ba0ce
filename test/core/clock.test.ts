import { expect, test, vi } from 'vitest'
import { systemClock } from '../../src/core/clock.ts'

test.each([40 * 86_400_000, Infinity])('what is to last %s ms is not over at once', (ms) => {
  vi.useFakeTimers()
  const run = vi.fn()
  const cancel = systemClock.after(ms, run)
  vi.advanceTimersByTime(24 * 86_400_000)
  expect(run).not.toHaveBeenCalled()
  cancel()
  vi.useRealTimers()
})
