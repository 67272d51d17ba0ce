import { expect, test, vi } from 'vitest'
import { createPresence, presenceBy } from '../../src/core/presence.ts'

test('tells each of those who listen, once, and nobody who has stopped', () => {
  const presence = createPresence()
  const [first, second, third] = [vi.fn(), vi.fn(), vi.fn()]
  presence.whenGone(first)
  presence.whenGone(second)()
  presence.whenGone(third)
  expect(presence.gone()).toBe(false)
  presence.leave('why')
  presence.leave('again')
  expect([first, second, third].map((told) => told.mock.calls.length)).toEqual([1, 0, 1])
  expect([presence.gone(), presence.reason()]).toEqual([true, 'why'])
})

test('is a signal, too, for those who ask before it goes or after', () => {
  const presence = createPresence()
  const signal = presence.signal()
  expect(signal.aborted).toBe(false)
  presence.leave('why')
  expect([signal.aborted, signal.reason]).toEqual([true, 'why'])
  const gone = createPresence()
  gone.leave('before')
  expect([gone.signal().aborted, gone.signal().reason]).toEqual([true, 'before'])
})

test('goes by a signal', () => {
  const controller = new AbortController()
  const presence = presenceBy(controller.signal)
  const [heard, deaf] = [vi.fn(), vi.fn()]
  presence.whenGone(heard)
  presence.whenGone(deaf)()
  controller.abort('why')
  expect([heard.mock.calls.length, deaf.mock.calls.length, presence.gone(), presence.reason()]).toEqual([1, 0, true, 'why'])
  expect(presence.signal()).toBe(controller.signal)
})
