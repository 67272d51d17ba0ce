/** What only processes can show: that one may be killed while it writes, and that two may write at once. */
import { spawn, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { recordsOf } from '../../../src/accounts/ledger/export.ts'
import type { ExchangeRecord } from '../../../src/accounts/ledger/record.ts'
import type { SumQuery, UsageStore } from '../../../src/accounts/ledger/store.ts'
import { summing } from '../../../src/accounts/ledger/sums.ts'
import { MIGRATIONS } from '../../../src/server/ledger/sqlite-schema.ts'
import { openSqliteStore } from '../../../src/server/ledger/sqlite-store.ts'
import { openDatabase } from '../../../src/server/sqlite/open.ts'
import { buildProgram, type Program } from '../build-program.ts'
import { folder } from '../config/folder.ts'

let writer: Program
beforeAll(async () => void (writer = await buildProgram('writer', new URL('writer.ts', import.meta.url))), 60_000)
afterAll(() => writer.remove())

interface Writer {
  child: ChildProcess
  lines: string[]
  /** Resolves when so many lines were written, or it has ended. */
  wrote(lines: number): Promise<void>
  ended: Promise<number | null>
}

function start(path: string, what: string, name: string, from: number, to: number): Writer {
  const child = spawn(process.execPath, [writer.script, path, what, name, String(from), String(to)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const lines: string[] = []
  const waiting = new Set<() => void>()
  let rest = ''
  let errors = ''
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()))
  child.stdout.on('data', (chunk: Buffer) => {
    const parts = (rest + chunk.toString()).split('\n')
    rest = parts.pop()!
    lines.push(...parts)
    for (const look of waiting) look()
  })
  const ended = new Promise<number | null>((resolve, reject) =>
    child.once('close', (code) => (code ? reject(new Error(`the writer ended with ${code}: ${errors}`)) : resolve(code))),
  )
  ended.catch(() => {})
  const wrote = (count: number) =>
    Promise.race([
      ended.then(() => {}),
      new Promise<void>((resolve) => {
        const look = () => lines.length >= count && resolve()
        waiting.add(look)
        look()
      }),
    ])
  return { child, lines, wrote, ended }
}

async function all(store: UsageStore): Promise<ExchangeRecord[]> {
  const records: ExchangeRecord[] = []
  for await (const record of recordsOf(store, {}, { whole: true })) records.push(record)
  return records
}

const QUESTIONS: readonly SumQuery[] = [
  {},
  { by: ['tenant'] },
  { by: ['session'] },
  { every: 'hour' },
  { every: 'day', by: ['model', 'key'] },
]

async function expectWhole(path: string, store: UsageStore, records: readonly ExchangeRecord[]): Promise<void> {
  const database = await openDatabase(path, { migrations: MIGRATIONS })
  expect(database.prepare('PRAGMA integrity_check').all()).toMatchObject([{ integrity_check: 'ok' }])
  database.close()
  for (const query of QUESTIONS) {
    const sums = summing(query)
    for (const record of records) sums.add(record)
    expect(await store.sum(query), JSON.stringify(query)).toEqual(sums.rows())
  }
  expect(new Set(records.map(({ id }) => id)).size).toBe(records.length)
}

const numberOf = (record: ExchangeRecord) => Number(record.id.slice(0, 6))

test('a writer that is killed leaves every batch that it had written, each whole', async () => {
  const path = join(folder(), 'usage.db')
  let next = 0
  for (const lines of [2, 9, 23, 60]) {
    const writer = start(path, 'adding', 'one', next, 1_000_000)
    await writer.wrote(lines)
    writer.child.kill('SIGKILL')
    await writer.ended
    const written = Number(writer.lines.at(-1)!.split(' ')[1] ?? next)
    const store = await openSqliteStore(path)
    const records = await all(store)
    expect(records.length).toBeGreaterThanOrEqual(written)
    // Without a gap, in whole batches, and with what was said in them.
    expect(records.map(numberOf)).toEqual(Array.from({ length: records.length }, (_, index) => records.length - 1 - index))
    expect((records.length - next) % 7).toBe(0)
    expect(await store.list({ text: 'number' }, { limit: 1e6 })).toHaveLength(records.filter(({ bodies }) => bodies).length)
    await expectWhole(path, store, records)
    await store.close()
    next = records.length
  }
  expect(next).toBeGreaterThanOrEqual(7 * 90)
}, 60_000)

test('of a server that is killed at most the last tenth of a second is lost', async () => {
  const path = join(folder(), 'usage.db')
  const writer = start(path, 'serving', 'one', 0, 1_000_000)
  await writer.wrote(250)
  writer.child.kill('SIGKILL')
  await writer.ended
  const pushed = writer.lines.filter((line) => line.startsWith('pushed')).map((line) => line.split(' '))
  const store = await openSqliteStore(path)
  const kept = await all(store)
  expect(kept.length).toBeGreaterThan(0)
  expect(kept.map(({ id }) => id).toReversed()).toEqual(pushed.slice(0, kept.length).map(([, id]) => id))
  // A busy machine lets the process stand still now and then, and its clock run on.
  const times = pushed.map(([, , at]) => Number(at))
  const pause = Math.max(...times.slice(1).map((at, index) => at - times[index]!))
  expect(times.at(-1)! - (times[kept.length] ?? times.at(-1)!)).toBeLessThanOrEqual(100 + 2 * pause)
  await expectWhole(path, store, kept)
  await store.close()
}, 60_000)

test('two write at once, none in the other’s way, and what both have is there once', async () => {
  const path = join(folder(), 'usage.db')
  const writers = [start(path, 'adding', 'one', 0, 1500), start(path, 'adding', 'two', 0, 1500)]
  expect(await Promise.all(writers.map(({ ended }) => ended))).toEqual([0, 0])
  const store = await openSqliteStore(path)
  const records = await all(store)
  expect(records).toHaveLength(1500 + 1200)
  await expectWhole(path, store, records)
  await store.close()
}, 60_000)
