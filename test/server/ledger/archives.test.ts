import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { memoryUsage } from '../../../src/accounts/ledger/memory-store.ts'
import type { ExchangeRecord } from '../../../src/accounts/ledger/record.ts'
import type { UsageStore } from '../../../src/accounts/ledger/store.ts'
import { archiveMonths, listArchives, readArchive, restoreArchive } from '../../../src/server/ledger/archives.ts'
import { openSqliteStore } from '../../../src/server/ledger/sqlite-store.ts'
import { folder } from '../config/folder.ts'
import { recordAt } from './record-at.ts'

const AUGUST = Date.UTC(2026, 7)
const SEPTEMBER = Date.UTC(2026, 8)
const OCTOBER = Date.UTC(2026, 9)

const made = (): ExchangeRecord[] => [
  recordAt(AUGUST, { bodies: { request: 'who goes there' } }),
  recordAt(SEPTEMBER - 1),
  recordAt(SEPTEMBER),
  recordAt(OCTOBER - 1, { tenant: 'ann' }),
  recordAt(OCTOBER),
]

async function idsOf(path: string) {
  const ids: string[] = []
  for await (const { id } of readArchive(path)) ids.push(id)
  return ids
}

describe.each<[string, () => Promise<UsageStore>]>([
  ['SQLite', () => openSqliteStore(':memory:')],
  ['memory', () => Promise.resolve(memoryUsage())],
])('archives of %s', (_, open) => {
  test('hold the months that are over, whole, which the store then forgets', async () => {
    const [store, into, all] = [await open(), folder(), made()]
    await store.add(all)
    const written = await archiveMonths(store, into, { before: OCTOBER + 1000 })
    expect(written.map(({ month, records }) => [month, records])).toEqual([
      ['2026-08', 2],
      ['2026-09', 2],
    ])
    expect((await store.list({})).map(({ at }) => at)).toEqual([OCTOBER])
    expect((await listArchives(into)).map(({ month }) => month)).toEqual(['2026-08', '2026-09'])
    const august = written[0]!.path
    if (process.platform !== 'win32') expect(statSync(august).mode & 0o777).toBe(0o600)
    expect(
      gunzipSync(readFileSync(august))
        .toString()
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual([all[1], all[0]])
    await store.close()
  })

  test('are read back in, and archived again with what came later', async () => {
    const [store, into, all] = [await open(), folder(), made()]
    await store.add(all)
    const [august] = await archiveMonths(store, into, { before: OCTOBER })
    expect(await restoreArchive(store, august!.path)).toBe(2)
    expect(await restoreArchive(store, august!.path)).toBe(2)
    expect(await store.get(all[0]!.id)).toEqual(all[0])
    expect(await store.sum({})).toMatchObject([{ requests: 3 }])
    const late = recordAt(AUGUST + 5)
    await store.add([late])
    await store.forget(AUGUST + 1)
    expect(await archiveMonths(store, into, { before: OCTOBER })).toMatchObject([{ month: '2026-08', records: 2 }])
    expect((await idsOf(august!.path)).toSorted()).toEqual([all[0]!.id, late.id, all[1]!.id].toSorted())
    await store.close()
  })

  test('begin where the months of the zone do', async () => {
    const [store, into] = [await open(), folder()]
    await store.add(made())
    const written = await archiveMonths(store, into, { before: OCTOBER, zone: -120 })
    expect(written.map(({ month, records }) => [month, records])).toEqual([
      ['2026-07', 1],
      ['2026-08', 2],
    ])
    await store.close()
  })
})

test('nothing is forgotten of a month that changes while it is archived', async () => {
  const store = memoryUsage()
  store.add(made())
  const sly: UsageStore = {
    ...store,
    get(id) {
      store.add([recordAt(AUGUST + 7)])
      return store.get(id)
    },
  }
  const into = folder()
  await expect(archiveMonths(sly, into, { before: OCTOBER })).rejects.toThrow('Try again.')
  expect(store.list({}, {})).toHaveLength(6)
  expect(await listArchives(into)).toEqual([])
})

test('a folder that is not there has none', async () => expect(await listArchives(join(folder(), 'none'))).toEqual([]))

test.each([
  ['no gzip', Buffer.from('plain text')],
  ['half of one', gzipSync(JSON.stringify(recordAt(AUGUST)).repeat(100)).subarray(0, 60)],
  ['no records', gzipSync('{"id":7}\n')],
])('what is %s is refused by its name', async (_, bytes) => {
  const path = join(folder(), 'usage-2026-08.jsonl.gz')
  writeFileSync(path, bytes)
  await expect(restoreArchive(memoryUsage(), path)).rejects.toThrow(`The archive ${path} cannot be read: `)
})

test('one that is not there is refused, too', async () => {
  await expect(restoreArchive(memoryUsage(), join(folder(), 'none.jsonl.gz'))).rejects.toThrow('cannot be read')
})
