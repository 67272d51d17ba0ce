import { describe, expect, test } from 'vitest'
import { termsOf } from '../../../src/accounts/budgets/budget.ts'
import { windowsOf, type Per } from '../../../src/accounts/budgets/windows.ts'

const at = (text: string) => Date.parse(text)
const span = (per: Per, zone: string | undefined, now: string) => {
  const { from, until } = windowsOf(per, zone)(at(now))
  return [new Date(from).toISOString(), new Date(until).toISOString()]
}

describe('spans of the calendar', () => {
  test.each<[Per, string | undefined, string, string, string]>([
    ['day', undefined, '2026-11-18T22:00:00Z', '2026-11-18T00:00:00.000Z', '2026-11-19T00:00:00.000Z'],
    ['day', undefined, '2026-11-18T00:00:00Z', '2026-11-18T00:00:00.000Z', '2026-11-19T00:00:00.000Z'],
    ['week', undefined, '2026-11-22T23:59:59Z', '2026-11-16T00:00:00.000Z', '2026-11-23T00:00:00.000Z'],
    ['week', undefined, '2027-01-01T00:00:00Z', '2026-12-28T00:00:00.000Z', '2027-01-04T00:00:00.000Z'],
    ['month', undefined, '2026-12-31T23:00:00Z', '2026-12-01T00:00:00.000Z', '2027-01-01T00:00:00.000Z'],
    ['month', undefined, '2028-02-29T12:00:00Z', '2028-02-01T00:00:00.000Z', '2028-03-01T00:00:00.000Z'],
    // East and west of UTC it is another day.
    ['day', 'Asia/Tokyo', '2026-11-18T16:00:00Z', '2026-11-18T15:00:00.000Z', '2026-11-19T15:00:00.000Z'],
    ['month', 'America/Los_Angeles', '2026-11-01T05:00:00Z', '2026-10-01T07:00:00.000Z', '2026-11-01T07:00:00.000Z'],
    ['day', 'Asia/Kathmandu', '2026-11-18T18:20:00Z', '2026-11-18T18:15:00.000Z', '2026-11-19T18:15:00.000Z'],
    // Days of 23 and of 25 hours.
    ['day', 'Europe/Berlin', '2026-03-29T12:00:00Z', '2026-03-28T23:00:00.000Z', '2026-03-29T22:00:00.000Z'],
    ['day', 'Europe/Berlin', '2026-10-25T00:30:00Z', '2026-10-24T22:00:00.000Z', '2026-10-25T23:00:00.000Z'],
    ['week', 'Europe/Berlin', '2026-10-25T22:59:59Z', '2026-10-18T22:00:00.000Z', '2026-10-25T23:00:00.000Z'],
    // Where the clocks change at midnight there is none: the day begins at one.
    ['day', 'Africa/Cairo', '2026-04-24T12:00:00Z', '2026-04-23T22:00:00.000Z', '2026-04-24T21:00:00.000Z'],
    // And where they go back at midnight, the first of the two counts to the day before.
    ['day', 'Africa/Cairo', '2026-10-29T12:00:00Z', '2026-10-28T21:00:00.000Z', '2026-10-29T22:00:00.000Z'],
  ])('a %s in %s at %s', (per, zone, now, from, until) => {
    expect(span(per, zone, now)).toEqual([from, until])
  })

  test('follow each other without a gap, through all changes of the clocks', () => {
    for (const zone of [
      'UTC',
      'Europe/Berlin',
      'America/New_York',
      'Africa/Cairo',
      'Australia/Lord_Howe',
      'America/Santiago',
      'Asia/Kolkata',
    ])
      for (const per of ['day', 'week', 'month'] as const) {
        const windowAt = windowsOf(per, zone)
        let now = at('2026-01-01T12:00:00Z')
        let before = windowAt(now)
        while (now < at('2027-02-01T00:00:00Z')) {
          now = before.until
          const next = windowAt(now)
          expect(next.from, `${per} in ${zone} at ${new Date(now).toISOString()}`).toBe(before.until)
          expect(next.until).toBeGreaterThan(now)
          expect(windowAt(next.until - 1)).toEqual(next)
          before = next
        }
      }
  })

  test('in total there is one', () => {
    expect(windowsOf('total')(at('2026-11-18T00:00:00Z'))).toEqual({ from: 0, until: Infinity })
  })
})

describe('what a budget is', () => {
  const named = (budget: object) => termsOf({ name: 'key ann', budgets: [{ usd: 1, per: 'day', ...budget }] })[0]!

  test('names what it counts, so that a change of its amount starts nothing anew', () => {
    expect(named({}).name).toBe('key ann usd/day')
    expect(named({ usd: 2, soft: true }).name).toBe('key ann usd/day')
    expect(named({ zone: 'Asia/Tokyo' }).name).toBe('key ann usd/day@Asia/Tokyo')
    expect(named({ models: ['b', 'a'], endpoints: ['x'] }).name).toBe('key ann usd/day models=a,b endpoints=x')
  })

  test('is of one unit, and not less than nothing', () => {
    expect(() => termsOf({ name: 'key ann', budgets: [{ per: 'day' }] })).toThrow('exactly one of usd, tokens and requests')
    expect(() => termsOf({ name: 'key ann', budgets: [{ usd: 1, tokens: 1, per: 'day' }] })).toThrow('exactly one of')
    expect(() => termsOf({ name: 'key ann', budgets: [{ tokens: -1, per: 'day' }] })).toThrow('less than nothing')
    expect(() => termsOf({ name: 'key ann', budgets: [{ usd: 1, per: 'day', zone: 'Mars/North' }] })).toThrow(RangeError)
    expect(termsOf({ name: 'key ann', budgets: [{ usd: '0.000001', per: 'day' }] })[0]!.limit).toBe(1_000_000n)
  })

  test('concerns what all of its patterns fit', () => {
    const { concerns } = named({ models: ['claude-*'], routes: ['background'], endpoints: ['a*'] })
    const what = { endpoint: 'anthropic', model: 'claude-opus-5', route: 'default > background' }
    expect(concerns(what)).toBe(true)
    expect(concerns({ ...what, model: 'gpt-5', asked: 'claude-sonnet-5' })).toBe(true)
    expect(concerns({ ...what, model: 'gpt-5', asked: 'gpt' })).toBe(false)
    expect(concerns({ ...what, route: 'default' })).toBe(false)
    expect(concerns({ ...what, endpoint: 'b' })).toBe(false)
  })
})
