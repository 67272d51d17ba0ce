/**
 * `logs`: shows the log's last lines, and those to come; or requests of the ledger.
 *
 * @module
 */
import { open, stat } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'
import type { LogEntry } from '../log/format.ts'
import { numberFlag } from './arguments.ts'
import { misuse, type Call } from './command.ts'
import { readConfigInUse } from './config-in-use.ts'
import { entryOf, readEntries, textOf } from './log-entries.ts'
import { isAboutRequests, showRequests } from './logs-requests.ts'
import { logFileOf } from './state-folder.ts'
import { print } from './terminal.ts'

export async function run(call: Call): Promise<void> {
  if (isAboutRequests(call)) return showRequests(call)
  const file = logFileOf(await readConfigInUse(call))
  const wanted = filterOf(call)
  const colours = process.stdout.isTTY && !process.env.NO_COLOR
  const isJson = call.flags.json !== undefined
  /** The lines of a text as they are shown; what is written otherwise (`"format": "pretty"`) is filtered by its text alone. */
  const shown = (text: string): string[] =>
    text.split('\n').flatMap((line) => {
      if (!line) return []
      const entry = entryOf(line)
      if (!wanted(line, entry)) return []
      return [entry && !isJson ? textOf(entry, colours) : line]
    })
  const follow = call.flags.follow !== undefined
  const from = follow ? await sizeOf(file) : 0
  const last = shown(await readEntries(file).catch((error: unknown) => (follow ? '' : Promise.reject(error as Error)))).slice(
    -(numberFlag(call, 'lines', 1, 1_000_000) ?? 50),
  )
  if (last.length) print(last.join('\n'))
  if (follow) await goOn(file, from, (text) => shown(text).forEach(print))
}

const RANK = ['error', 'warn', 'info', 'debug']

function filterOf({ flags: { level, endpoint, since, grep } }: Call): (line: string, entry: LogEntry | undefined) => boolean {
  const after = since === undefined ? undefined : timeOf(since)
  return (line, entry) =>
    (grep === undefined || line.includes(grep)) &&
    (level === undefined || (entry !== undefined && RANK.indexOf(entry.level) <= RANK.indexOf(level))) &&
    (endpoint === undefined || entry?.fields.endpoint === endpoint) &&
    (after === undefined || (entry !== undefined && entry.time >= after))
}

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

function timeOf(text: string): number {
  const [, count, unit] = /^(\d+)([smhd])$/.exec(text) ?? []
  const time = count === undefined ? Date.parse(text) : Date.now() - Number(count) * UNITS[unit!]!
  if (Number.isNaN(time)) throw misuse(`--since takes a time such as 2026-01-31T12:00, or 10m, 2h, 1d, not "${text}".`, 'logs')
  return time
}

const sizeOf = (file: string): Promise<number> =>
  stat(file).then(
    ({ size }) => size,
    () => 0,
  )

const LOOK_MS = 250

/** Gives what is added, whole lines at a time; a file that was put aside is read to its end first. Until the command is ended. */
async function goOn(file: string, from: number, give: (text: string) => void): Promise<never> {
  let at = from
  let handle = await open(file).catch(() => undefined)
  let rest = ''
  const read = async () => {
    if (!handle) return
    const { size } = await handle.stat()
    // Emptied by somebody.
    if (size < at) at = 0
    if (size === at) return
    const bytes = Buffer.alloc(size - at)
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, at)
    at += bytesRead
    const text = rest + bytes.toString('latin1', 0, bytesRead)
    const end = text.lastIndexOf('\n') + 1
    rest = text.slice(end)
    give(Buffer.from(text.slice(0, end), 'latin1').toString())
  }
  for (;;) {
    await read()
    const [now, open_] = await Promise.all([stat(file).catch(() => undefined), handle?.stat()])
    if (now && now.ino !== open_?.ino) {
      await read()
      await handle?.close()
      handle = await open(file).catch(() => undefined)
      at = 0
      continue
    }
    await wait(LOOK_MS)
  }
}
