/**
 * The days, weeks and months of a calendar, in any time zone.
 *
 * @module
 */

export type Per = 'day' | 'week' | 'month' | 'total'

/** From one moment to before another, in milliseconds since 1970. */
export interface Window {
  from: number
  until: number
}

const HOUR = 3_600_000
const EVER: Window = { from: 0, until: Infinity }

/** Tells in which span a moment lies. Weeks begin on Mondays. @throws RangeError for a zone that there is none of */
export function windowsOf(per: Per, zone = 'UTC'): (now: number) => Window {
  if (per === 'total') return () => EVER
  const calendar = calendarOf(zone)
  let known: Window | undefined
  return (now) => {
    if (known && now >= known.from && now < known.until) return known
    const { year, month, day } = calendar.dateAt(now)
    const first = per === 'month' ? 1 : per === 'week' ? day - weekdayOf(year, month, day) : day
    const [months, days] = per === 'month' ? [1, 0] : [0, per === 'week' ? 7 : 1]
    return (known = { from: calendar.startOf(year, month, first), until: calendar.startOf(year, month + months, first + days) })
  }
}

/** 0 on Mondays. */
const weekdayOf = (year: number, month: number, day: number) => (new Date(Date.UTC(year, month, day)).getUTCDay() + 6) % 7

interface Calendar {
  /** Months count from 0. */
  dateAt(now: number): { year: number; month: number; day: number }
  /** The first moment of a day; days and months beyond the last go on into the next. */
  startOf(year: number, month: number, day: number): number
}

function calendarOf(zone: string): Calendar {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  /** What the clocks show at a moment, as if it were UTC. */
  const shownAt = (at: number): number => {
    const part: Record<string, number> = {}
    for (const { type, value } of format.formatToParts(at)) part[type] = Number(value)
    return Date.UTC(part['year']!, part['month']! - 1, part['day'], part['hour'], part['minute'], part['second'])
  }
  return {
    dateAt(now) {
      const shown = new Date(shownAt(now))
      return { year: shown.getUTCFullYear(), month: shown.getUTCMonth(), day: shown.getUTCDate() }
    },
    startOf(year, month, day) {
      const midnight = Date.UTC(year, month, day)
      // The clocks are as far from UTC as they are a day before or after. Where midnight itself is left out, the day begins when it is over.
      const offsets = [-24 * HOUR, 24 * HOUR].map((off) => shownAt(midnight + off) - (midnight + off))
      const candidates = offsets.map((offset) => midnight - offset).sort((a, b) => a - b)
      return candidates.find((at) => shownAt(at) >= midnight && shownAt(at) < midnight + 24 * HOUR)!
    },
  }
}
