import { describe, expect, test } from 'vitest'
import { createLedger } from '../../../src/accounts/ledger/ledger.ts'
import { memoryUsage } from '../../../src/accounts/ledger/memory-store.ts'
import type { Fetch } from '../../../src/router/fetch.ts'
import type { ConfigInput } from '../../../src/server/config/schema.ts'
import { gateway } from '../../../src/server/gateway.ts'
import { createRedactor } from '../../../src/server/log/redact.ts'
import { chaosProvider, type ChaosOptions } from '../../../src/testing/chaos/provider.ts'
import { virtualClock } from '../../../src/testing/clock.ts'
import { requestFor } from '../../router/pool/client.ts'

const KEY = 'client-key-0123456789'
const USAGE = { input: 30, cacheRead: 12, output: 9 }

function world(config: Partial<ConfigInput> = {}, chaos: ChaosOptions = {}, capture: 'off' | 'all' = 'off', provider?: Fetch) {
  const clock = virtualClock(1_000_000)
  const store = memoryUsage()
  const redact = createRedactor()
  const ledger = createLedger({ store, clock, redact, capture })
  const app = gateway(
    {
      endpoints: { up: { protocol: 'openai', baseUrl: 'https://up.example/v1', apiKey: 'provider-key-0123456789', model: 'gpt-x' } },
      ...config,
    },
    {
      ledger,
      clock,
      redact,
      fetchFor: () => provider ?? chaosProvider({ clock, reply: { text: 'Hello there.', usage: USAGE }, ...chaos }),
    },
  )
  const records = async () => {
    for (let turn = 0; turn < 3; turn++) await new Promise<void>((resolve) => setImmediate(resolve))
    await ledger.flush()
    return store.list({}).toReversed()
  }
  return { app, clock, store, ledger, records }
}

const asked = (headers: Record<string, string> = {}) => requestFor('claude', { stream: true, headers })

