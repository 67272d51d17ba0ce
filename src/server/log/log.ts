/**
 * The log: one line for each thing that happened, for people on a terminal and for machines everywhere else.
 *
 * @module
 */
import { systemClock, type Clock } from '../../core/clock.ts'
import { createBatch } from './batch.ts'
import { openLogFile } from './file.ts'
import { jsonLine, prettyLine, type LogFields, type LogLevel } from './format.ts'

export type { LogFields, LogLevel }

export interface Log {
  error(message: string, fields?: LogFields): void
  warn(message: string, fields?: LogFields): void
  info(message: string, fields?: LogFields): void
  debug(message: string, fields?: LogFields): void
  /** Whether lines of this level are written: what is dear to make need not be made otherwise. */
  writes(level: LogLevel): boolean
  /** Resolves once all that was logged is written. */
  close(): Promise<void>
}

export interface LogOptions {
  /** The least important lines that are written. Default `info`. */
  level?: LogLevel | 'silent'
  /** Default: `pretty` on a terminal, `json` otherwise. */
  format?: 'pretty' | 'json'
  /** The file to write to, which nobody else may read. Default: standard error. */
  file?: string
  /** The size in bytes at which a file is put aside and a new one begun. Default 10 MB. */
  maxBytes?: number
  /** How many files that were put aside are kept. Default 5. */
  keep?: number
  /** Takes secrets out of a text, wherever in it they stand: a `createRedactor()`. */
  redact?: (text: string) => string
  /** Where lines go without a file. Default: standard error. */
  stream?: LogStream
  clock?: Clock
}

/** What of a stream of Node's is needed. */
export interface LogStream {
  write(text: string): unknown
  isTTY?: boolean
}

const RANK: Record<LogLevel | 'silent', number> = { silent: 0, error: 1, warn: 2, info: 3, debug: 4 }

/** Opens a log. @throws where the file cannot be written */
export function openLog(options: LogOptions = {}): Log {
  const { level = 'info', redact = (text) => text, stream = process.stderr, clock = systemClock } = options
  const file = options.file === undefined ? undefined : openLogFile({ path: options.file, maxBytes: options.maxBytes, keep: options.keep })
  const onTerminal = !file && stream.isTTY === true
  const write = (text: string) => void (file ? file.write(text) : stream.write(text))
  const batch = options.stream || onTerminal ? undefined : createBatch(write, file?.writeNow)
  const format = options.format ?? (onTerminal ? 'pretty' : 'json')
  const colours = onTerminal && !process.env.NO_COLOR
  const writes = (asked: LogLevel) => RANK[asked] <= RANK[level]
  const line = (level: LogLevel) => (message: string, fields?: LogFields) => {
    if (!writes(level)) return
    const entry = { time: clock.now(), level, message, fields: fields ?? {} }
    // Secrets are taken out before anything is escaped or coloured.
    const text = `${format === 'json' ? jsonLine(entry, redact) : prettyLine(entry, redact, colours)}\n`
    if (!batch) return write(text)
    batch.add(text)
    if (level === 'error') batch.flush()
  }
  return {
    error: line('error'),
    warn: line('warn'),
    info: line('info'),
    debug: line('debug'),
    writes,
    async close() {
      batch?.flush()
      await file?.close()
    },
  }
}
