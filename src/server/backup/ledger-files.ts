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
import { momentOf, stampOf } from '../config/write.ts'
import type { LedgerConfig } from '../config/ledger-schema.ts'
import { openStore, storePath } from '../ledger/open-store.ts'
import type { LedgerFiles } from './backup-work.ts'
import { copyDatabase } from './copy-database.ts'
import { DATABASE, LINES, recordsIn } from './ledger-records.ts'

export interface LedgerFilesOptions {
  ledger: LedgerConfig
  /** The configuration file: paths are meant from its folder. */
  configPath?: string
  clock: Clock
}

/** Records that are added at a time: stores of files look for each in all that they have, at a second a time. */
const BATCH = 5000
const BATCH_CHARACTERS = 16 * 1024 * 1024
/** After all records that there can be. */
const EVER = Date.UTC(2200, 0)
/** Ledgers that were overwritten, each as large as a ledger. */
const KEPT = 2

export function ledgerFiles({ ledger, configPath, clock }: LedgerFilesOptions): LedgerFiles {
  const options = { ledger, ...(configPath !== undefined && { configPath }) }
  const place = { sqlite: storePath('sqlite', options), jsonl: storePath('jsonl', options) }
  /** Where no kind is asked for by name, it is that of which there is something. */
  const kind = ledger.store ?? (existsSync(place.sqlite) ? 'sqlite' : 'jsonl')

  const copyTo = async (folder: string): Promise<boolean> => {
    if (kind === 'memory' || !existsSync(place[kind])) return false
    if (kind === 'sqlite') {
      await copyDatabase(place.sqlite, join(folder, DATABASE))
      return true
    }
    // Records come after their bodies: copied first, none of them lacks any.
    const files = (await readdir(place.jsonl))
      .filter((file) => LINES.test(file))
      .toSorted()
      .toReversed()
    for (const file of files) await copyFile(join(place.jsonl, file), join(folder, file))
    return files.length > 0
  }
  const addFrom = async (folder: string): Promise<number> => {
    const store = await openStore(options)
    try {
      const before = await countOf(store)
      for await (const batch of inBatches(recordsIn(folder))) {
        await store.add(batch)
        // Whoever is being answered meanwhile goes first.
        await new Promise((resolve) => setImmediate(resolve))
      }
      return (await countOf(store)) - before
    } finally {
      await store.close()
    }
  }
  const keepCopy = async (): Promise<string | undefined> => {
    if (kind === 'memory') return undefined
    const folder = join(dirname(place[kind]), 'backups')
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

  return {
    copyTo,
    addFrom,
    async replaceBy(folder) {
      const before = await keepCopy()
      const store = await openStore(options)
      try {
        await store.forget(EVER)
      } finally {
        await store.close()
      }
      return { added: await addFrom(folder), ...(before !== undefined && { before }) }
    },
  }
}

const countOf = async (store: UsageStore): Promise<number> => (await store.sum({}))[0]?.requests ?? 0

async function* inBatches(records: AsyncIterable<ExchangeRecord>): AsyncGenerator<ExchangeRecord[]> {
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
