/**
 * Hours and weekdays, in a zone of the world.
 *
 * @module
 */

export type Weekday = 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun'

const WEEKDAYS: readonly Weekday[] = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']

/** Hours of some days. */
export interface Daytime {
  /** `HH:MM`, included. Default `00:00`. */
  from?: string
  /** `HH:MM`, not included. Default `24:00`. Not after `from`: until then the next day; the day is the one on which it began. */
  to?: string
  /** Default: every day. */
  days?: readonly Weekday[]
  /** IANA name: `Europe/Berlin`. Default `UTC`. */
  zone?: string
}

/** Makes the test of a time in milliseconds since 1970. @throws TypeError for what is no time, day or zone */
export function daytimeTest({ from = '00:00', to = '24:00', days = WEEKDAYS, zone = 'UTC' }: Daytime): (time: number) => boolean {
  const [start, end] = [minutesOf(from), minutesOf(to)]
  const unknown = days.find((day) => !WEEKDAYS.includes(day))
  if (unknown !== undefined) throw new TypeError(`time: "${unknown}" is no day. Known: ${WEEKDAYS.join(', ')}.`)
  const local = localTime(zone)
  return (time) => {
    const { minutes, day } = local(time)
    const isOn = (at: number) => days.includes(WEEKDAYS[(at + 7) % 7]!)
    if (start < end) return minutes >= start && minutes < end && isOn(day)
    return (minutes >= start && isOn(day)) || (minutes < end && isOn(day - 1))
  }
}

function minutesOf(text: string): number {
  const [, hours, minutes] = /^(\d{1,2}):(\d{2})$/.exec(text) ?? []
  const total = Number(hours) * 60 + Number(minutes)
  if (!(Number(minutes) < 60 && total <= 24 * 60)) throw new TypeError(`time: "${text}" is no time of day. Write it as HH:MM.`)
  return total
}

/** Reads the clock of a zone. Making a format costs much more than using it. */
function localTime(zone: string): (time: number) => { minutes: number; day: number } {
  const format = formatOf(zone)
  return (time) => {
    const parts = Object.fromEntries(format.formatToParts(time).map(({ type, value }) => [type, value]))
    return {
      minutes: (Number(parts['hour']) % 24) * 60 + Number(parts['minute']),
      day: WEEKDAYS.indexOf(parts['weekday']!.toLowerCase() as Weekday),
    }
  }
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone, hourCycle: 'h23', hour: '2-digit', minute: '2-digit', weekday: 'short' })
  } catch {
    throw new TypeError(`time: "${timeZone}" is no time zone. Write it like Europe/Berlin.`)
  }
}
