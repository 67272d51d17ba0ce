import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createUsage, type UsageAnswers } from '../../../src/server/usage/usage.ts'
import type { UsageStore } from '../../../src/accounts/ledger/store.ts'
import { failureOf } from '../../../src/core/failure.ts'
import { filtersAnd } from '../../../src/server/usage/parameters.ts'
import { USAGE_ROUTES } from '../../../src/server/usage/routes.ts'
import { virtualClock } from '../../../src/testing/clock.ts'
import { root } from '../../docs/blocks.ts'
import { costOf, DAY, HOUR, NOW, record, sourceOf, STORES, type TestSource } from './world.ts'

let source: TestSource
let usage: UsageAnswers

async function open(store?: UsageStore | Promise<UsageStore>): Promise<void> {
  source = sourceOf(await store)
  usage = createUsage({ ledger: source, clock: virtualClock(NOW), redact: (text) => text, isOpen: () => true })
}

interface Told {
  [name: string]: unknown
  totals: Record<string, unknown>
  series: { at: number; group: object; requests: number; cost: string }[]
  groups: { group: Record<string, string>; requests: number; cost: string }[]
  requests: { id: string }[]
  months: { month: string; requests: number }[]
}

async function ask(path: string): Promise<Told> {
  const url = new URL(`http://localhost/admin/usage${path}`)
  return (await (await usage.admin(new Request(url), url)).json()) as Told
}

const refused = async (path: string) => {
  try {
    await ask(path)
  } catch (error) {
    return failureOf(error)
  }
  throw new Error(`${path} was answered`)
}

