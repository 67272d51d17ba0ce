import { copyFile } from 'node:fs/promises'
import { appendFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { ExchangeRecord } from '../../../src/accounts/ledger/record.ts'
import type { UsageStore } from '../../../src/accounts/ledger/store.ts'
import { copyDatabase } from '../../../src/server/backup/copy-database.ts'
import { ledgerFiles } from '../../../src/server/backup/ledger-files.ts'
import { recordsIn } from '../../../src/server/backup/ledger-records.ts'
import type { ConfigInUse } from '../../../src/server/cli/config-in-use.ts'
import { openLedgerStore } from '../../../src/server/cli/open-ledger-store.ts'
import { archiveMonths } from '../../../src/server/ledger/archives.ts'
import type { LedgerConfig } from '../../../src/server/config/ledger-schema.ts'
import { MIGRATIONS } from '../../../src/server/ledger/sqlite-schema.ts'
import { openStore } from '../../../src/server/ledger/open-store.ts'
import { openSqliteStore } from '../../../src/server/ledger/sqlite-store.ts'
import { openDatabase } from '../../../src/server/sqlite/open.ts'
import { virtualClock } from '../../../src/testing/clock.ts'
import { folder } from '../config/folder.ts'

const NOON = Date.UTC(2024, 10, 21, 12)

const record = (number: number, more: Partial<ExchangeRecord> = {}): ExchangeRecord => ({
  id: `r${String(number).padStart(8, '0')}`,
  at: NOON + number * 40_000_000,
  method: 'POST',
  path: '/v1/messages',
  protocol: 'claude',
  asked: `model-${number % 3}`,
  status: 200,
  firstByteMs: 1,
  ms: 2,
  ended: 'complete',
  notices: 0,
  attempts: [{ endpoint: 'one', reason: 'first', at: NOON + number * 40_000_000 }],
  ...more,
})
const bodies = { request: '{"messages":"hello"}', response: 'hi' }

interface Place {
  files: ReturnType<typeof ledgerFiles>
  store: UsageStore
  ids(): Promise<string[]>
  folder: string
}

async function ledgerIn(
  kind: 'sqlite' | 'jsonl',
  records: readonly ExchangeRecord[] = [],
  more: Partial<Parameters<typeof ledgerFiles>[0]> = {},
): Promise<Place> {
  const place = folder()
  const options = {
    ledger: { store: kind, path: kind === 'sqlite' ? 'own.db' : 'own' } satisfies LedgerConfig,
    configPath: join(place, 'config.json'),
  }
  const store = await openStore(options)
  await store.add(records)
  const ids = async () => (await store.list({}, { limit: 1e6 })).map(({ id }) => id).toSorted()
  return { store, ids, folder: place, files: ledgerFiles({ ...options, clock: virtualClock(NOON), ...more }) }
}

const copied = async ({ files }: Place): Promise<string> => {
  const to = folder()
  expect(await files.copyTo(to)).toBe(true)
  return to
}
const all = async (place: string): Promise<ExchangeRecord[]> => {
  const found: ExchangeRecord[] = []
  for await (const one of recordsIn(place)) found.push(one)
  return found.toSorted((a, b) => (a.id < b.id ? -1 : 1))
}
const RECORDS = Array.from({ length: 200 }, (_, number) => record(number, number % 100 ? {} : { bodies }))

describe.each(['sqlite', 'jsonl'] as const)('a ledger in %s', (kind) => {
  test('is copied whole, bodies too, while it is open', async () => {
    const place = await ledgerIn(kind, RECORDS)
    expect(await all(await copied(place))).toEqual(RECORDS)
  })

  test.each(['sqlite', 'jsonl'] as const)('goes into one in %s by the ids of records, with nothing twice', async (other) => {
    const from = await copied(await ledgerIn(kind, RECORDS))
    const own = record(3, { asked: 'mine' })
    const place = await ledgerIn(other, [own, record(9999)])
    expect(await place.files.addFrom(from)).toBe(RECORDS.length - 1)
    expect(await place.ids()).toEqual([...RECORDS, record(9999)].map(({ id }) => id))
    expect((await place.store.get(own.id))?.asked).toBe('mine')
    expect((await place.store.get('r00000100'))?.bodies).toEqual(bodies)
    expect(await place.files.addFrom(from)).toBe(0)
    expect((await place.store.sum({}))[0]?.requests).toBe(RECORDS.length + 1)
  })

  test('takes the place of what is there, which is kept', async () => {
    const from = await copied(await ledgerIn(kind, RECORDS.slice(0, 5)))
    const before = [record(3, { asked: 'mine' }), record(9999)]
    const place = await ledgerIn(kind, before)
    const { added, before: kept } = await place.files.replaceBy(from)
    expect(added).toBe(5)
    expect(await place.ids()).toEqual(RECORDS.slice(0, 5).map(({ id }) => id))
    expect((await place.store.get('r00000003'))?.asked).toBe('model-0')
    expect(kept).toBe(join(place.folder, 'backups/ledger-2024-11-21T12-00-00.000'))
    expect(await all(kept!)).toEqual(before)
  })

  test('is left as it is where a backup cannot be read', async () => {
    const later = await copied(await ledgerIn('sqlite', RECORDS.slice(0, 2)))
    const database = await openDatabase(join(later, 'usage.db'), { migrations: MIGRATIONS })
    database.exec('PRAGMA user_version = 999')
    database.close()
    const broken = folder()
    writeFileSync(join(broken, 'usage-2024-11.jsonl.gz'), 'no archive')
    const place = await ledgerIn(kind, RECORDS.slice(0, 3))
    for (const mode of ['keep-local', 'overwrite'] as const)
      await expect(place.files.check(later, mode)).rejects.toThrow(/nothing was restored\. .*a newer cc-route wrote it/)
    await expect(place.files.replaceBy(later)).rejects.toThrow('a newer cc-route wrote it')
    await expect(place.files.replaceBy(broken)).rejects.toThrow('nothing was restored')
    expect(await place.ids()).toHaveLength(3)
    expect(readdirSync(place.folder)).not.toContain('backups')
  })

  test('that is not replaced as a whole is kept, and it is told where', async () => {
    const from = await copied(await ledgerIn('jsonl', RECORDS.slice(0, 2)))
    mkdirSync(join(from, 'usage-2025-01.jsonl'))
    const place = await ledgerIn(kind, RECORDS.slice(0, 3))
    const kept = join(place.folder, 'backups/ledger-2024-11-21T12-00-00.000')
    await expect(place.files.replaceBy(from)).rejects.toThrow(`As it was before it is kept in ${kept}`)
    expect(await all(kept)).toEqual(RECORDS.slice(0, 3))
  })

  test('that nothing was written to is none', async () => {
    const place = folder()
    const files = ledgerFiles({ ledger: { store: kind, path: 'nowhere' }, configPath: join(place, 'config.json'), clock: virtualClock() })
    expect(await files.copyTo(folder())).toBe(false)
    expect(readdirSync(place)).toEqual([])
  })
})

test('what is answered while a database is replaced stays', async () => {
  const from = await copied(await ledgerIn('sqlite', RECORDS.slice(0, 2)))
  const clock = virtualClock(NOON + 1e12)
  const late = record(7777, { at: clock.now() })
  const now = () => {
    // The name of the copy that is made.
    if (asked++ === 1) void place.store.add([late])
    return clock.now()
  }
  let asked = 0
  const place: Place = await ledgerIn('sqlite', [record(5)], { clock: { ...clock, now }, isServed: async () => true })
  await place.files.replaceBy(from)
  expect(await place.ids()).toEqual(['r00000000', 'r00000001', late.id])
})

test('files of lines are not replaced while a server is running', async () => {
  const from = await copied(await ledgerIn('sqlite', RECORDS.slice(0, 2)))
  const place = await ledgerIn('jsonl', [record(5)], { isServed: async () => true })
  await expect(place.files.check(from, 'overwrite')).rejects.toThrow('cc-route stop')
  await expect(place.files.replaceBy(from)).rejects.toThrow('cc-route stop')
  expect(await place.ids()).toEqual(['r00000005'])
  await place.files.check(from, 'keep-local')
})

describe('months that were put aside', () => {
  const aside = ({ folder: place }: Place) => join(place, 'archives')
  /** November and December are put aside, what comes later is not. */
  const withArchives = async () => {
    const place = await ledgerIn('sqlite', RECORDS)
    await archiveMonths(place.store, aside(place), { before: Date.UTC(2025, 0, 5) })
    const left = await place.ids()
    expect([left.length > 0, left.length < RECORDS.length]).toEqual([true, true])
    return { place, left }
  }

  test('go with it, and come back as records, each once', async () => {
    const from = await copied((await withArchives()).place)
    expect(readdirSync(from).toSorted()).toEqual(['usage-2024-11.jsonl.gz', 'usage-2024-12.jsonl.gz', 'usage.db'])
    const fresh = await ledgerIn('jsonl')
    expect(await fresh.files.addFrom(from)).toBe(RECORDS.length)
    const same = await withArchives()
    expect(await same.place.files.addFrom(from)).toBe(0)
    expect(await same.place.ids()).toEqual(same.left)
    // Nor are those of a ledger in which nothing was put aside.
    expect(await same.place.files.addFrom(await copied(await ledgerIn('sqlite', RECORDS)))).toBe(0)
  })

  test('take the place of those that are there', async () => {
    const { place, left } = await withArchives()
    const from = await copied(place)
    const other = await ledgerIn('sqlite', [record(3, { asked: 'mine' }), record(599)])
    await archiveMonths(other.store, aside(other), { before: Date.UTC(2025, 0, 5) })
    const { before } = await other.files.replaceBy(from)
    expect(await other.ids()).toEqual(left)
    expect(readdirSync(aside(other)).toSorted()).toEqual(['usage-2024-11.jsonl.gz', 'usage-2024-12.jsonl.gz'])
    expect((await all(before!)).map(({ id, asked }) => [id, asked])).toEqual([
      ['r00000003', 'mine'],
      ['r00000599', 'model-2'],
    ])
  })
})

test('of ledgers that were overwritten two are kept', async () => {
  const from = await copied(await ledgerIn('sqlite', RECORDS.slice(0, 2)))
  const place = folder()
  const clock = virtualClock(NOON)
  const options = { ledger: { store: 'jsonl', path: 'own' } as const satisfies LedgerConfig, configPath: join(place, 'config.json') }
  const files = ledgerFiles({ ...options, clock })
  for (let turn = 0; turn < 4; turn++) {
    await files.replaceBy(from)
    await clock.advance(1000)
  }
  expect(readdirSync(join(place, 'backups'))).toEqual(['ledger-2024-11-21T12-00-02.000', 'ledger-2024-11-21T12-00-03.000'])
})

test('a folder is one of lines, also where no kind is asked for', async () => {
  const { folder: place } = await ledgerIn('jsonl', RECORDS.slice(0, 3))
  const options = { ledger: { path: 'own' }, configPath: join(place, 'config.json') }
  const to = folder()
  expect(await ledgerFiles({ ...options, clock: virtualClock(NOON) }).copyTo(to)).toBe(true)
  expect(await all(to)).toEqual(RECORDS.slice(0, 3))
  const used = { config: { ledger: options.ledger }, path: options.configPath } as ConfigInUse
  await expect(openLedgerStore(used, true)).rejects.toThrow('in files of JSON lines')
})

test('a database is tidied without waiting for the copy that is being made', async () => {
  const place = await ledgerIn('sqlite', RECORDS)
  await copyDatabase(join(place.folder, 'own.db'), join(folder(), 'usage.db'), async (from, to) => {
    await place.store.add([record(9999)])
    const begun = performance.now()
    await place.store.compact!()
    expect(performance.now() - begun).toBeLessThan(4000)
    await copyFile(from, to)
  })
})

test('half a line that a process left is passed over', async () => {
  const place = await ledgerIn('jsonl', RECORDS.slice(0, 3))
  appendFileSync(join(place.folder, 'own/usage-2024-11.jsonl'), '{"id":"r0000000')
  expect(await all(await copied(place))).toEqual(RECORDS.slice(0, 3))
})

test('a database that is written to and tidied while it is copied is one state of it', async () => {
  const place = folder()
  const path = join(place, 'usage.db')
  const store = await openSqliteStore(path)
  const other = await openDatabase(path, { migrations: MIGRATIONS, busyMs: 0 })
  const filled = Array.from({ length: 400 }, (_, number) => record(number)).map((one) => ({
    ...one,
    attempts: [{ ...one.attempts[0]!, message: 'x'.repeat(200) + one.id }],
  }))
  await store.add(filled.slice(0, 100))
  let next = 100
  const write = async (count: number) => {
    for (const end = next + count; next < end; next++) {
      await store.add([filled[next]!])
      if (next % 7 === 0) other.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()
    }
  }
  const held: number[] = []
  for (let turn = 0; turn < 4; turn++) {
    const to = join(place, `copy-${turn}`)
    mkdirSync(to)
    const atLeast = next
    // Between any two steps of the copy others go on.
    await copyDatabase(path, join(to, 'usage.db'), async (from, target) => {
      await write(10)
      const copying = copyFile(from, target)
      await write(10)
      await copying
      await write(10)
    })
    const copy = await openDatabase(join(to, 'usage.db'), { migrations: MIGRATIONS })
    expect(copy.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' })
    copy.close()
    const found = await all(to)
    expect(found).toEqual(filled.slice(0, found.length))
    expect(found.length).toBeGreaterThanOrEqual(atLeast)
    held.push(found.length)
    await write(3)
  }
  expect(held).toEqual(held.toSorted((a, b) => a - b))
  other.close()
  await store.close()
})

test('a request that was under way while the ledger before was copied stays', async () => {
  const from = folder()
  await (await ledgerIn('sqlite', [record(1)])).files.copyTo(from)
  const clock = virtualClock(NOON)
  let looks = 0
  const late = record(2, { at: NOON - 1000 })
  const now = () => {
    // The third look is the one after the copy.
    if (++looks === 3) void place.store.add([late])
    return clock.now()
  }
  const place: Place = await ledgerIn('sqlite', [record(0, { at: NOON - 90_000_000 }), record(3, { at: NOON - 2000 })], {
    clock: { ...clock, now },
  })
  expect(await place.files.replaceBy(from)).toMatchObject({ added: 1 })
  expect(await place.ids()).toEqual([record(1).id, late.id])
  expect(await place.store.get(late.id)).toMatchObject({ attempts: [{ endpoint: 'one' }] })
})
