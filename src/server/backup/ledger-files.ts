/**
 * The ledger of a configuration, as backups take and give it back: while servers go on writing to it.
 *
 * @module
 */
import { existsSync } from 'node:fs'
import { copyFile, mkdir, readdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { ExchangeRecord } from '../../accounts/ledger/record.ts'
import type { UsageStore } from '../../accounts/ledger/store.ts'
import type { Clock } from '../../core/clock.ts'
import { fail } from '../../core/failure.ts'
import { momentOf, stampOf } from '../config/write.ts'
import type { LedgerConfig } from '../config/ledger-schema.ts'
import { isStoreAt, openStore, storePath } from '../ledger/open-store.ts'
import { findReader } from '../sqlite/reader.ts'
import type { LedgerFiles } from './backup-work.ts'
import type { RestoreMode } from './backups.ts'
import { copyDatabase } from './copy-database.ts'
import { copyArchives, createArchived, removeArchives } from './ledger-archives.ts'
import { checkRecords, DATABASE, inBatches, LINES, recordsIn } from './ledger-records.ts'

export interface LedgerFilesOptions {
  /** One that is kept in files. */
  ledger: LedgerConfig & { store?: 'sqlite' | 'jsonl' }
  /** The configuration file: paths are meant from its folder. */
  configPath?: string
  clock: Clock
  /** Whether a server is running that may have it open, this process itself included. Default: none is. */
  isServed?(): Promise<boolean>
}

/** No request is under way for longer, a day of streaming included. */
const UNDER_WAY_MS = 24 * 60 * 60 * 1000

/** Ledgers that were overwritten, each as large as a ledger. */
const KEPT = 2

export function ledgerFiles({ ledger, configPath, clock, isServed = async () => false }: LedgerFilesOptions): LedgerFiles {
  const options = { ledger, ...(configPath !== undefined && { configPath }) }
  const place = { sqlite: storePath('sqlite', options), jsonl: storePath('jsonl', options) }
  /** Where no kind is asked for by name, it is that of which there is something. */
  const kind = ledger.store ?? (isStoreAt(place.sqlite, 'sqlite') ? 'sqlite' : 'jsonl')
  const around = dirname(place.sqlite)
  /** Where whole months are put aside, whatever the rest is kept in. */
  const archives = join(around, 'archives')

  const copyStore = async (folder: string): Promise<boolean> => {
    if (!existsSync(place[kind])) return false
    if (kind === 'sqlite') {
      await copyDatabase(place.sqlite, join(folder, DATABASE))
      return true
    }
    // Records come after their bodies: copied first, none of them lacks any.
    const files = (await readdir(place.jsonl)).filter((file) => LINES.test(file)).toSorted((a, b) => (a < b ? 1 : -1))
    for (const file of files) await copyFile(join(place.jsonl, file), join(folder, file))
    return files.length > 0
  }
  const copyTo = async (folder: string): Promise<boolean> => {
    // The store first: a month that is put aside meanwhile is in both, rather than in neither.
    const stored = await copyStore(folder)
    return (await copyArchives(archives, folder)) > 0 || stored
  }
  const withStore = async <T>(use: (store: UsageStore) => Promise<T>): Promise<T> => {
    const store = await openStore(options)
    try {
      return await use(store)
    } finally {
      await store.close()
    }
  }
  const add = (records: AsyncIterable<ExchangeRecord>): Promise<number> =>
    withStore(async (store) => {
      const before = await countOf(store)
      for await (const batch of inBatches(unknown(records, archives))) {
        await store.add(batch)
        // Whoever is being answered meanwhile goes first.
        await new Promise((resolve) => setImmediate(resolve))
      }
      return (await countOf(store)) - before
    })
  const keepCopy = async (): Promise<string | undefined> => {
    const folder = join(around, 'backups')
    const copy = join(folder, `ledger-${stampOf(clock.now())}`)
    const draft = `${copy}.tmp`
    await mkdir(draft, { recursive: true, mode: 0o700 })
    if (!(await copyTo(draft))) {
      await rm(draft, { recursive: true })
      return undefined
    }
    await rename(draft, copy)
    const copies = (await readdir(folder)).filter((name) => !Number.isNaN(momentOf(name.replace(/^ledger-/, '')))).toSorted()
    for (const old of copies.slice(0, -KEPT)) await rm(join(folder, old), { recursive: true })
    return copy
  }

  /** All records are from before it that are there now, also where a clock was wrong; what is answered from now on is not. */
  const momentAfter = async (): Promise<number> => {
    const [latest] = existsSync(place[kind]) ? await withStore(async (store) => store.list({}, { limit: 1 })) : []
    return Math.max((latest?.at ?? 0) + 1, clock.now())
  }
  const check = async (folder: string, mode: RestoreMode): Promise<void> => {
    await checkRecords(folder)
    if (mode === 'keep-local' || (ledger.store ?? ((await findReader()) ? 'sqlite' : 'jsonl')) === 'sqlite' || !(await isServed())) return
    fail({
      kind: 'conflict',
      message:
        'The ledger is in files of JSON lines, which a running server alone may replace records in. Nothing was restored. Stop it (cc-route stop), and restore the ledger then, or add to it with "keep-local".',
    })
  }

  return {
    copyTo,
    check,
    addFrom: (folder) => add(recordsIn(folder)),
    async replaceBy(folder) {
      await check(folder, 'overwrite')
      const end = await momentAfter()
      const before = await keepCopy()
      try {
        const since = Math.min(clock.now() - UNDER_WAY_MS, end)
        await withStore(async (store) => {
          // What takes long first: of the rest, nothing may end between the look and the forgetting.
          await store.forget(since)
          const late = kind === 'sqlite' ? await missingIn(before, store, { from: since, to: end }) : []
          await store.forget(end)
          if (late.length) await store.add(late)
        })
        await removeArchives(archives)
        await copyArchives(folder, archives)
        return { added: await add(recordsIn(folder, { archives: false })), ...(before !== undefined && { before }) }
      } catch (error) {
        if (before === undefined) throw error
        return fail({
          kind: 'internal',
          message: `The ledger was not replaced as a whole: ${(error as Error).message} As it was before it is kept in ${before}.`,
        })
      }
    },
  }
}

/** The records of a span that a copy of the ledger has not: requests that were under way while it was made. */
async function missingIn(copy: string | undefined, store: UsageStore, span: { from: number; to: number }): Promise<ExchangeRecord[]> {
  const known = new Set<string>()
  const path = copy === undefined ? undefined : join(copy, DATABASE)
  if (path !== undefined && existsSync(path)) {
    const copied = await openStore({ ledger: { store: 'sqlite', path } })
    for (const { id } of await copied.list(span, { limit: Infinity })) known.add(id)
    await copied.close()
  }
  const late = (await store.list(span, { limit: Infinity })).filter(({ id }) => !known.has(id))
  return Promise.all(late.map(async (record) => (await store.get(record.id)) ?? record))
}

/** Those that were not put aside here already. */
async function* unknown(records: AsyncIterable<ExchangeRecord>, archives: string): AsyncGenerator<ExchangeRecord> {
  const isArchived = await createArchived(archives)
  for await (const record of records) if (!(await isArchived(record))) yield record
}

const countOf = async (store: UsageStore): Promise<number> => (await store.sum({}))[0]?.requests ?? 0