describe.each(STORES)('sums %s', (_, store) => {
  beforeEach(() => open(store()))
  afterEach(() => source.store.close())

  test('today, yesterday, this week and this month', async () => {
    await source.end(
      record(),
      record({ at: NOW - 11 * HOUR }),
      record({ at: NOW - DAY, status: 529 }),
      record({ at: NOW - 3 * DAY }),
      record({ at: NOW - 31 * DAY }),
    )
    const told = await ask('')
    expect(told).toMatchObject({
      now: NOW,
      zone: 0,
      today: { from: Date.parse('2026-03-18'), to: Date.parse('2026-03-19'), requests: 2, cost: '0.02', cacheHitRate: 0.5, tokens: 2200 },
      yesterday: { from: Date.parse('2026-03-17'), requests: 1, failed: 1, cost: '0' },
      // Weeks begin on Mondays: Sunday was the last.
      week: { from: Date.parse('2026-03-16'), to: Date.parse('2026-03-23'), requests: 3 },
      month: { from: Date.parse('2026-03-01'), to: Date.parse('2026-04-01'), requests: 4, averageMs: 1000, averageFirstTokenMs: 200 },
    })
    expect(told).not.toHaveProperty('allowance')
    expect(await ask('?failed=true')).toMatchObject({ today: { requests: 0 }, yesterday: { requests: 1 }, month: { requests: 1 } })
  })

  test('days begin where people live', async () => {
    await source.end(record({ at: Date.parse('2026-03-17T23:30:00Z') }))
    expect(await ask('/totals')).toMatchObject({ zone: 0, totals: { requests: 0 } })
    for (const zone of ['60', '+01:00', '%2B01:00', '+0100'])
      expect(await ask(`/totals?zone=${zone}`)).toMatchObject({ zone: 60, from: Date.parse('2026-03-17T23:00Z'), totals: { requests: 1 } })
  })

  test.each([
    ['from=2026-03-10&to=2026-03-12', '2026-03-10', '2026-03-13'],
    ['from=2026-02&to=2026-02', '2026-02-01', '2026-03-01'],
    ['from=2025&to=2025', '2025-01-01', '2026-01-01'],
    ['from=2026-03-10T10:00&to=2026-03-10T12:30:15.250', '2026-03-10T10:00Z', '2026-03-10T12:30:15.250Z'],
    ['from=2026-03-10T10:00Z&to=2026-03-10T10:00-02:00', '2026-03-10T10:00Z', '2026-03-10T12:00Z'],
    ['from=1773136800000&to=1h', '2026-03-10T10:00Z', '2026-03-18T11:00Z'],
    ['from=2024-02-29&to=2024-02-29', '2024-02-29', '2024-03-01'],
    ['zone=-300&from=2026-03-10&to=2026-03-10', '2026-03-10T05:00Z', '2026-03-11T05:00Z'],
    ['period=yesterday', '2026-03-17', '2026-03-18'],
    ['period=year', '2026-01-01', '2027-01-01'],
  ])('%s', async (query, from, to) => {
    expect(await ask(`/totals?${query}`)).toMatchObject({ from: Date.parse(from), to: Date.parse(to) })
  })

  test('of all time, and of what fits alone', async () => {
    await source.end(record(), record({ at: 1, endpoint: 'best', served: 'b-1' }), record({ status: 429, session: 's-1' }))
    const count = async (query: string) => (await ask(`/totals?period=all&${query}`)).totals['requests']
    expect(await count('zone=0')).toBe(3)
    expect(await count('endpoint=best')).toBe(1)
    expect(await count('model=F-*')).toBe(2)
    expect(await count('status=4xx')).toBe(1)
    expect(await count('status=429&session=s-1')).toBe(1)
    expect(await count('failed=true')).toBe(1)
    expect(await count('failed=false')).toBe(2)
    expect(await count('protocol=gemini')).toBe(0)
  })

  test('the largest, and all of them together', async () => {
    const dear = costOf('12.345678901234')
    await source.end(
      record({ tenant: 'ann' }),
      record({ tenant: 'ann' }),
      record({ tenant: 'bob', cost: dear }),
      record({ at: 0, tenant: 'old' }),
    )
    const byCost = await ask('/top?by=tenant')
    expect(byCost).toMatchObject({ by: ['tenant'], order: 'cost', totals: { requests: 3, cost: '12.365678901234' } })
    expect(byCost.groups.map(({ group, cost }) => [group['tenant'], cost])).toEqual([
      ['bob', '12.345678901234'],
      ['ann', '0.02'],
    ])
    const byCount = await ask('/top?by=tenant,model&order=requests&limit=1')
    expect(byCount.groups).toHaveLength(1)
    expect(byCount).toMatchObject({ groups: [{ group: { tenant: 'ann', model: 'f-1' }, requests: 2 }], totals: { requests: 3 } })
    expect(await ask('/top')).toMatchObject({ by: ['model'] })
  })

  test('hour by hour, day by day', async () => {
    await source.end(record(), record({ at: NOW + 1 }), record({ at: NOW - HOUR, endpoint: 'best' }))
    const hours = await ask('/series?every=hour&period=today')
    expect(hours.series.map(({ at, requests }) => [at, requests])).toEqual([
      [NOW - HOUR, 1],
      [NOW, 2],
    ])
    const grouped = await ask('/series?by=endpoint')
    expect(grouped).toMatchObject({ every: 'day', by: ['endpoint'], from: Date.parse('2026-03-01'), totals: { requests: 3 } })
    expect(grouped.series.map(({ at, group, requests }) => [at, group, requests])).toEqual([
      [Date.parse('2026-03-18'), { endpoint: 'best' }, 1],
      [Date.parse('2026-03-18'), { endpoint: 'fast' }, 2],
    ])
    expect(await refused('/series?every=hour&period=all')).toMatchObject({ status: 400, param: 'every' })
    expect((await ask('/series?every=month&period=all')).series).toHaveLength(1)
  })

  test('the months that there are', async () => {
    await source.end(record(), record({ at: Date.parse('2025-12-31T23:30Z') }))
    expect((await ask('/months')).months.map(({ month, requests }) => [month, requests])).toEqual([
      ['2026-03', 1],
      ['2025-12', 1],
    ])
    expect(await ask('/months')).not.toHaveProperty('archives')
    const archives = async () => [{ month: '2025-09', bytes: 17, path: '/secret/place' }]
    usage = createUsage({ ledger: source, clock: virtualClock(NOW), redact: (text) => text, isOpen: () => true, archives })
    expect((await ask('/months'))['archives']).toEqual([{ month: '2025-09', bytes: 17 }])
    expect((await ask('/months?zone=60')).months[1]).toMatchObject({ month: '2026-01', at: Date.parse('2025-12-31T23:00Z') })
  })
})