describe('a gateway', () => {
  test('keeps a record of each request, with the name of its key', async () => {
    const { app, records } = world({ server: { keys: [{ name: 'alice', key: KEY }] } })
    await (await app(asked({ authorization: `Bearer ${KEY}` }))).text()
    expect(await records()).toMatchObject([
      { tenant: 'alice', endpoint: 'up', key: 'key-1', asked: 'm', usage: USAGE, ended: 'complete', status: 200, protocol: 'claude' },
    ])
  })

  test('knows a key in the URL, too', async () => {
    const { app, records } = world({ server: { keys: [{ name: 'alice', key: KEY }] } })
    const request = requestFor('gemini')
    await (await app(new Request(`${request.url}?key=${KEY}`, request))).text()
    const [record] = await records()
    expect(record).toMatchObject({ tenant: 'alice', usage: USAGE })
    expect(JSON.stringify(record)).not.toContain(KEY)
  })

  test('keeps nothing of those who were not let in, of counts of tokens, and of small things', async () => {
    const { app, records } = world({ server: { keys: [{ name: 'alice', key: KEY }] } })
    expect((await app(asked())).status).toBe(401)
    const asClaudeCode = { 'user-agent': 'claude-cli/2.1.329 (external, cli)', 'x-api-key': 'a-wrong-key' }
    expect((await app(asked(asClaudeCode))).status).toBe(400)
    expect((await app('http://client.example/health')).status).toBe(200)
    const headers = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' }
    const body = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'Hi' }] })
    expect((await app('http://client.example/v1/messages/count_tokens', { method: 'POST', headers, body })).status).toBe(200)
    expect((await app('http://client.example/v1/models', { headers })).status).toBe(200)
    expect(await records()).toEqual([])
  })

  test('keeps a record of what it refused, which cost nothing', async () => {
    const { app, records } = world({ server: { limits: { bodyBytes: 100 }, hosts: ['client.example'] } })
    const body = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'x'.repeat(200) }] })
    const request = new Request('http://client.example/v1/messages', {
      method: 'POST',
      body,
      headers: { 'content-length': String(body.length), 'content-type': 'application/json' },
    })
    expect((await app(request)).status).toBe(413)
    const [record] = await records()
    expect(record).toMatchObject({
      status: 413,
      ended: 'error',
      failure: { kind: 'too-large', message: expect.stringContaining('100 bytes') },
      attempts: [],
    })
    expect(record!.usage).toBeUndefined()
  })

  test('captures what the client asked, not what it became, and its answer', async () => {
    const { app, store, records } = world({ server: { hosts: ['client.example'] } }, {}, 'all')
    const first = await app(requestFor('openai-responses', { question: 'Who is there?' }))
    const { id } = (await first.json()) as { id: string }
    const body = JSON.stringify({ model: 'm', input: 'And who else?', previous_response_id: id })
    await (
      await app('http://client.example/v1/responses', { method: 'POST', body, headers: { 'content-type': 'application/json' } })
    ).text()
    const [, second] = await records()
    const { bodies } = store.get(second!.id)!
    expect(JSON.parse(bodies!.request!)).toMatchObject({ input: 'And who else?', previous_response_id: id })
    expect(JSON.parse(bodies!.response!)).toMatchObject({ object: 'response' })
    expect(store.list({ text: 'else there' })).toHaveLength(1)
  })

  test('knows who asks for a compaction, and what it used', async () => {
    const { app, records } = world({ server: { keys: [{ name: 'alice', key: KEY, models: ['m', 'gpt-x'] }] } })
    const compact = (model: string) =>
      app('http://client.example/v1/responses/compact', {
        method: 'POST',
        body: JSON.stringify({ model, input: [{ role: 'user', content: 'What was said?' }] }),
        headers: { 'content-type': 'application/json', authorization: `Bearer ${KEY}` },
      })
    expect((await compact('m')).status).toBe(200)
    expect((await compact('another')).status).toBe(403)
    expect(await records()).toMatchObject([
      { tenant: 'alice', path: '/v1/responses/compact', usage: USAGE, attempts: [{ endpoint: 'up' }] },
      { tenant: 'alice', status: 403, failure: { kind: 'permission' } },
    ])
  })

  test('bills the input of a client that leaves before the answer', async () => {
    const { app, clock, records } = world({ server: { hosts: ['client.example'] } }, { latencyMs: 5000 })
    const stop = new AbortController()
    const answer = app(requestFor('claude', { signal: stop.signal, question: 'Is anybody there? '.repeat(10) }))
    await clock.advance(100)
    stop.abort()
    expect((await answer).status).toBe(499)
    const [record] = await records()
    expect(record).toMatchObject({ ended: 'cancelled', status: 499, endpoint: 'up', estimated: true, attempts: [{ endpoint: 'up' }] })
    expect(record!.usage!.input).toBeGreaterThan(20)
    expect(record!.usage!.output).toBe(0)
  })

  test('keeps a record of what is passed on as it is, with the counts at its end', async () => {
    const embeddings = { object: 'list', data: [{ embedding: Array.from({ length: 2000 }, () => 0.5) }], model: 'e-1' }
    const answer = JSON.stringify({
      ...embeddings,
      usage: { prompt_tokens: 8, prompt_tokens_details: { cached_tokens: 2 }, total_tokens: 8 },
    })
    const provider = async () => new Response(answer, { headers: { 'content-type': 'application/json' } })
    const { app, records } = world({ server: { hosts: ['client.example'] } }, {}, 'off', provider)
    const body = JSON.stringify({ model: 'e', input: 'x' })
    const response = await app('http://client.example/v1/embeddings', {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json' },
    })
    expect(await response.text()).toBe(answer)
    expect(await records()).toMatchObject([
      {
        path: '/v1/embeddings',
        endpoint: 'up',
        served: 'e-1',
        usage: { input: 6, cacheRead: 2 },
        attempts: [{ endpoint: 'up', reason: 'first' }],
      },
    ])
  })

  test('goes on with its ledger when its configuration changes', async () => {
    const { app, records } = world({ server: { hosts: ['client.example'] } })
    await (await app(asked())).text()
    app.use({
      endpoints: { other: { protocol: 'claude', baseUrl: 'https://other.example', apiKey: 'k-0123456789' } },
      server: { hosts: ['client.example'] },
    })
    await (await app(asked())).text()
    expect((await records()).map(({ endpoint }) => endpoint)).toEqual(['up', 'other'])
  })
})
