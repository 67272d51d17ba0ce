import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { createLedger } from '../../../src/accounts/ledger/ledger.ts'
import { memoryUsage } from '../../../src/accounts/ledger/memory-store.ts'
import { gateway, type ConfigInput } from '../../../src/server/gateway.ts'
import { attachConnection } from '../../../src/server/safety/connection.ts'
import { serve, type Served } from '../../../src/server/serve.ts'
import { createLive } from '../../../src/server/usage/live.ts'
import { chaosProvider } from '../../../src/testing/chaos/provider.ts'
import { systemClock } from '../../../src/core/clock.ts'
import { record, sourceOf } from './world.ts'

const ADMIN = 'the-key-of-the-admin'
const ANN = 'the-key-of-ann-0001'
const BOB = 'the-key-of-bob-0001'

const config: ConfigInput = {
  server: {
    adminKey: ADMIN,
    keys: [
      { name: 'ann', key: ANN, group: 'team', requestsPerMinute: 100, budgets: [{ requests: 5, per: 'total' }] },
      { name: 'bob', key: BOB },
    ],
  },
  groups: { team: { models: ['*'] } },
  endpoints: { main: { protocol: 'claude', baseUrl: 'https://main.example', apiKey: 'a-key-of-a-provider', model: 'm-1' } },
}

let served: Served | undefined
let socket: Socket | undefined
afterEach(async () => {
  socket?.destroy()
  await served?.close()
  served = undefined
})

const open = () => {
  const provider = chaosProvider()
  const ledger = createLedger({ store: memoryUsage() })
  return { ledger, app: gateway(config, { ledger, fetchFor: () => provider }) }
}

type App = ReturnType<typeof open>['app']

async function ask(app: App, path: string, key: string): Promise<{ status: number; body: Record<string, never> }> {
  const response = await app(`http://localhost${path}`, { headers: { authorization: `Bearer ${key}` } })
  return { status: response.status, body: (await response.json()) as Record<string, never> }
}

async function say(app: App, key: string): Promise<void> {
  const body = JSON.stringify({ model: 'sonnet', max_tokens: 10, messages: [{ role: 'user', content: 'Hi' }] })
  const headers = { 'content-type': 'application/json', 'x-api-key': key }
  const response = await app('http://localhost/v1/messages', { method: 'POST', headers, body })
  expect(response.status).toBe(200)
  await response.text()
}

test('a gateway with a ledger answers at once what has just ended, to each its own', async () => {
  const { app } = open()
  await say(app, ANN)
  await say(app, ANN)
  await say(app, BOB)
  expect((await ask(app, '/admin/usage', ADMIN)).body).toMatchObject({ today: { requests: 3 } })
  expect((await ask(app, '/admin/usage/top?by=tenant&order=requests', ADMIN)).body).toMatchObject({
    groups: [
      { group: { tenant: 'ann' }, requests: 2 },
      { group: { tenant: 'bob' }, requests: 1 },
    ],
  })
  const { body } = await ask(app, '/usage', ANN)
  expect(body).toMatchObject({
    tenant: 'ann',
    today: { requests: 2 },
    allowance: {
      group: 'team',
      limits: { requestsPerMinute: 100 },
      groupLimits: { models: ['*'] },
      budgets: [{ of: 'key ann', unit: 'requests', limit: 5, spent: 2, left: 3 }],
    },
  })
  expect((await ask(app, '/usage', BOB)).body).toMatchObject({
    tenant: 'bob',
    today: { requests: 1 },
    allowance: { limits: {}, budgets: [] },
  })
  for (const key of [ANN, BOB]) expect((await ask(app, '/admin/usage', key)).status).toBe(401)
  expect((await ask(app, '/usage', ADMIN)).status).toBe(401)
  const { routes } = (await ask(app, '/admin', ADMIN)).body as unknown as { routes: string[] }
  expect(routes.filter((route) => route.startsWith('GET /admin/usage'))).toHaveLength(11)
})

test('one without says that it has none', async () => {
  const app = gateway(config, { fetchFor: () => chaosProvider() })
  expect(await ask(app, '/admin/usage/totals', ADMIN)).toMatchObject({
    status: 404,
    body: { error: { message: expect.stringContaining('no ledger') as string } },
  })
  expect((await ask(app, '/usage', ANN)).status).toBe(404)
})

test('without an admin API and without keys nobody is told anything', async () => {
  const ledger = createLedger({ store: memoryUsage() })
  const { endpoints } = config
  const ask = async (server: ConfigInput['server'], path = '/usage') => {
    const request = new Request(`http://localhost${path}`)
    attachConnection(request, { address: '127.0.0.1' })
    return (await gateway({ server, endpoints }, { ledger, fetchFor: () => chaosProvider() })(request)).status
  }
  expect(await ask({})).toBe(200)
  expect(await ask({ admin: false })).toBe(403)
  expect(await ask({ admin: false }, '/admin/usage')).toBe(404)
})

test('who reads nothing from a socket has little prepared for it', async () => {
  const source = sourceOf()
  const live = createLive({ source, clock: systemClock, isOpen: () => true })
  let told = 0
  served = await serve(async () => live.open('', {}, (one) => (told++, one)), { port: 0, hosts: 'any' })
  socket = connect(served.port, '127.0.0.1')
  socket.pause()
  await once(socket, 'connect')
  socket.write('POST /v1/messages HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}')
  while (!source.listening) await new Promise((resolve) => setImmediate(resolve))
  const large = { failure: { kind: 'x', message: 'y'.repeat(20_000) } }
  for (let count = 0; count < 5000; count++) {
    await source.end(record(large))
    if (count % 50 === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  // What the system holds on the way is some megabytes, of a hundred.
  expect(told).toBeLessThan(1500)
  socket.destroy()
  while (source.listening) await new Promise((resolve) => setImmediate(resolve))
})

test('a server that is closed waits for nobody who looks on', async () => {
  const { app } = open()
  served = await serve(app, { port: 0, graceMs: 60_000 })
  const response = await fetch(`${served.url}/admin/usage/live`, { headers: { authorization: `Bearer ${ADMIN}` } })
  const reader = response.body!.getReader()
  await reader.read()
  const closed = served.close()
  while (!(await reader.read()).done);
  await closed
}, 10_000)

test('a ledger that cannot be read is no bug, and tenants are not told where it is', async () => {
  const broken = () => Promise.reject(new Error("cannot open '/secret/usage.db'"))
  const ledger = createLedger({ store: { ...memoryUsage(), sum: broken, list: broken }, onError: () => {} })
  const app = gateway(config, { ledger, fetchFor: () => chaosProvider() })
  const told = await ask(app, '/admin/usage', ADMIN)
  expect(told).toMatchObject({
    status: 503,
    body: { error: { message: expect.stringMatching(/^The ledger cannot be read: cannot open '\/secret\/usage.db'\./) as string } },
  })
  const own = await ask(app, '/usage', ANN)
  expect(own.status).toBe(503)
  expect(JSON.stringify(own.body)).not.toMatch(/secret|bug/)
})
