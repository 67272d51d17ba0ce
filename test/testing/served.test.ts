/** The chaos provider on a real port: what breaks in it breaks on the wire. */
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { serve, type Served } from '../../src/server/index.ts'
import { chaosProvider, type ChaosProvider } from '../../src/testing/index.ts'
import { errorOf, question } from './asking.ts'

let provider: ChaosProvider
let served: Served

beforeEach(async () => {
  provider = chaosProvider({ eventMs: 5 })
  served = await serve(provider, { port: 0 })
})
afterEach(() => served.close())

const ask = (signal?: AbortSignal): Promise<Response> =>
  fetch(question('openai', { stream: true, origin: served.url.replace(/\/$/, ''), ...(signal && { signal }) }))

/** Waits, on real sockets, until the provider has nothing open. */
const settled = async (): Promise<number> => {
  for (let tries = 0; provider.open && tries < 100; tries++) await pause(10)
  return provider.open
}

test('answers and errors arrive as they are', async () => {
  expect(await (await ask()).text()).toMatch(/data: \[DONE\]\n\n$/)
  provider.setFaults({ type: 'rate-limit', seconds: 3 })
  const limited = await ask()
  expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '3'])
  await limited.text()
  expect(await settled()).toBe(0)
})

test('a cut is a broken connection, and not an end', async () => {
  provider.setFaults({ type: 'cut', at: { event: 3 } })
  const response = await ask()
  expect(response.status).toBe(200)
  expect(await errorOf(response.text())).toMatchObject({ message: 'terminated' })
  expect(await settled()).toBe(0)
})

test('a caller that goes away is noticed', async () => {
  provider.setFaults('stall')
  const client = new AbortController()
  const response = await ask(client.signal)
  const reading = errorOf(response.text())
  expect(provider.open).toBe(1)
  client.abort()
  expect(await reading).toMatchObject({ name: 'AbortError' })
  expect(await settled()).toBe(0)
  expect(provider.requests).toMatchObject([{ state: 'aborted' }])
})
