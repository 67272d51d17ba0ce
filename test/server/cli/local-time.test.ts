import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { localMoment, localSpan, zoneAt } from '../../../src/server/cli/local-time.ts'
import { harmless } from '../../../src/server/cli/terminal.ts'

beforeEach(() => void vi.stubEnv('TZ', 'Europe/Berlin'))
afterEach(() => void vi.unstubAllEnvs())

test('a moment has the offset of its own day', () => {
  expect(zoneAt(Date.parse('2026-01-15T12:00Z'))).toBe(60)
  expect(zoneAt(Date.parse('2026-07-15T12:00Z'))).toBe(120)
})

test.each([
  ['2026-01-15', 'begin', '2026-01-14T23:00Z'],
  ['2026-07-15', 'begin', '2026-07-14T22:00Z'],
  ['2026-07', 'end', '2026-07-31T22:00Z'],
  ['2026', 'begin', '2025-12-31T23:00Z'],
  // Clocks go on at 01:00 UTC of the 29th, and back at 01:00 UTC of the 25th.
  ['2026-03-29', 'begin', '2026-03-28T23:00Z'],
  ['2026-03-29', 'end', '2026-03-29T22:00Z'],
  ['2026-10-25', 'end', '2026-10-25T23:00Z'],
  ['2026-03-29T12:00', 'begin', '2026-03-29T10:00Z'],
] as const)('%s, its %s', (text, edge, moment) => {
  expect(localMoment(text, edge)).toBe(String(Date.parse(moment)))
})

test.each([
  ['month', '2026-03-30T12:00Z', '2026-02-28T23:00Z', '2026-03-31T22:00Z'],
  ['today', '2026-03-29T12:00Z', '2026-03-28T23:00Z', '2026-03-29T22:00Z'],
  ['yesterday', '2026-10-26T08:00Z', '2026-10-24T22:00Z', '2026-10-25T23:00Z'],
  ['week', '2026-10-25T22:30Z', '2026-10-18T22:00Z', '2026-10-25T23:00Z'],
  ['year', '2026-07-01T00:00Z', '2025-12-31T23:00Z', '2026-12-31T23:00Z'],
] as const)('%s at %s', (period, now, from, to) => {
  expect(localSpan(period, Date.parse(now))).toEqual({ from: Date.parse(from), to: Date.parse(to) })
})

test('all of it has no bounds', () => expect(localSpan('all', 0)).toEqual({}))

test.each(['2h', '2026-01-15T12:00Z', '2026-01-15T12:00+05:00', '1768478400000', 'someday'])('%s stays as it is', (text) => {
  expect(localMoment(text, 'begin')).toBe(text)
})

test('text of others steers no terminal, and keeps its lines', () => {
  expect(harmless('a\u001B[2Jb\rc\r\nd\ne\u009B1mf')).toBe('a [2Jb c\r\nd\ne 1mf')
})