describe.each(STORES)('requests %s', (_, store) => {
  beforeEach(() => open(store()))
  afterEach(() => source.store.close())

  test('page by page, the newest first', async () => {
    await source.end(...[0, 1, 2, 3, 4].map((at) => record({ at, session: 's-1' })))
    const first = await ask('/requests?limit=2')
    expect(first.requests.map((one) => one['at' as never])).toEqual([4, 3])
    const second = await ask(`/requests?limit=2&before=${first['next']}`)
    expect(second.requests.map((one) => one['at' as never])).toEqual([2, 1])
    const third = await ask(`/requests?limit=2&before=${second['next']}`)
    expect(third).toMatchObject({ requests: [{ at: 0 }], next: null })
  })

  test('what was said is searched, and told of one request alone', async () => {
    const said = record({ bodies: { request: '{"text":"Where is Bern?"}', response: 'In Switzerland.' } })
    await source.end(said, record())
    const found = await ask('/requests?text=bern+switzerland')
    expect(found.requests).toMatchObject([{ id: said.id }])
    expect(found.requests[0]).not.toHaveProperty('bodies')
    expect(await ask(`/requests/${said.id}`)).toEqual(JSON.parse(JSON.stringify(said)))
    expect(await refused('/requests/none')).toMatchObject({ status: 404, message: expect.stringContaining('"none"') })
  })

  test('of a session: its sum, and the last', async () => {
    await source.end(record({ session: 'a/b', endpoint: 'best' }), record({ at: NOW + 1, session: 'a/b' }), record({ session: 'c' }))
    expect(await ask('/sessions/a%2Fb')).toMatchObject({
      session: 'a/b',
      totals: { requests: 2, cost: '0.02' },
      last: { at: NOW + 1, endpoint: 'fast' },
    })
    expect(await ask('/sessions/none')).toMatchObject({ session: 'none', totals: { requests: 0, cost: '0' }, last: null })
    expect(await refused('/sessions/*')).toMatchObject({ status: 400 })
  })
})

