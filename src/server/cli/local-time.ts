/** Time as this machine has it: where clocks change in spring and autumn, a moment has the offset of its own day. @module */
import { readMoment, spanOf, type Period, type Span } from '../usage/moments.ts'

/** Minutes east of UTC at a moment. */
export const zoneAt = (at: number): number => -new Date(at).getTimezoneOffset()

/** What a flag says of a moment, as the API takes it: a date is that of this machine. What is none stays as it is, to be refused there. */
export function localMoment(text: string, edge: 'begin' | 'end'): string {
  const at = (zone: number) => readMoment(text, edge, { now: 0, zone })
  const utc = at(0)
  // Moments that tell their own offset, and those that are counted from now, are the same everywhere.
  if (utc === undefined || utc === at(60)) return text
  const moment = fromClock(utc)
  return moment < SHORTEST ? text : String(moment)
}

/** What has a name, such as `month`, as the calendar of this machine has it. */
export function localSpan(period: Period, now: number): Span {
  const { from, to } = spanOf(period, { now: now + zoneAt(now) * MINUTE, zone: 0 })
  return { ...(from !== undefined && { from: fromClock(from) }), ...(to !== undefined && { to: fromClock(to) }) }
}

const MINUTE = 60_000

/** When the clock of this machine shows what one in UTC shows at a moment. */
const fromClock = (utc: number): number => utc - zoneAt(utc - zoneAt(utc) * MINUTE) * MINUTE

/** Fewer digits are not taken for a moment: it is one of 1973. */
const SHORTEST = 1e11
