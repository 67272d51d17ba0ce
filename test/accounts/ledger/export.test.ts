import { describe, expect, test } from 'vitest'
import { csvOf, jsonLinesOf, jsonOf, recordsOf, type Export } from '../../../src/accounts/ledger/export.ts'
import { memoryUsage } from '../../../src/accounts/ledger/memory-store.ts'
import type { ExchangeRecord } from '../../../src/accounts/ledger/record.ts'
import { RATES, recordAt } from '../../server/ledger/record-at.ts'

const AT = Date.UTC(2026, 7, 1, 12)

async function textOf(made: Export, records: readonly ExchangeRecord[]): Promise<string> {
  const store = memoryUsage()
  store.add(records)
  let text = ''
  for await (const piece of made(recordsOf(store, {}, { whole: true }))) text += piece
  return text
}

/** Reads a table as RFC 4180 says. */
function rowsOf(text: string): Record<string, string>[] {
  const rows = [...text.matchAll(/(?:(?:"(?:[^"]|"")*"|[^",\r\n]*)(?:,|(?=\r\n)))+\r\n/g)].map(([line]) =>
    [...line.slice(0, -2).matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",]*))/g)].map(
      ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '',
    ),
  )
  const [names = [], ...values] = rows
  return values.map((row) => Object.fromEntries(names.map((name, index) => [name, row[index]!])))
}

describe('a table', () => {
  test('has a row for each request, the newest first', async () => {
    const text = await textOf(csvOf, [
      recordAt(AT),
      recordAt(AT + 1, { status: 529, ended: 'error', failure: { kind: 'overloaded', message: 'busy' } }),
    ])
    const [newest, oldest] = rowsOf(text)
    expect(newest).toMatchObject({ status: '529', failed: 'true', failure: 'busy' })
    expect(oldest).toMatchObject({
      at: '2026-08-01T12:00:00.000Z',
      asked: 'claude-sonnet-5',
      tenant: '',
      failed: 'false',
      input: '10',
      cache_read: '',
      cost: '0.00033',
      attempts: '1',
    })
    expect(text.split('\r\n')).toHaveLength(4)
  })

  test('without requests has its head', async () => expect(await textOf(csvOf, [])).toMatch(/^id,at,tenant,.*,notices\r\n$/))

  test.each(['a,b', 'say "hi"', 'two\nlines', 'two\r\nlines', '"', ',', 'plain', 'ünï 中文'])(
    'quotes %j so that it is read back',
    async (tenant) => {
      expect(rowsOf(await textOf(csvOf, [recordAt(AT, { tenant })]))).toMatchObject([{ tenant, path: '/v1/messages' }])
    },
  )

  test.each(['=1+1', '+1', '-cmd', '@SUM(A1)', '\t=1', '\r=1', ' =1', '＝1', '=HYPERLINK("http://x","y")'])(
    'makes no formula of %j',
    async (session) => {
      const text = await textOf(csvOf, [recordAt(AT, { session })])
      const [row] = rowsOf(text)
      expect([`'${session}`, String(Number(session))]).toContain(row!['session'])
    },
  )

  test('leaves numbers numbers', async () => {
    const cost = { amount: '-0.5', rates: RATES }
    expect(rowsOf(await textOf(csvOf, [recordAt(AT, { cost })]))).toMatchObject([{ cost: '-0.5', ms: '900' }])
  })
})

describe('JSON', () => {
  const records = [recordAt(AT, { bodies: { request: 'a\nb' } }), recordAt(AT + 1)]

  test('is one array of whole records', async () => {
    expect(JSON.parse(await textOf(jsonOf, records))).toEqual(records.toReversed())
    expect(JSON.parse(await textOf(jsonOf, []))).toEqual([])
  })

  test('or a record a line', async () => {
    const lines = (await textOf(jsonLinesOf, records)).trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(records.toReversed())
  })
})

test('all pages of a store, without bodies where they are not asked for', async () => {
  const store = memoryUsage()
  const all = Array.from({ length: 1203 }, (_, index) => recordAt(AT + index, { bodies: { request: 'x' } }))
  store.add(all)
  const ids: string[] = []
  for await (const { id, bodies } of recordsOf(store, { to: AT + 1200 })) {
    expect(bodies).toBeUndefined()
    ids.push(id)
  }
  expect(ids).toEqual(
    all
      .slice(0, 1200)
      .toReversed()
      .map(({ id }) => id),
  )
})
