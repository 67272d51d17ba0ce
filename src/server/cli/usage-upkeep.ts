/**
 * `usage export`, `usage archive`, `usage vacuum`: the ledger as a whole.
 *
 * @module
 */
import { createWriteStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { archiveMonths, listArchives } from '../ledger/archives.ts'
import { CAPTURE_DAYS, KEEP_DAYS } from '../ledger/lazy-ledger.ts'
import { serverFor } from './choose-server.ts'
import { CommandError, misuse, type Call } from './command.ts'
import { readConfigInUse } from './config-in-use.ts'
import { archiveFolder, openLedgerStore } from './open-ledger-store.ts'
import { openUsage } from './open-usage.ts'
import { columns, harmless, print, printJson, say } from './terminal.ts'
import { queryOf } from './usage-query.ts'

/** The requests that fit, as CSV or JSON: to a file, or to standard output. */
export async function exportUsage(call: Call): Promise<void> {
  const { out, json } = call.flags
  const view = await openUsage(call)
  try {
    const { body } = await view.open('/export', queryOf(call, view, { format: json === undefined ? 'csv' : 'json' }))
    const source = Readable.fromWeb(body as Parameters<typeof Readable.fromWeb>[0])
    if (out === undefined)
      return await (process.stdout.isTTY
        ? pipeline(source.setEncoding('utf8'), forPeople, process.stdout, { end: false })
        : pipeline(source, process.stdout, { end: false }))
    await pipeline(source, createWriteStream(out, { mode: 0o600, flags: 'wx' })).catch((error: NodeJS.ErrnoException) => {
      throw error.code === 'EEXIST' ? new CommandError(`${resolve(out)} is there already. Move it away, or take another name.`) : error
    })
    say(`${resolve(out)} has ${sizeText((await stat(out)).size)}.`)
  } finally {
    await view.close()
  }
}

/** What providers and clients said must not steer a terminal. Files and other programs get it as it is. */
async function* forPeople(texts: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const text of texts) yield harmless(text)
}

const DAY_MS = 86_400_000

/** Puts each month that is over into a file of its own, and tells which there are. */
export async function archiveUsage(call: Call): Promise<void> {
  refuseFlags(call, 'archive')
  const used = await readConfigInUse(call)
  const folder = archiveFolder(used)
  const { store } = await openLedgerStore(used, (await serverFor(call)) !== undefined)
  try {
    // A request of the month's last minute may still be under way on the day after.
    const written = await archiveMonths(store, folder, { before: Date.now() - DAY_MS, zone: -new Date().getTimezoneOffset() })
    if (written.length) await store.compact?.()
    const archives = await listArchives(folder)
    if (call.flags.json !== undefined) return printJson({ folder, written, archives })
    for (const { month, records, path } of written) print(`${month}: ${records} requests are now in ${path}.`)
    if (!written.length) print('No month is over that is not archived.')
    if (archives.length)
      print(['', `In ${folder}:`, ...columns(archives.map(({ month, bytes }) => [`  ${month}`, sizeText(bytes)]))].join('\n'))
  } finally {
    await store.close()
  }
}

/** Forgets what is older than it is to be kept, and gives back the room. */
export async function vacuumUsage(call: Call): Promise<void> {
  refuseFlags(call, 'vacuum')
  const used = await readConfigInUse(call)
  const { store, path } = await openLedgerStore(used, (await serverFor(call)) !== undefined)
  const { keepDays = KEEP_DAYS, captureDays = CAPTURE_DAYS } = used.config.ledger || {}
  try {
    const now = Date.now()
    const bodies = captureDays ? await store.forget(now - captureDays * DAY_MS, 'bodies') : 0
    const records = keepDays ? await store.forget(now - keepDays * DAY_MS) : 0
    await store.compact?.()
    if (call.flags.json !== undefined) return printJson({ path, records, bodies })
    print(
      `${path}: ${records} requests and what was said in ${bodies} were older than they are to be kept, and are gone. Room was given back.`,
    )
  } finally {
    await store.close()
  }
}

/** These are about all of it. */
function refuseFlags({ flags }: Call, what: string): void {
  const other = Object.keys(flags).find((name) => name !== 'json' && name !== 'config')
  if (other !== undefined) throw misuse(`usage ${what} is about the whole ledger: --${other} is of no use with it.`, 'usage')
}

const sizeText = (bytes: number): string =>
  bytes < 1024 * 1024 ? `${Math.ceil(bytes / 1024)} KiB` : `${(bytes / 1024 / 1024).toFixed(1)} MiB`
