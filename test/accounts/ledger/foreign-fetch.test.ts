import { expect, test } from 'vitest'
import { createMetrics, withMetrics } from '../../../src/accounts/index.ts'
import type { Fetch } from '../../../src/router/fetch.ts'
import { kept } from './kept.ts'

const echo: Fetch = async (input, init) => new Response(`got ${await new Request(input, init).text()}`)
const asked = (body: string, headers: Record<string, string> = {}) =>
  new Request('http://up.example/v1/messages', { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } })

test.each(['not JSON', '[1]', ''])('a fetch of another kind is given what is no request of the protocol: %j', async (body) => {
  const { app, records } = kept(echo)
  expect(await (await app(asked(body))).text()).toBe(`got ${body}`)
  expect(await (await app(asked(body, { 'content-length': String(body.length) }))).text()).toBe(`got ${body}`)
  expect(await records()).toMatchObject([{ status: 200 }, { status: 200 }])
  const metrics = createMetrics()
  expect(await (await withMetrics(echo, metrics)(asked(body))).text()).toBe(`got ${body}`)
  expect(await metrics.text()).toContain('status="2xx"')
})

test('and what is one, with its bytes', async () => {
  const body = '{"model": "m",  "messages": []}'
  const { app } = kept(echo)
  expect(await (await app(asked(body))).text()).toBe(`got ${body}`)
})
