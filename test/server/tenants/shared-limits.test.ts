import { join } from 'node:path'
import { expect, test } from 'vitest'
import { withTenants } from '../../../src/accounts/tenants/with-tenants.ts'
import type { Fetch } from '../../../src/router/fetch.ts'
import { openSqliteBudgets } from '../../../src/server/budgets/sqlite-store.ts'
import { virtualClock } from '../../../src/testing/clock.ts'
import { folder } from '../config/folder.ts'

const key = 'ann-has-a-long-key'
const START = Date.parse('2026-11-21T18:00:00Z')

function requestFor(): Request {
  const body = JSON.stringify({ model: 'm', max_tokens: 9, messages: [{ role: 'user', content: 'hi' }] })
  return new Request('http://localhost/v1/messages', { method: 'POST', body, headers: { 'x-api-key': key } })
}

test('processes that share a file share limits, and forget what one of them held that has died', async () => {
  const clock = virtualClock(START)
  const path = join(folder(), 'limits.db')
  const stores = [await openSqliteBudgets(path, { clock }), await openSqliteBudgets(path, { clock })]
  let [now, most, sum] = [0, 0, 0]
  const waiting: (() => void)[] = []
  const fetch: Fetch = async () => {
    sum++
    most = Math.max(most, ++now)
    await new Promise<void>((resolve) => waiting.push(resolve))
    now--
    return Response.json({ ok: true })
  }
  const keys = [{ name: 'ann', key, requestsPerMinute: 50, streams: 5, tokensPerMinute: 1_000_000 }]
  // The second process is one that dies: its timers never run.
  const dead = { now: clock.now, after: () => () => {} }
  const apps = stores.map((store, index) => withTenants(fetch, { keys, store, clock: index ? dead : clock }))
  const ask = async (index: number): Promise<number> => {
    const response = await apps[index % 2]!(requestFor())
    await response.text()
    return response.status
  }
  const all = Array.from({ length: 200 }, (_, index) => ask(index))
  await clock.advance(0)
  expect([most, sum]).toEqual([5, 5])
  for (let round = 0; round < 60; round++) {
    for (const go of waiting.splice(0)) go()
    for (let index = 0; index < 6; index++) all.push(ask(index))
    await clock.advance(0)
  }
  for (const go of waiting.splice(0)) go()
  expect([most, sum, new Set(await Promise.all(all))]).toEqual([5, 50, new Set([200, 429])])

  await clock.advance(60_000)
  for (let i = 0; i < 5; i++) void ask(1)
  await clock.advance(0)
  expect(await ask(0)).toBe(429)
  await clock.advance(61_000)
  void ask(0)
  await clock.advance(0)
  expect(sum).toBe(56)
  for (const store of stores) await store.close()
})
