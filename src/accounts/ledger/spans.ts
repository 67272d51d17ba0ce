/**
 * Where hours, days, weeks and months begin.
 *
 * @module
 */
import type { SumQuery } from './store.ts'

export type Every = NonNullable<SumQuery['every']>

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
/** The first Monday of this calendar: 1970 began on a Thursday. */
const MONDAY = -3 * DAY

/** When the span begins in which a moment lies. @param zone minutes east of UTC */
export function spanStart(at: number, every: Every, zone = 0): number {
  const local = at + zone * MINUTE
  return BEGIN[every](local) - zone * MINUTE
}

const floorTo = (at: number, step: number, origin = 0): number => Math.floor((at - origin) / step) * step + origin

const BEGIN: Record<Every, (local: number) => number> = {
  hour: (local) => floorTo(local, HOUR),
  day: (local) => floorTo(local, DAY),
  week: (local) => floorTo(local, 7 * DAY, MONDAY),
  month(local) {
    const date = new Date(local)
    return Date.UTC(date.getUTCFullYear(), date.getUTCMonth())
  },
}
