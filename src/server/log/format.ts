/**
 * How a line of the log is written.
 *
 * @module
 */
import { oneLine } from './text.ts'

export type LogLevel = 'error' | 'warn' | 'info' | 'debug'

/** What is known of an event, by name. Values that are absent are left out. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined | Error>>

export interface LogEntry {
  /** Milliseconds since 1970. */
  time: number
  level: LogLevel
  message: string
  fields: LogFields
}

type Redact = (text: string) => string

/** More of one text helps nobody, but for who wants to see what was said. */
const MAX_TEXT = 4000
const MAX_BODY = 256 * 1024
const BODIES: ReadonlySet<string> = new Set(['asked', 'answered'])

/** One JSON object; `time`, `level` and `message` come first, and no field takes their place. */
export function jsonLine({ time, level, message, fields }: LogEntry, redact: Redact): string {
  const line: Record<string, unknown> = { time: new Date(time).toISOString(), level, message: plain(message, redact) }
  for (const [name, value] of entriesOf(fields, redact)) line[Object.hasOwn(line, name) ? `${name}_` : name] = value
  return JSON.stringify(line)
}

const COLOUR: Record<LogLevel, string> = { error: '31', warn: '33', info: '36', debug: '90' }

/** `12:34:56.789 INFO  what happened  name=value`, the time in UTC. */
export function prettyLine({ time, level, message, fields }: LogEntry, redact: Redact, colours: boolean): string {
  const paint = (text: string, code: string) => (colours ? `\u001B[${code}m${text}\u001B[0m` : text)
  const told = entriesOf(fields, redact).map(([name, value]) => `${paint(`${name}=`, '90')}${valueText(value)}`)
  const head = `${paint(new Date(time).toISOString().slice(11, 23), '90')} ${paint(level.toUpperCase().padEnd(5), COLOUR[level])}`
  return [`${head} ${plain(message, redact)}`, ...told].join('  ')
}

const valueText = (value: string | number | boolean): string =>
  typeof value === 'string' && !/^[^\s"=]+$/.test(value) ? JSON.stringify(value) : String(value)

function entriesOf(fields: LogFields, redact: Redact): [name: string, value: string | number | boolean][] {
  return Object.entries(fields).flatMap(([name, value]) => {
    if (value === undefined) return []
    if (value instanceof Error) return [[name, plain(value.message, redact)] as [string, string]]
    return [
      [oneLine(name), typeof value === 'string' ? plain(value, redact, BODIES.has(name) ? MAX_BODY : MAX_TEXT) : value] as [
        string,
        string | number | boolean,
      ],
    ]
  })
}

/** A secret must not escape by being cut: it is taken out before. */
function plain(text: string, redact: Redact, max = MAX_TEXT): string {
  const line = oneLine(redact(text))
  return line.length > max ? `${line.slice(0, max)}… (${line.length - max} more)` : line
}
