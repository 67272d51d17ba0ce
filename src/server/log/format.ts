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

const FIRST = ['time', 'level', 'message']

let second = Number.NaN
let secondText = ''

/** As ISO 8601 has it. Written anew once a second: that takes as long as the rest of a line. */
function momentText(time: number): string {
  const now = Math.floor(time / 1000)
  if (now !== second) {
    secondText = new Date(now * 1000).toISOString().slice(0, -4)
    second = now
  }
  return `${secondText}${String(Math.floor(time) - now * 1000).padStart(3, '0')}Z`
}

/** One JSON object; `time`, `level` and `message` come first, and no field takes their place. */
export function jsonLine({ time, level, message, fields }: LogEntry, redact: Redact): string {
  const at = momentText(time)
  // A look at the whole line costs a third of one at each of its texts. Nothing of it is escaped, so that secrets stand in it as they are.
  if (isSimple(fields)) {
    const line = JSON.stringify({ time: at, level, message, ...fields })
    if (line.length <= MAX_TEXT && line.startsWith(BEGINNING) && UNESCAPED.test(line) && redact(line) === line) return line
  }
  let line = `{"time":"${at}","level":"${level}","message":${JSON.stringify(plain(message, redact))}`
  const names = new Set(FIRST)
  for (const [name, value] of entriesOf(fields, redact)) {
    let own = name
    while (names.has(own)) own += '_'
    names.add(own)
    line += `,${JSON.stringify(own)}:${JSON.stringify(value)}`
  }
  return `${line}}`
}

/** A name that is a number would come before it. */
const BEGINNING = '{"time":'

/** JSON of printable ASCII in which no character had to be escaped. */
const UNESCAPED = /^[ -[\]-~]*$/

/** Whether JSON writes the fields as they are to be written. */
function isSimple(fields: LogFields): boolean {
  for (const name in fields) if (typeof fields[name] === 'object' || FIRST.includes(name) || BODIES.has(name)) return false
  return true
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

type Told = [name: string, value: string | number | boolean]

function entriesOf(fields: LogFields, redact: Redact): Told[] {
  const told: Told[] = []
  for (const name in fields) {
    const value = fields[name]
    if (value === undefined) continue
    if (typeof value === 'string') told.push([oneLine(name), plain(value, redact, BODIES.has(name) ? MAX_BODY : MAX_TEXT)])
    else told.push([oneLine(name), value instanceof Error ? plain(value.message, redact) : value])
  }
  return told
}

/** A secret must not escape by being cut: it is taken out before. */
function plain(text: string, redact: Redact, max = MAX_TEXT): string {
  const line = oneLine(redact(text))
  return line.length > max ? `${line.slice(0, max)}… (${line.length - max} more)` : line
}
