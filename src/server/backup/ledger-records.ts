/**
 * Reads the records of a ledger that was backed up, whatever it was kept in.
 *
 * @module
 */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Bodies, ExchangeRecord } from '../../accounts/ledger/record.ts'
import { fail } from '../../core/failure.ts'
import { isObject } from '../../core/json.ts'
import { listArchives, readArchive } from '../ledger/archives.ts'
import { readLines } from '../ledger/json-lines.ts'

/** What a database is called in a backup, whatever it is called here. */
export const DATABASE = 'usage.db'
/** What files of JSON lines are called. */
export const LINES = /^(usage|bodies)-(\d{4}-\d{2})\.jsonl$/

const PAGE = 1000

/** All of them, with their bodies, in no order; those of months that were put aside, too, unless they are to stay there. */
export async function* recordsIn(folder: string, { archives = true } = {}): AsyncGenerator<ExchangeRecord> {
  const files = await readdir(folder)
  if (archives) for (const { path } of await listArchives(folder)) yield* readArchive(path)
  if (files.includes(DATABASE)) yield* inDatabase(join(folder, DATABASE))
  for (const file of files) {
    const [, kind, month] = LINES.exec(file) ?? []
    if (kind === 'usage') yield* inLines(join(folder, file), join(folder, `bodies-${month}.jsonl`))
  }
}

/**
 * Reads what may turn out not to be readable: months that were put aside, all of them, and of the rest the beginning.
 *
 * @throws FailureError where it cannot be read, as where a later version wrote it
 */
export async function checkRecords(folder: string): Promise<void> {
  try {
    for (const { path } of await listArchives(folder)) {
      const records = readArchive(path)
      while (!(await records.next()).done);
    }
    const records = recordsIn(folder, { archives: false })
    await records.next()
    await records.return(undefined)
  } catch (error) {
    fail({
      kind: 'bad-response',
      status: 422,
      message: `The ledger in the backup cannot be read, and nothing was restored. ${(error as Error).message}`,
    })
  }
}

async function* inDatabase(path: string): AsyncGenerator<ExchangeRecord> {
  const { openSqliteStore } = await import('../ledger/sqlite-store.ts')
  const store = await openSqliteStore(path)
  try {
    let before: string | undefined
    for (;;) {
      const page = await store.list({}, { limit: PAGE, ...(before !== undefined && { before }) })
      const moments = page.map(({ at }) => at)
      // Few have any: bodies are kept for days, and records for a year. No word at all is found in every one.
      const having = { text: '', from: Math.min(...moments), to: Math.max(...moments) + 1 }
      const withBodies = new Set((page.length ? await store.list(having, { limit: Infinity }) : []).map(({ id }) => id))
      for (const record of page) yield (withBodies.has(record.id) ? await store.get(record.id) : undefined) ?? record
      if (page.length < PAGE) return
      before = page.at(-1)!.id
    }
  } finally {
    await store.close()
  }
}

async function* inLines(path: string, bodiesPath: string): AsyncGenerator<ExchangeRecord> {
  const bodies = new Map<string, Bodies>()
  for await (const value of readLines(bodiesPath)) {
    if (!isRecord(value)) continue
    const { id, ...own } = value as { id: string } & Bodies
    bodies.set(id, own)
  }
  for await (const value of readLines(path)) {
    if (!isRecord(value)) continue
    const own = bodies.get(value.id)
    yield own ? { ...value, bodies: own } : value
  }
}

const isRecord = (value: unknown): value is ExchangeRecord => isObject(value) && typeof value['id'] === 'string'

/** Records that are added at a time: stores of files look for each in all that they have, at a second a time. */
const BATCH = 5000
const BATCH_CHARACTERS = 16 * 1024 * 1024

export async function* inBatches(records: AsyncIterable<ExchangeRecord>): AsyncGenerator<ExchangeRecord[]> {
  let batch: ExchangeRecord[] = []
  let characters = 0
  for await (const record of records) {
    batch.push(record)
    characters += (record.bodies?.request?.length ?? 0) + (record.bodies?.response?.length ?? 0)
    if (batch.length < BATCH && characters < BATCH_CHARACTERS) continue
    yield batch
    batch = []
    characters = 0
  }
  if (batch.length) yield batch
}
