/**
 * Whole months of the ledger in files of their own, `usage-2026-08.jsonl.gz`: small, readable without this program, and out of the way.
 *
 * @module
 */
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline as pipe, Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'
import { jsonLinesOf, recordsOf } from '../../accounts/ledger/export.ts'
import type { ExchangeRecord } from '../../accounts/ledger/record.ts'
import { spanStart } from '../../accounts/ledger/spans.ts'
import type { UsageStore } from '../../accounts/ledger/store.ts'
import { objectOf, tryParse } from '../../core/json.ts'

export interface Archive {
  /** `2026-08` */
  month: string
  path: string
  /** As it is kept, packed. */
  bytes: number
}

export interface ArchiveOptions {
  /** Months are archived that were over at this moment. Milliseconds since 1970. */
  before: number
  /** Where months begin: minutes east of UTC. Default 0. */
  zone?: number
}

const NAME = /^usage-(\d{4}-\d{2})\.jsonl\.gz$/
const MINUTE = 60_000

/**
 * Writes each month that is over to its file, with what was captured, and then forgets it. What an archive has already stays in it. Leave a
 * day between the end of a month and `before`: requests of its last minute may still be answered.
 *
 * @returns which it wrote, and how many records of the store are in each
 * @throws Error where a file cannot be written; then nothing of that month is forgotten
 */
export async function archiveMonths(store: UsageStore, folder: string, { before, zone = 0 }: ArchiveOptions) {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const to = spanStart(before, 'month', zone)
  const written: (Archive & { records: number })[] = []
  for (const { at = 0 } of await store.sum({ to, every: 'month', zone })) {
    const month = new Date(at + zone * MINUTE).toISOString().slice(0, 7)
    const path = join(folder, `usage-${month}.jsonl.gz`)
    const end = spanStart(at + 32 * 24 * 60 * MINUTE, 'month', zone)
    const records = await archiveMonth(store, path, { from: at, to: end })
    await store.forget(end)
    written.push({ month, path, bytes: (await stat(path)).size, records })
  }
  return written
}

async function archiveMonth(store: UsageStore, path: string, span: { from: number; to: number }): Promise<number> {
  const ids = new Set<string>()
  let records = 0
  async function* both() {
    for await (const record of readArchive(path, true)) {
      ids.add(record.id)
      yield record
    }
    for await (const record of recordsOf(store, span, { whole: true })) {
      records++
      if (!ids.has(record.id)) yield record
    }
  }
  const temporary = `${path}.new`
  try {
    await pipeline(Readable.from(jsonLinesOf(both())), createGzip(), createWriteStream(temporary, { mode: 0o600 }))
    await sync(temporary)
    const [now] = await store.sum(span)
    if (now?.requests !== records) throw new Error(`Requests were added to the month while it was archived to ${path}. Try again.`)
    await rename(temporary, path)
  } finally {
    await rm(temporary, { force: true })
  }
  return records
}

/** The file is the only place of these records from now on. */
async function sync(path: string): Promise<void> {
  const file = await open(path, 'r+')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}

/** The archives of a folder, the oldest first. */
export async function listArchives(folder: string): Promise<Archive[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
  const found = names.flatMap((name) => {
    const month = NAME.exec(name)?.[1]
    return month === undefined ? [] : [{ month, path: join(folder, name) }]
  })
  return Promise.all(
    found.toSorted((a, b) => (a.month < b.month ? -1 : 1)).map(async (one) => ({ ...one, bytes: (await stat(one.path)).size })),
  )
}

/**
 * The records of an archive, one at a time.
 *
 * @param optional where there is no such file there are none
 * @throws Error for what is no archive, or a broken one
 */
export async function* readArchive(path: string, optional = false): AsyncGenerator<ExchangeRecord> {
  if (optional && !(await stat(path).catch(() => undefined))) return
  // Errors of the file end what is read from, and are thrown there.
  const unpacked = pipe(createReadStream(path), createGunzip(), () => {})
  try {
    let number = 0
    for await (const line of linesOf(unpacked)) {
      number++
      const record = objectOf(tryParse(line))
      if (typeof record?.['id'] !== 'string' || typeof record['at'] !== 'number' || !Array.isArray(record['attempts']))
        throw new Error(`line ${number} is no record`)
      yield record as unknown as ExchangeRecord
    }
  } catch (error) {
    throw new Error(`The archive ${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  }
}

async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of chunks) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop()!
    yield* lines
  }
  if (rest) yield rest
}

const BATCH = 500

/** Reads an archive back into the store; those that are there already are left. Tells how many it has. */
export async function restoreArchive(store: UsageStore, path: string): Promise<number> {
  let records = 0
  let batch: ExchangeRecord[] = []
  for await (const record of readArchive(path)) {
    records++
    batch.push(record)
    if (batch.length < BATCH) continue
    await store.add(batch)
    batch = []
  }
  if (batch.length) await store.add(batch)
  return records
}
