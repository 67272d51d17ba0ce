/** Time as this machine has it: where clocks change in spring and autumn, a moment has the offset of its own day. @module */
import { readMoment } from '../usage/moments.ts'

/** Minutes east of UTC at a moment. */
export const zoneAt = (at: number): number => -new Date(at).getTimezoneOffset()

/** What a flag says of a moment, as the API takes it: a date is that of this machine. What is none stays as it is, to be refused there. */
export function localMoment(text: string, edge: 'begin' | 'end'): string {
  const at = (zone: number) => readMoment(text, edge, { now: 0, zone })
  const utc = at(0)
  // Moments that tell their own offset, and those that are counted from now, are the same everywhere.
  if (utc === undefined || utc === at(60)) return text
  const near = utc - zoneAt(utc) * 60_000
  const moment = at(zoneAt(near))!
  return moment < SHORTEST ? text : String(moment)
}

/** Fewer digits are not taken for a moment: it is one of 1973. */
const SHORTEST = 1e11
