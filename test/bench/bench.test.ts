/** The benchmark measures what it says: its requests and answers are what the protocols have, and what it counts is counted right. */
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { format, resolveConfig } from 'prettier'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eventsOf, FIRST_WORD, WHOLE } from '../../bench/fixtures/answers.js'
import { MODELS, requestOf, type Protocol } from '../../bench/fixtures/requests.js'
import { openConnection } from '../../bench/load/connection.js'
import { bytesOf, load } from '../../bench/load/load.js'
import { createRequestReader } from '../../bench/load/messages.js'
import { median, p99, slopeOf } from '../../bench/numbers.js'
import { resultsText, withBlock, type Measured } from '../../bench/page.js'
import { openProvider } from '../../bench/processes.js'
import { summarize } from '../../bench/profile-summary.js'
import { report } from '../../bench/report.js'
import { judge } from '../../bench/bars.js'
import { translate } from '../../src/index.ts'

const PROTOCOLS = Object.keys(MODELS) as Protocol[]
const pairs = PROTOCOLS.flatMap((from) => PROTOCOLS.map((to) => ({ from, to })))

describe('what is sent and answered', () => {
  test.each(PROTOCOLS)('%s: a request of 149 KB, the same each time', (protocol) => {
    const { body } = requestOf(protocol, { size: 'big', stream: true })
    expect(Buffer.byteLength(body)).toBe(149_000)
    expect(requestOf(protocol, { size: 'big', stream: true }).body).toBe(body)
  })

  test.each(PROTOCOLS)('%s: streams of exactly so many events', (protocol) => {
    expect([257, 41].map((count) => eventsOf(protocol, count).length)).toEqual([257, 41])
  })

  test.each(pairs)('$from to $to can be translated, the whole way', ({ from, to }) => {
    const options = { from, to, model: MODELS[to], clientModel: MODELS[from], stream: true } as const
    const exchange = translate(JSON.parse(requestOf(from, { size: 'big', stream: true }).body), options)
    const { push, end } = exchange.translator()
    const text = push(new TextEncoder().encode(eventsOf(to, 257).join(''))) + end()
    const found = [FIRST_WORD, 'Write', 'event: error', 'response.failed', '"error":{'].filter((mark) => text.includes(mark))
    expect(found).toEqual([FIRST_WORD, 'Write'])
    expect(JSON.stringify(exchange.response(JSON.parse(WHOLE[to])))).toContain(FIRST_WORD)
  })
})

describe('the provider and its clients', () => {
  let provider: Awaited<ReturnType<typeof openProvider>>
  beforeAll(async () => {
    provider = await openProvider()
    await provider.pace({ events: 41, perWrite: 3, everyMs: 0 })
  })
  afterAll(() => provider.close())

  test.each(PROTOCOLS)('%s: every stream is read to its end', async (protocol) => {
    const request = requestOf(protocol, { size: 'small', stream: true })
    const loaded = await load({ port: provider.port, request, count: 12, atOnce: 3 })
    expect(loaded).toMatchObject({ requests: 12, errors: 0, events: 41 })
    expect(loaded.firstMs).toBeGreaterThan(0)
    expect(loaded.totalMs).toBeGreaterThanOrEqual(loaded.firstMs)
  })

  test('whole answers over one connection', async () => {
    const request = requestOf('claude', { size: 'big', stream: false })
    expect(await load({ port: provider.port, request, count: 5, atOnce: 1 })).toMatchObject({ requests: 5, errors: 0, events: 0 })
  })

  test('an error is counted and told', async () => {
    const { errors, requests, firstError } = await load({ port: provider.port, request: { path: '/no', body: '{}' }, count: 2, atOnce: 1 })
    expect({ errors, requests }).toEqual({ errors: 2, requests: 0 })
    expect(firstError).toContain('404')
  })

  test('a gap in a stream is seen', async () => {
    await provider.pace({ events: 41, perWrite: 20, everyMs: 60 })
    const connection = await openConnection(provider.port)
    const answered = await connection.ask(bytesOf(provider.port, requestOf('claude', { size: 'small', stream: true })))
    connection.close()
    expect(answered.longestGapMs).toBeGreaterThan(30)
    expect(answered.firstMs).toBeLessThan(answered.totalMs)
  })
})

test('a request is read however its bytes are cut', () => {
  const bytes = bytesOf(1, { path: '/v1/messages', body: '{"text":"Grüße"}' })
  for (const size of [1, 7, bytes.length]) {
    const taken: [string, string][] = []
    const read = createRequestReader((path, body) => taken.push([path, body.toString()]))
    for (let round = 0; round < 2; round++) for (let at = 0; at < bytes.length; at += size) read(bytes.subarray(at, at + size))
    expect(taken).toEqual(Array.from({ length: 2 }, () => ['/v1/messages', '{"text":"Grüße"}']))
  }
})

describe('numbers', () => {
  test('median, slowest and slope', () => {
    expect(median([3, 1, 2])).toBe(2)
    expect(p99(Array.from({ length: 200 }, (_, i) => i))).toBe(198)
    expect(slopeOf([1, 2, 3], [10, 14, 18])).toBe(4)
    expect(median([])).toBeNaN()
  })

  test('a bar is missed by its worst reading, and by one that was never taken', () => {
    const pair = (request: number) => ({ from: 'claude', to: 'gemini', request, stream: 1 })
    const met = (...requests: number[]) => judge({ translate: requests.map(pair) }).find(({ id }) => id === 'P10')?.passed
    expect([met(1, 1.25), met(1.26, 1), met(Number.NaN, 1), met(1, Number.NaN)]).toEqual([true, false, false, false])
    expect(judge({})).toEqual([])
    expect(report({ translate: [pair(2)] })).toContain('| P10 | translating a request of 149 KB | 1.25 | 2.00 | claude → gemini | **no** |')
  })

  test('a profile is summed up by where its code was written, what was idle left out', () => {
    const node = (id: number, functionName: string, url = '') => ({ id, callFrame: { functionName, url, lineNumber: 0, columnNumber: 0 } })
    const nodes = [
      node(1, '(idle)'),
      node(2, '(garbage collector)'),
      node(3, 'parse'),
      node(4, 'write', 'node:internal/streams/writable'),
      node(5, 'valid', 'file:///x/node_modules/@scope/name/dist/a.js'),
    ]
    const { busyMicros, modules } = summarize({ nodes, samples: [1, 2, 3, 4, 4, 5], timeDeltas: [100, 1, 2, 3, 4, 5] })
    expect(busyMicros).toBe(15)
    expect(modules.map(({ name, micros }) => [name, micros])).toEqual([
      ['node:internal/streams', 7],
      ['package @scope/name', 5],
      ['built-in functions', 2],
      ['garbage collection', 1],
    ])
  })
})

describe('the page of results', () => {
  const folder = new URL('../../bench/results/', import.meta.url)
  const page = new URL('../../docs/performance.md', import.meta.url)

  test.each(readdirSync(folder))('has %s as it was measured', async (file) => {
    const measured = JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Measured
    const now = readFileSync(page, 'utf8')
    const options = { ...(await resolveConfig(fileURLToPath(page))), parser: 'markdown' }
    expect(await format(withBlock(now, file.replace('.json', ''), resultsText(measured)), options)).toBe(now)
  })

  test('has no block that nobody asked for', () => {
    expect(() => withBlock('# None', 'node-20', '')).toThrow('docs/performance.md has no block')
  })
})