describe.each(STORES)('exports %s', (_, store) => {
  beforeEach(() => open(store()))
  afterEach(() => source.store.close())

  async function load(query: string): Promise<{ text: string; headers: Record<string, string> }> {
    const url = new URL(`http://localhost/admin/usage/export${query}`)
    const response = await usage.admin(new Request(url), url)
    return { text: await response.text(), headers: Object.fromEntries(response.headers) }
  }

  test('as a table, as JSON, and as a record a line', async () => {
    const made = [record({ at: NOW - HOUR }), record({ tenant: '=cmd()' })]
    await source.end(...made)
    const csv = await load('?from=2026-03-18')
    expect(csv.headers).toMatchObject({
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': 'attachment; filename="cc-route-usage-2026-03-18.csv"',
    })
    const lines = csv.text.split('\r\n')
    expect(lines[0]).toMatch(/^id,at,tenant,/)
    expect(lines[1]).toMatch(new RegExp(`^${made[1]!.id},2026-03-18T12:00:00.000Z,'=cmd\\(\\),`))
    expect(lines).toHaveLength(4)
    const plain = JSON.parse(JSON.stringify(made.toReversed())) as unknown[]
    const json = await load('?format=json')
    expect(JSON.parse(json.text)).toEqual(plain)
    expect(json.headers['content-type']).toBe('application/json')
    const jsonLines = await load('?format=jsonl&endpoint=fast')
    expect(
      jsonLines.text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual(plain)
    expect((await load('?format=json&endpoint=none')).text).toBe('[]\n')
    expect(await refused('/export?format=xml')).toMatchObject({ status: 400, param: 'format' })
  })

  test('piece by piece: what nobody reads is not looked up', async () => {
    await source.end(...Array.from({ length: 1200 }, (_, index) => record({ at: NOW + index })))
    let pages = 0
    const { store } = source
    source = { ...sourceOf({ ...store, list: (filter, page) => (pages++, store.list(filter, page)) }) }
    usage = createUsage({ ledger: source, clock: virtualClock(NOW), redact: (text) => text, isOpen: () => true })
    const url = new URL('http://localhost/admin/usage/export?format=jsonl')
    const { body } = await usage.admin(new Request(url), url)
    const reader = body!.getReader()
    expect(pages).toBe(0)
    await reader.read()
    expect(pages).toBe(1)
    await reader.cancel()
    expect(pages).toBe(1)
    const whole = await (await usage.admin(new Request(url), url)).text()
    expect(whole.trim().split('\n')).toHaveLength(1200)
  })
})

describe('what is not understood is refused', () => {
  beforeEach(() => open())

  test.each([
    ['/totals?modle=x', 'There is no parameter "modle" here. Did you mean "model"?'],
    ['/totals?limit=5', 'There is no parameter "limit" here.'],
    ['?from=2026-01-01', 'There is no parameter "from" here.'],
    ['/requests/x?model=y', 'There are: none.'],
    ['/totals?model=a&model=b', '"model" is given twice.'],
    ['/totals?model=', '"model" has no value.'],
    [`/totals?model=${'x'.repeat(301)}`, '"model" has more than 300 characters.'],
    ['/totals?from=yesterday', '"from" takes a time such as 2026-01-31'],
    ['/totals?from=2026-02-30', 'not "2026-02-30"'],
    ['/totals?from=2026-13', 'not "2026-13"'],
    ['/totals?from=2026-01-01T25:00', '"from" takes a time'],
    ['/totals?from=2026-01-01T10:00%2B99:00', '"from" takes a time'],
    ['/totals?from=2026-01-02&to=2026-01-01', '"from" is not before "to".'],
    ['/totals?period=today&from=2026-01-01', '"period" and "from" are given'],
    ['/totals?period=tomorrow', '"period" takes today, yesterday, week, month, year, all, not "tomorrow".'],
    ['/totals?zone=Bern', '"zone" takes minutes east of UTC'],
    ['/totals?zone=900', 'not "900"'],
    ['/totals?status=600', '"status" takes a status such as 429'],
    ['/totals?failed=yes', '"failed" takes true, false'],
    ['/totals?protocol=claud', 'Did you mean "claude"?'],
    ['/top?by=models', 'Did you mean "model"?'],
    ['/top?by=model,', '"by" takes model'],
    ['/top?order=size', '"order" takes cost, requests, tokens'],
    ['/top?limit=0', '"limit" takes a whole number from 1 to 1000.'],
    ['/requests?limit=1.5', '"limit" takes a whole number from 1 to 1000.'],
    ['/series?every=minute', '"every" takes hour, day, week, month'],
  ])('%s', async (path, message) => {
    expect(await refused(path)).toMatchObject({ status: 400, kind: 'invalid-request', message: expect.stringContaining(message) })
  })

  test('a path that is not there, and a method', async () => {
    expect(await refused('/nothing')).toMatchObject({ status: 404, message: expect.stringContaining('/totals') })
    const url = new URL('http://localhost/admin/usage')
    await expect(usage.admin(new Request(url, { method: 'DELETE' }), url)).rejects.toMatchObject({ failure: { status: 405 } })
    const head = await usage.admin(new Request(url, { method: 'HEAD' }), url)
    expect([head.status, await head.text()]).toEqual([200, ''])
  })
})

test('the page about it tells every path and every parameter', () => {
  const page = readFileSync(join(root, 'docs/accounts.md'), 'utf8')
  for (const [path] of USAGE_ROUTES) expect(page).toContain(`| \`GET /admin/usage${path}\``)
  for (const name of filtersAnd('by', 'every', 'order', 'limit', 'before', 'format')) expect(page).toMatch(new RegExp(`\`${name}\\b`))
})
