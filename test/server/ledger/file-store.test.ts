import { appendFileSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { memoryUsage } from '../../../src/accounts/ledger/memory-store.ts'
import type { UsageStore } from '../../../src/accounts/ledger/store.ts'
import { openFileStore } from '../../../src/server/ledger/file-store.ts'
import { aRecord } from '../../accounts/ledger/kept.ts'
import { folder } from '../config/folder.ts'
import { filter, narrowFilter, records, sumQuery } from './arbitrary-records.ts'

const NOVEMBER = Date.UTC(2026, 10, 21)
const record = (id: string, at: number, given = {}) => aRecord({ id, at, ...given })

describe('it answers as the store in memory does', () => {
  const RUNS = { numRuns: 40 }

  test('records, one by one and in pages, and sums', async () => {
    await fc.assert(
      fc.asyncProperty(
        records(25),
        fc.array(fc.tuple(fc.oneof(filter, narrowFilter), fc.integer({ min: 1, max: 10 })), { maxLength: 5 }),
        fc.array(sumQuery, { maxLength: 5 }),
        async (made, asked, sums) => {
          const [files, memory] = [await openFileStore(folder()), memoryUsage({ kept: Infinity })]
          for (const part of [made.slice(0, made.length / 2), made.slice(made.length / 2), made.slice(0, 3)]) {
            await files.add(part)
            memory.add(part)
          }
          for (const { id } of made.slice(0, 5)) expect(await files.get(id)).toEqual(memory.get(id))
          expect(await files.get('none')).toBeUndefined()
          for (const [wanted, limit] of asked) {
            expect(await files.list(wanted)).toEqual(memory.list(wanted))
            const before = made[limit]?.id ?? 'zz'
            expect(await files.list(wanted, { limit, before })).toEqual(memory.list(wanted, { limit, before }))
          }
          for (const query of sums) expect(await files.sum(query), JSON.stringify(query)).toEqual(memory.sum(query))
        },
      ),
      RUNS,
    )
  })

  test('also after some were forgotten', async () => {
    await fc.assert(
      fc.asyncProperty(records(25), fc.nat(25), fc.constantFrom('records' as const, 'bodies' as const), async (made, which, what) => {
        const [files, memory] = [await openFileStore(folder()), memoryUsage({ kept: Infinity })]
        await files.add(made)
        memory.add(made)
        const before = made[which]?.at ?? Date.UTC(2027, 0)
        expect(await files.forget(before, what)).toBe(memory.forget(before, what))
        expect(await files.list({}, { limit: 99 })).toEqual(memory.list({}, { limit: 99 }))
        expect(await files.list({ text: 'alpha' })).toEqual(memory.list({ text: 'alpha' }))
        for (const { id } of made.slice(0, 5)) expect(await files.get(id)).toEqual(memory.get(id))
      }),
      RUNS,
    )
  })
})

describe('files', () => {
  const ids = async (store: UsageStore) => (await store.list({}, { limit: 1000 })).map(({ id }) => id)

  test('one a month, that nobody else may read; bodies are apart', async () => {
    const path = folder()
    const store = await openFileStore(join(path, 'usage'))
    await store.add([record('a', NOVEMBER), record('b', Date.UTC(2026, 11, 1), { bodies: { request: 'a question' } })])
    const files = readdirSync(join(path, 'usage')).toSorted()
    expect(files).toEqual(['bodies-2026-12.jsonl', 'usage-2026-11.jsonl', 'usage-2026-12.jsonl'])
    for (const file of files) expect(statSync(join(path, 'usage', file)).mode & 0o077).toBe(0)
    expect(readFileSync(join(path, 'usage', 'usage-2026-12.jsonl'), 'utf8')).not.toContain('a question')
    expect(await store.get('b')).toMatchObject({ bodies: { request: 'a question' } })
  })

  test('half a line that a killed process left is passed over, and taken away by the next one', async () => {
    const path = folder()
    const first = await openFileStore(path)
    await first.add([record('a', NOVEMBER)])
    const file = join(path, 'usage-2026-11.jsonl')
    appendFileSync(file, '{"id":"torn","at":17')
    expect(await ids(first)).toEqual(['a'])
    const second = await openFileStore(path)
    await second.add([record('b', NOVEMBER + 1)])
    expect(await ids(second)).toEqual(['b', 'a'])
    expect(readFileSync(file, 'utf8')).not.toContain('torn')
  })

  test('a file that is nothing but half a line', async () => {
    const path = folder()
    appendFileSync(join(path, 'usage-2026-11.jsonl'), '{"id":"to')
    const store = await openFileStore(path)
    expect(await ids(store)).toEqual([])
    await store.add([record('a', NOVEMBER)])
    expect(await ids(store)).toEqual(['a'])
  })

  test('lines of somebody else are passed over', async () => {
    const path = folder()
    appendFileSync(join(path, 'usage-2026-11.jsonl'), 'null\n[]\n"x"\n{}\n\nnonsense\n')
    const store = await openFileStore(path)
    expect(await store.sum({})).toMatchObject([{ requests: 0 }])
  })

  test('writers go one after the other', async () => {
    const store = await openFileStore(folder(), { now: () => 0 })
    await Promise.all(Array.from({ length: 50 }, async (_, i) => store.add([record(`r${String(i).padStart(2, '0')}`, NOVEMBER + i)])))
    expect(await ids(store)).toHaveLength(50)
  })

  test('a write that fails leaves what was there', async () => {
    const path = folder()
    const store = await openFileStore(path)
    await store.add([record('a', NOVEMBER)])
    const unwritable = record('b', NOVEMBER, { notices: 1n })
    await expect(Promise.resolve(store.add([unwritable]))).rejects.toThrow()
    await store.add([record('c', NOVEMBER)])
    expect(await ids(store)).toEqual(['c', 'a'])
  })
})
