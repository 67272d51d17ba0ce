/**
 * Moments and spans of time as people write them, in a zone of their own: days begin where they live.
 *
 * @module
 */

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
/** There is no zone further east or west. */
const MAX_ZONE = 14 * 60

/** Of records: at or after `from`, before `to`. What is not there is not bounded. */
export interface Span {
  from?: number
  to?: number
}

/** Minutes east of UTC of `120`, `+02:00` or `Z`; `undefined` for what is none. In URLs a plus sign may have become a blank. */
export function readZone(text: string): number | undefined {
  if (/^(z|utc)$/i.test(text)) return 0
  const [, sign, hours, minutes] = /^([+ -])(\d\d):?([0-5]\d)$/.exec(text) ?? []
  const zone = hours !== undefined ? (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) : readWhole(text.trim())
  return zone !== undefined && Math.abs(zone) <= MAX_ZONE ? zone : undefined
}

const readWhole = (text: string): number | undefined => (/^[+-]?\d{1,4}$/.test(text) ? Number(text) : undefined)

const AGO: Readonly<Record<string, number>> = { s: 1000, m: MINUTE, h: 60 * MINUTE, d: DAY, w: 7 * DAY }

/**
 * Reads a moment: `2026-01-31T12:00`, a day, month or year (its begin, or its end), `2h` for two hours ago, or milliseconds since 1970.
 * `undefined` for what is none.
 */
export function readMoment(text: string, edge: 'begin' | 'end', { now, zone }: { now: number; zone: number }): number | undefined {
  if (/^\d{11,15}$/.test(text)) return Number(text)
  const [, count, unit] = /^(\d{1,6})([smhdw])$/.exec(text) ?? []
  if (unit !== undefined) return now - Number(count) * AGO[unit]!
  const [, year, month, day, clock, offset] =
    /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?)(Z|[+ -]\d\d:?\d\d)?)?)?)?$/i.exec(text) ?? []
  if (year === undefined) return undefined
  const begin = Date.parse(`${year}-${month ?? '01'}-${day ?? '01'}T${clock ?? '00:00'}Z`)
  const given = offset === undefined ? zone : readZone(offset)
  // What has 30 days in February is taken for March by some.
  if (given === undefined || Number.isNaN(begin) || (day !== undefined && new Date(begin).getUTCDate() !== Number(day))) return undefined
  if (clock !== undefined || edge === 'begin') return begin - given * MINUTE
  const next =
    day !== undefined ? begin + DAY : Date.UTC(Number(year) + (month === undefined ? 1 : 0), month === undefined ? 0 : Number(month))
  return next - given * MINUTE
}

/** What has a name of its own, such as `today`. Weeks begin on Mondays. */
export const PERIODS = ['today', 'yesterday', 'week', 'month', 'year', 'all'] as const
export type Period = (typeof PERIODS)[number]

export function spanOf(period: Period, { now, zone }: { now: number; zone: number }): Span {
  const local = new Date(now + zone * MINUTE)
  const [year, month, day] = [local.getUTCFullYear(), local.getUTCMonth(), local.getUTCDate()]
  const at = (...parts: [number, number, number]): number => Date.UTC(...parts) - zone * MINUTE
  const monday = day - ((local.getUTCDay() + 6) % 7)
  const spans: Readonly<Record<Period, () => Span>> = {
    today: () => ({ from: at(year, month, day), to: at(year, month, day + 1) }),
    yesterday: () => ({ from: at(year, month, day - 1), to: at(year, month, day) }),
    week: () => ({ from: at(year, month, monday), to: at(year, month, monday + 7) }),
    month: () => ({ from: at(year, month, 1), to: at(year, month + 1, 1) }),
    year: () => ({ from: at(year, 0, 1), to: at(year + 1, 0, 1) }),
    all: () => ({}),
  }
  return spans[period]()
}

/** The day, or with `every` the hour or month, of a moment, as people write it: `2026-01-31`. */
export function writeMoment(at: number, zone: number, every: 'hour' | 'day' | 'week' | 'month' = 'day'): string {
  const text = new Date(at + zone * MINUTE).toISOString()
  if (every === 'month') return text.slice(0, 7)
  return every === 'hour' ? text.slice(0, 16).replace('T', ' ') : text.slice(0, 10)
}
