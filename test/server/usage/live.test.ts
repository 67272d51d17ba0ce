import { beforeEach, expect, test } from 'vitest'
import { createLive } from '../../../src/server/usage/live.ts'
import type { Live } from '../../../src/server/usage/source.ts'
import { virtualClock, type VirtualClock } from '../../../src/testing/clock.ts'
import { record, sourceOf, type TestSource } from './world.ts'

let source: TestSource
let clock: VirtualClock
let live: Live
let isOpen = true

beforeEach(() => {
  isOpen = true
  source = sourceOf()
  clock = virtualClock()
  live = createLive({ source, clock, isOpen: () => isOpen, kept: 3, perViewer: 2 })
})

interface Viewer {
  /** What comes next, as text; `undefined` at the end. */
  next(): Promise<string | undefined>
  leave(): Promise<void>
}

function view(filter = {}, name = ''): Viewer {
  return read(live.open(name, filter, (one) => one))
}

function read(response: Response): Viewer {
  const reader = response.body!.getReader()
  const next = async () => {
    const { value } = await reader.read()
    return value && new TextDecoder().decode(value)
  }
  return { next, leave: () => reader.cancel() }
}

const idIn = (text: string | undefined): string | undefined => /^id: (.*)\nevent: request\ndata: \{.*\}\n\n$/.exec(text ?? '')?.[1]

test('whoever looks is told of each request that fits, without what was said in it', async () => {
  const all = view()
  const failed = view({ failed: true, endpoint: 'fast' })
  expect(await all.next()).toBe(': live\n\n')
  expect(await failed.next()).toBe(': live\n\n')
  const [good, bad] = [record({ bodies: { request: 'a secret' } }), record({ status: 500 })]
  await source.end(good, bad)
  const told = await all.next()
  expect(idIn(told)).toBe(good.id)
  expect(told).not.toContain('a secret')
  expect(JSON.parse(/data: (.*)/.exec(told!)![1]!)).toMatchObject({ id: good.id, attempts: [{ endpoint: 'fast' }] })
  expect(idIn(await all.next())).toBe(bad.id)
  expect(idIn(await failed.next())).toBe(bad.id)
})

test('a reader that waits has it at once, and signs of life', async () => {
  const viewer = view()
  await viewer.next()
  const waiting = viewer.next()
  await clock.advance(15_000)
  expect(await waiting).toBe(': beat\n\n')
  const later = viewer.next()
  const one = record()
  await source.end(one)
  expect(idIn(await later)).toBe(one.id)
})

test('a slow one misses the oldest, is told how many, and has no signs of life heaped up', async () => {
  const response = live.open('', {}, (one) => one)
  const records = Array.from({ length: 1000 }, () => record())
  await source.end(...records)
  await clock.advance(600_000)
  const viewer = read(response)
  expect(await viewer.next()).toBe(': live\n\n')
  expect(await viewer.next()).toBe('event: missed\ndata: {"count":997}\n\n')
  for (const { id } of records.slice(-3)) expect(idIn(await viewer.next())).toBe(id)
  const next = viewer.next()
  const last = record()
  await source.end(last)
  expect(idIn(await next)).toBe(last.id)
})

test('who leaves leaves nothing behind', async () => {
  const [first, second] = [view(), view()]
  expect([source.listening, clock.waiting]).toEqual([1, 1])
  await first.leave()
  expect([source.listening, clock.waiting]).toEqual([1, 1])
  await second.leave()
  expect([source.listening, clock.waiting]).toEqual([0, 0])
  await source.end(record())
  const again = view()
  expect(source.listening).toBe(1)
  await again.leave()
})

test('nobody has many at once, and everybody some', async () => {
  const first = view({}, 'ann')
  view({}, 'ann')
  expect(() => view({}, 'ann')).toThrow('There are 2 live streams open already')
  view({}, 'bob')
  await first.leave()
  view({}, 'ann')
})

test('all end with the server', async () => {
  const viewer = view()
  await viewer.next()
  const end = viewer.next()
  isOpen = false
  await clock.advance(1000)
  expect(await end).toBeUndefined()
  expect([source.listening, clock.waiting]).toEqual([0, 0])
})
