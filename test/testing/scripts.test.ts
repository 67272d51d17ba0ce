import { describe, expect, test } from 'vitest'
import {
  chaosProvider,
  flapping,
  seededRandom,
  sometimes,
  virtualClock,
  type ChaosOptions,
  type ChaosRequest,
  type Script,
} from '../../src/testing/index.ts'
import { question } from './asking.ts'

/** The statuses of `count` requests in a row. */
async function statuses(options: ChaosOptions, count: number, ask: (index: number) => Request = () => question('openai')) {
  const provider = chaosProvider(options)
  const met: number[] = []
  for (let index = 0; index < count; index++) {
    const response = await provider(ask(index))
    await response.text()
    met.push(response.status)
  }
  return met
}

describe('a script', () => {
  test('of one fault is for every request', async () => {
    expect(await statuses({ faults: 'overloaded' }, 3)).toEqual([503, 503, 503])
  })

  test('of a list is for one request after the other, and then all is well', async () => {
    const faults: Script = ['server-error', undefined, { type: 'rate-limit', seconds: 1 }]
    expect(await statuses({ faults }, 5)).toEqual([500, 200, 429, 200, 200])
  })

  test('of an empty list is no fault', async () => {
    expect(await statuses({ faults: [] }, 1)).toEqual([200])
  })

  test('that is a function sees the request', async () => {
    const seen: ChaosRequest[] = []
    const faults: Script = (request) => {
      seen.push(request)
      return request.model === 'm1' && request.index > 0 ? 'overloaded' : undefined
    }
    expect(await statuses({ faults }, 2)).toEqual([200, 503])
    expect(seen[1]).toMatchObject({ index: 1, protocol: 'openai', key: 'k1', stream: false, action: 'generate', body: { model: 'm1' } })
  })

  test('may follow the clock: an outage', async () => {
    const clock = virtualClock()
    const provider = chaosProvider({ clock, faults: ({ at }) => (at >= 1000 && at < 2000 ? 'unavailable' : undefined) })
    const met: number[] = []
    for (const ms of [0, 1000, 999, 1]) {
      await clock.advance(ms)
      met.push((await provider(question('claude'))).status)
    }
    expect(met).toEqual([200, 503, 503, 200])
  })

  test('can be changed amid everything', async () => {
    const provider = chaosProvider()
    const status = async () => (await provider(question('gemini'))).status
    const before = await status()
    provider.setFaults('unavailable')
    const during = await status()
    provider.setFaults(undefined)
    expect([before, during, await status()]).toEqual([200, 503, 200])
  })
})

test('flapping goes bad and good in turns', async () => {
  expect(await statuses({ faults: flapping('overloaded') }, 4)).toEqual([503, 200, 503, 200])
  expect(await statuses({ faults: flapping('overloaded', { bad: 2, good: 3 }) }, 7)).toEqual([503, 503, 200, 200, 200, 503, 503])
})

test('sometimes follows its random numbers', async () => {
  const run = (seed: number) => statuses({ faults: sometimes('overloaded', 0.3, seededRandom(seed)) }, 100)
  const met = await run(7)
  expect(met).toEqual(await run(7))
  const bad = met.filter((status) => status === 503).length
  expect(bad).toBeGreaterThan(15)
  expect(bad).toBeLessThan(45)
  expect(await statuses({ faults: sometimes('overloaded', 0, () => 0) }, 2)).toEqual([200, 200])
  expect(await statuses({ faults: sometimes('overloaded', 1, () => 0.999) }, 2)).toEqual([503, 503])
})

test('keys come first, then models, then all; only scripts that are asked go on', async () => {
  const options: ChaosOptions = {
    keys: { dead: 'bad-key', spent: ['insufficient-quota'] },
    models: { gone: 'model-not-found' },
    faults: ['server-error'],
  }
  const asks = [
    { key: 'dead', model: 'gone' },
    { key: 'spent', model: 'gone' },
    { key: 'spent', model: 'gone' },
    { key: 'good', model: 'gone' },
    { key: 'good', model: 'm' },
    { key: 'good', model: 'm' },
  ]
  expect(await statuses(options, asks.length, (index) => question('openai', asks[index]))).toEqual([401, 429, 404, 404, 500, 200])
})

test('keys are seen wherever they are sent', async () => {
  const provider = chaosProvider()
  for (const protocol of ['claude', 'openai', 'gemini'] as const) await provider(question(protocol, { key: `key of ${protocol}` }))
  const { url } = question('gemini')
  const body = JSON.stringify({ contents: [{ role: 'user', parts: [{ text: 'Hi' }] }] })
  await provider(`${url}?key=inquery`, { method: 'POST', body })
  await provider(url, { method: 'POST', body, headers: { 'api-key': 'azure' } })
  await provider(url, { method: 'POST', body })
  expect(provider.requests.map(({ key }) => key)).toEqual(['key of claude', 'key of openai', 'key of gemini', 'inquery', 'azure', ''])
  expect(provider.requests.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5])
})

test('seeded numbers are spread evenly', () => {
  const random = seededRandom(1)
  const counts = Array.from({ length: 10 }, () => 0)
  for (let drawn = 0; drawn < 10_000; drawn++) counts[Math.floor(random() * 10)]!++
  expect(Math.min(...counts)).toBeGreaterThan(900)
  expect(Math.max(...counts)).toBeLessThan(1100)
})
