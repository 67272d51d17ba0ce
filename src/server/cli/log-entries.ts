/**
 * The log's lines, read again.
 *
 * @module
 */
import { readFile } from 'node:fs/promises'
import { isObject, tryParse } from '../../core/json.ts'
import { prettyLine, type LogEntry, type LogFields, type LogLevel } from '../log/format.ts'
import { CommandError } from './command.ts'

/** The text of a log, with that of the file put aside before it. @throws CommandError where there is none */
export async function readEntries(file: string): Promise<string> {
  const [before, now] = await Promise.all([`${file}.1`, file].map((path) => readFile(path, 'utf8').catch(() => undefined)))
  if (now !== undefined) return (before ?? '') + now
  throw new CommandError(`There is no log ${file}. Servers in the background write one; others where "log.file" says.`)
}

/** Lines that are no entries of this log's JSON are left out. */
export const entriesOf = (text: string): LogEntry[] => text.split('\n').flatMap((line) => entryOf(line) ?? [])

export function entryOf(line: string): LogEntry | undefined {
  const value = tryParse(line)
  if (!isObject(value)) return undefined
  const { time, level, message, ...fields } = value
  if (typeof message !== 'string' || typeof level !== 'string') return undefined
  return { time: typeof time === 'string' ? Date.parse(time) : 0, level: level as LogLevel, message, fields: fields as LogFields }
}

export const textOf = (entry: LogEntry, colours: boolean): string => prettyLine(entry, (text) => text, colours)
