import { describe, expect, it, test } from 'vitest'
import { memoryBudgets } from '../../../src/accounts/budgets/memory-store.ts'
import { generateKey } from '../../../src/accounts/tenants/keyring.ts'
import type { Tenant } from '../../../src/accounts/tenants/tenant.ts'
import type { TenantsOptions } from '../../../src/accounts/tenants/tenants.ts'
import { withTenants } from '../../../src/accounts/tenants/with-tenants.ts'
import type { Failure } from '../../../src/core/failure.ts'
import { refusalShownTo } from '../../../src/accounts/tenants/refusals.ts'
import { groupOf, setTenant, tenantOf } from '../../../src/router/caller.ts'
import { endpoint } from '../../../src/router/endpoint/endpoint.ts'
import type { Fetch } from '../../../src/router/fetch.ts'
import { attachOutcome, outcomeOf } from '../../../src/router/outcome.ts'
import { pool } from '../../../src/router/pool/pool.ts'
import { router } from '../../../src/router/routing/router.ts'
import { chaosProvider, virtualClock, type ChaosOptions } from '../../../src/testing/index.ts'

const START = Date.parse('2026-11-21T18:00:00Z')
const key = 'ann-has-a-long-key'

function provider(name: string, clock = virtualClock(START), options: ChaosOptions = {}) {
  const upstream = chaosProvider({ clock, reply: { text: `I am ${name}.` }, ...options })
  return {
    made: endpoint({ name, protocol: 'openai', baseUrl: `https://${name}.example`, fetch: upstream, clock }),
    requests: upstream.requests,
  }
}

function open(own: Partial<Tenant> = {}, more: Partial<TenantsOptions> & { fetch?: Fetch; provider?: ChaosOptions } = {}) {
  const clock = virtualClock(START)
  const { made, requests } = provider('a', clock, more.provider)
  const { fetch = made, provider: _provider, ...options } = more
  const app = withTenants(fetch, { keys: [{ name: 'ann', key, ...own }], clock, ...options })
  return { app, clock, requests }
}

const PATHS = { claude: '/v1/messages', openai: '/v1/chat/completions', gemini: '/v1beta/models/m:generateContent' }

const bodyOf = (protocol: keyof typeof PATHS, more: object) =>
  protocol === 'gemini'
    ? { contents: [{ role: 'user', parts: [{ text: 'hi' }] }], ...more }
    : { model: 'm', max_tokens: 9, messages: [{ role: 'user', content: 'hi' }], ...more }

interface About {
  protocol?: keyof typeof PATHS
  path?: string
  headers?: Record<string, string>
  signal?: AbortSignal
}

function requestFor(
  more: object = {},
  { protocol = 'claude', path = PATHS[protocol], headers = { 'x-api-key': key }, signal }: About = {},
) {
  const init = { method: 'POST', body: JSON.stringify(bodyOf(protocol, more)), headers }
  return new Request(`http://localhost${path}`, { ...init, ...(signal && { signal }) })
}

async function ask(app: Fetch, ...about: Parameters<typeof requestFor>) {
  const response = await app(requestFor(...about))
  return { status: response.status, text: await response.text(), headers: response.headers, outcome: outcomeOf(response) }
}

describe('who asks', () => {
  it('is told by the key, which goes no further', async () => {
    const seen: Request[] = []
    const fetch: Fetch = async (input) => (seen.push(input as Request), Response.json({ ok: true }))
    const { app } = open({ group: 'team' }, { fetch, groups: { team: {} } })
    expect((await ask(app)).status).toBe(200)
    expect([tenantOf(seen[0]!), groupOf(seen[0]!), seen[0]!.headers.get('x-api-key')]).toEqual(['ann', 'team', null])
    expect(JSON.stringify([seen[0]!.url, ...seen[0]!.headers])).not.toContain(key)
  })

  it.each([
    ['no key', {}, 401, 'asks for a key'],
    ['a wrong key', { authorization: 'Bearer sk-something-else-entirely' }, 401, 'not one of'],
    [
      'a wrong key of Claude Code',
      { 'x-api-key': 'sk-something-else', 'user-agent': 'claude-cli/2.1.329 (external, cli)' },
      400,
      'ANTHROPIC_AUTH_TOKEN',
    ],
  ])('is refused with %s', async (_, headers, status, words) => {
    const { app, requests } = open()
    const refused = await ask(app, {}, { headers })
    expect([refused.status, refused.text.includes(words), requests.length]).toEqual([status, true, 0])
    expect(JSON.parse(refused.text)).toMatchObject({ type: 'error' })
  })

  it('may have been told by a layer above, and then has to be known here', async () => {
    const { app } = open({ models: ['m'] })
    const send = (tenant: string) => {
      const request = requestFor({}, { headers: {} })
      setTenant(request, tenant)
      return app(request)
    }
    expect([(await send('ann')).status, (await send('bob')).status]).toEqual([200, 403])
  })

  it('has keys that end at their moment, made by generateKey', async () => {
    const made = generateKey()
    const { app, clock } = open({ key: made.hash, expires: START + 1000 })
    const headers = { authorization: `Bearer ${made.key}` }
    expect((await ask(app, {}, { headers })).status).toBe(200)
    await clock.advance(1000)
    const { status, text } = await ask(app, {}, { headers })
    expect([status, text.includes('expired on 2026-11-21T18:00:01Z')]).toEqual([403, true])
  })

  it('needs a group that there is', () => expect(() => open({ group: 'x' }, { groups: { y: {} } })).toThrow(/"x".*There are: y/))
})

describe('what may be used', () => {
  it.each([
    [['m'], 200],
    [['*'], 200],
    [['M*'], 200],
    [['!x*'], 200],
    [['x*'], 403],
    [['*', '!m'], 403],
    [['!m'], 403],
    [[], 403],
  ])('with models %j the model m is answered by %i', async (models, status) => {
    const { app, requests } = open({ models })
    const refused = await ask(app)
    expect(refused.status).toBe(status)
    expect(requests).toHaveLength(status === 200 ? 1 : 0)
    if (status === 403) expect(JSON.parse(refused.text)).toMatchObject({ error: { type: 'permission_error' } })
  })

  it('holds for the key and for its group', async () => {
    const groups = { team: { models: ['m', 'n'] } }
    const { app } = open({ models: ['m', 'o'], group: 'team' }, { groups })
    const status = async (model: string) => (await ask(app, { model })).status
    expect([await status('m'), await status('n'), await status('o')]).toEqual([200, 403, 403])
    expect((await ask(app, { model: 'o' })).text).toContain('group team')
  })

  it.each([
    ['fallbacks', { fallbacks: [{ model: 'dear' }] }],
    ['fallbacks by name', { fallbacks: ['dear'] }],
    ['fallbacks of a model', { fallbacks: [{ m: ['dear'] }] }],
    ['fallbacks of a model, without a list', { fallbacks: { m: 'dear' } }],
    ['models', { models: ['m', 'dear'] }],
    ['the model of a tool', { tools: [{ type: 'advisor_20260301', name: 'advisor', model: 'dear' }] }],
  ])('no other model is reached by %s of the request', async (_, more) => {
    const { app, requests } = open({ models: ['m'] })
    expect((await ask(app, more)).status).toBe(403)
    expect(requests).toHaveLength(0)
    expect((await ask(open({ models: ['m', 'dear'] }).app, more)).status).toBe(200)
  })

  it.each([
    '{"model":"m","model":"dear","messages":[]}',
    '{"model":"dear","messages":[],"model":"m"}',
    '{"model":"m","Model":"dear","messages":[]}',
    '{"model":"m","mod\\u0065l":"dear","messages":[]}',
    `{"model":"m","MODEL"${' '.repeat(500)}:"dear","messages":[]}`,
    '{"model":"m","fallback\u017F":["dear"],"messages":[]}',
    '{"model":"m","fallbacks":["dear"],"fallbacks":[],"messages":[]}',
    '{"messages":[]}',
  ])('no model is reached by a body that can be read in two ways: %s', async (body) => {
    const send = (own: Partial<Tenant>) => {
      const { app, requests } = open(own)
      return { requests, answer: app(new Request('http://localhost/v1/messages', { method: 'POST', body, headers: { 'x-api-key': key } })) }
    }
    const { requests, answer } = send({ models: ['m'] })
    expect([[400, 403].includes((await answer).status), requests.length]).toEqual([true, 0])
  })

  it('the same words may stand elsewhere in it', async () => {
    const { app } = open({ models: ['m'] })
    const tools = [{ name: 't', input_schema: { type: 'object', properties: { model: { type: 'string' }, Model: { type: 'string' } } } }]
    const content = 'say {"model": 1, "model": 2} \\" "Model": "'
    expect((await ask(app, { tools, messages: [{ role: 'user', content }] })).status).toBe(200)
  })

  it('no model is reached by an alias, a route, a fallback, or a name with its endpoint', async () => {
    const [a, b] = [provider('a'), provider('b')]
    const fetch = router({
      endpoints: { a: a.made, b: b.made },
      default: { to: 'a', model: 'cheap', fallbacks: [{ to: 'b', model: 'dear' }] },
      models: { nice: { to: 'b', model: 'dear' } },
      aliases: { lovely: 'nice' },
    })
    const { app } = open({ models: ['cheap', 'nice', 'lovely'] }, { fetch })
    const status = async (model: string) => (await ask(app, { model })).status
    expect([await status('nice'), await status('lovely'), await status('b/dear'), await status('@b/dear'), await status('b,dear')]).toEqual(
      [403, 403, 403, 403, 403],
    )
    expect([await status('cheap'), await status('@a/cheap'), await status('a,cheap(high)')]).toEqual([200, 200, 200])
    expect(b.requests).toHaveLength(0)
  })

  it('a pool passes over members that may not be used, also when one fails', async () => {
    const clock = virtualClock(START)
    const [a, b, c] = [
      provider('a', clock),
      provider('b', clock, { faults: ['server-error', 'server-error', 'server-error'] }),
      provider('c', clock),
    ]
    const fetch = pool([b.made, a.made, c.made], { clock, affinity: false })
    expect((await ask(open({ endpoints: ['b', 'c'] }, { fetch }).app)).text).toContain('I am c.')
    expect(a.requests).toHaveLength(0)
    expect((await ask(open({ endpoints: ['x'] }, { fetch }).app)).status).toBe(403)
  })

  it('routes may be held back, the client’s own choice among them', async () => {
    const [a, b] = [provider('a'), provider('b')]
    const fetch = router({ endpoints: { a: a.made, b: b.made }, default: 'a' })
    const closed = open({ routes: ['!header *', '!model *', '!query *'] }, { fetch }).app
    const choices: About[] = [{ headers: { 'x-api-key': key, 'x-endpoint-name': 'b' } }, { path: '/v1/messages?ep=b' }]
    for (const choice of choices) expect((await ask(closed, {}, choice)).status).toBe(403)
    for (const model of ['@b/m', 'b,m', 'b/m']) expect((await ask(closed, { model })).status).toBe(403)
    expect((await ask(closed)).status).toBe(200)
    const { app } = open({ routes: ['default'] }, { fetch })
    expect((await ask(app)).status).toBe(200)
    expect((await ask(app, {}, { headers: { 'x-api-key': key, 'x-ccn-endpoint': 'b' } })).status).toBe(403)
    expect((await ask(app, { model: '@b/m' })).status).toBe(403)
  })

  it('of a fetch of somebody else’s is known by its name "app", and by the model that is asked for', async () => {
    const fetch: Fetch = async () => Response.json({ ok: true })
    const status = async (own: Partial<Tenant>, more: object = {}) => (await ask(open(own, { fetch }).app, more)).status
    expect([await status({ models: ['m'] }), await status({ models: ['n'] }), await status({ endpoints: ['a*'] })]).toEqual([200, 403, 200])
    expect([await status({ endpoints: ['b'] }), await status({ models: ['m'] }, { model: 'evil/m' })]).toEqual([403, 403])
    expect(await status({ models: ['m'] }, { model: undefined })).toBe(403)
  })

  it('is read without losing time on patterns that others choose', async () => {
    const { app } = open({ models: [`${'*a'.repeat(40)}b`] })
    const from = performance.now()
    expect((await ask(app, { model: 'a'.repeat(50_000) })).status).toBe(403)
    expect(performance.now() - from).toBeLessThan(1000)
  })
})

describe('lists of models', () => {
  const list: Fetch = async (input) =>
    (input as Request).url.includes('v1beta')
      ? Response.json({ models: [{ name: 'models/m' }, { name: 'models/n' }] })
      : Response.json({ object: 'list', data: [{ id: 'm' }, { id: 'n' }] })
  const get = async (app: Fetch, path: string) => {
    const response = await app(new Request(`http://localhost${path}`, { headers: { 'x-api-key': key } }))
    return [response.status, await response.json()]
  }
  test('have what may be used alone', async () => {
    const { app } = open({ models: ['n*'] }, { fetch: list })
    expect(await get(app, '/v1/models')).toEqual([200, { object: 'list', data: [{ id: 'n' }] }])
    expect(await get(app, '/v1beta/models')).toEqual([200, { models: [{ name: 'models/n' }] }])
    expect((await get(app, '/v1/models/m'))[0]).toBe(404)
    expect((await get(app, '/v1/models/n'))[0]).toBe(200)
    expect(await get(open({}, { fetch: list }).app, '/v1/models')).toEqual([200, { object: 'list', data: [{ id: 'm' }, { id: 'n' }] }])
  })
})

const limited = { requestsPerMinute: 50, streams: 5 }

describe('how much may be used', () => {
  it('is so many requests in any minute', async () => {
    const { app, clock } = open({ requestsPerMinute: 3 })
    const statuses = async (count: number) => {
      const all: number[] = []
      for (let i = 0; i < count; i++) all.push((await ask(app)).status)
      return all
    }
    expect(await statuses(1)).toEqual([200])
    await clock.advance(59_000)
    expect(await statuses(3)).toEqual([200, 200, 429])
    await clock.advance(1_000)
    expect(await statuses(2)).toEqual([200, 429])
    await clock.advance(58_999)
    expect(await statuses(1)).toEqual([429])
    await clock.advance(1)
    expect(await statuses(3)).toEqual([200, 200, 429])
  })

  it('is never more, however many ask at once, of the key and of its group', async () => {
    const clock = virtualClock(START)
    const { made } = provider('a', clock)
    let [now, most, sum] = [0, 0, 0]
    const fetch: Fetch = async (input, init) => {
      sum++
      most = Math.max(most, ++now)
      const response = await made(input, init)
      void outcomeOf(response)!.ended.then(() => now--)
      return response
    }
    const groups = { team: { requestsPerMinute: 20 } }
    const keys = [
      { name: 'ann', key, ...limited },
      { name: 'bob', key: `${key}-of-bob`, group: 'team', streams: 200 },
    ]
    const app = withTenants(fetch, { keys, groups, clock })
    const all = async (own: string, count: number) =>
      Promise.all(Array.from({ length: count }, async () => (await ask(app, { stream: true }, { headers: { 'x-api-key': own } })).status))
    for (let round = 0; round < 40; round++) expect(new Set(await all(key, 20))).not.toContain(500)
    expect([most <= 5, sum]).toEqual([true, 50])
    ;[most, sum] = [0, 0]
    const statuses = await all(keys[1]!.key, 200)
    expect([sum, statuses.filter((status) => status === 200).length]).toEqual([20, 20])
  })

  it('is streams at a time, given back when an answer ends, fails, is given up or never comes', async () => {
    const clock = virtualClock(START)
    const stalls = chaosProvider({ clock, reply: { text: 'long answer' }, faults: [{ type: 'stall' }] })
    const made = endpoint({ name: 'a', protocol: 'openai', baseUrl: 'https://a.example', fetch: stalls, clock })
    const faults: Fetch[] = [
      made,
      async () => {
        throw new Error('broken')
      },
    ]
    let next = 0
    const app = withTenants((input, init) => faults[Math.min(next++, 1)]!(input, init), { keys: [{ name: 'ann', key, streams: 1 }], clock })
    const stop = new AbortController()
    const first = await app(requestFor({ stream: true }, { signal: stop.signal }))
    const reader = first.body!.getReader()
    await reader.read()
    expect((await ask(app)).status).toBe(429)
    next = 1
    await clock.advance(300_000)
    // Its lease was renewed all the while.
    expect((await ask(app)).status).toBe(429)
    await reader.cancel()
    await clock.advance(0)
    next = 1
    expect((await ask(app)).status).toBe(502)
    expect((await ask(app)).status).toBe(502)
    expect(clock.waiting).toBe(0)
  })

  it('is free again when the process that held it has died', async () => {
    const clock = virtualClock(START)
    const store = memoryBudgets({ clock })
    const never: Fetch = () => new Promise(() => {})
    // Its timers have stopped, as a dead process's have.
    const dead = { now: clock.now, after: () => () => {} }
    const keys = [{ name: 'ann', key, streams: 1 }]
    void withTenants(never, { keys, store, clock: dead })(requestFor())
    await clock.advance(10)
    const app = withTenants(provider('a', clock).made, { keys, store, clock })
    expect((await ask(app)).status).toBe(429)
    await clock.advance(61_000)
    expect((await ask(app)).status).toBe(200)
  })

  it('is tokens in a minute, by what was really used', async () => {
    const usage = { input: 400, output: 100 }
    const { app, clock } = open({ tokensPerMinute: 1100 }, { provider: { reply: { text: 'hi', usage } } })
    const first = await ask(app)
    expect(first.status).toBe(200)
    expect(Number(first.headers.get('anthropic-ratelimit-tokens-remaining'))).toBeGreaterThan(1000)
    expect(Number((await ask(app)).headers.get('anthropic-ratelimit-tokens-remaining'))).toBeLessThan(600)
    expect((await ask(app)).status).toBe(200)
    expect((await ask(app)).status).toBe(429)
    await clock.advance(60_000)
    expect((await ask(app)).status).toBe(200)
  })

  it('gives tokens back that were not used', async () => {
    const { app } = open({ tokensPerMinute: 1500 }, { provider: { reply: { text: 'hi', usage: { input: 5, output: 1 } } } })
    for (let i = 0; i < 20; i++) expect((await ask(app, { max_tokens: 5000 })).status).toBe(200)
    const failing = open({ tokensPerMinute: 1500 }, { provider: { faults: Array.from({ length: 5 }, () => 'bad-request' as const) } })
    for (let i = 0; i < 5; i++) expect((await ask(failing.app, { max_tokens: 5000 })).status).toBe(400)
  })

  it.each(['-1e9', '-1e999', '0'])('gives no tokens back to who asks for %s of them', async (bound) => {
    const { app } = open({ tokensPerMinute: 1500 })
    const body = `{"model":"m","max_tokens":${bound},"messages":[{"role":"user","content":"hi"}]}`
    const answer = await app(new Request(`http://localhost${PATHS.openai}`, { method: 'POST', body, headers: { 'x-api-key': key } }))
    expect(answer.status).toBe(200)
    expect(Number(answer.headers.get('x-ratelimit-remaining-tokens'))).toBeLessThan(600)
  })

  it('is not touched by counts of tokens, nor by what is refused', async () => {
    const { app } = open({ requestsPerMinute: 1, models: ['m'] })
    for (let i = 0; i < 5; i++) expect((await ask(app, {}, { path: '/v1/messages/count_tokens' })).status).toBe(200)
    for (let i = 0; i < 5; i++) expect((await ask(app, { model: 'x' })).status).toBe(403)
    expect([(await ask(app)).status, (await ask(app)).status]).toEqual([200, 429])
  })

  it('is not guessed where the store fails: nothing is asked', async () => {
    const errors: unknown[] = []
    const broken = { ...memoryBudgets(), reserve: () => Promise.reject(new Error('disk full')) }
    const { app, requests } = open(limited, { store: broken, onError: (error) => errors.push(error) })
    const { status, text } = await ask(app)
    expect([status, text.includes('cannot be read'), requests.length, errors.length]).toEqual([529, true, 0, 1])
  })
})

describe('Claude Code', () => {
  const headers = { 'x-api-key': key, 'user-agent': 'claude-cli/2.1.329 (external, cli)' }
  // It says "Please run /login" to whatever is a 401 or a 403.
  test.each<[string, Partial<Tenant>, number, string | null]>([
    ['a model', { models: ['x'] }, 400, null],
    ['an endpoint', { endpoints: ['x'] }, 400, null],
    ['a key that is switched off', { disabled: true }, 400, null],
    ['a key that expired', { expires: START }, 400, null],
    ['a limit', { requestsPerMinute: 1 }, 429, '59'],
  ])('is refused %s with words that it shows', async (_, own, status, wait) => {
    const { app } = open(own)
    if (status === 429) await ask(app, {}, { headers })
    const refused = await ask(app, {}, { headers })
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([status, wait])
    expect(refused.text).toContain('cc-route: ')
  })

  test('is told of what begins anew later with a 429 that it does not try again', async () => {
    const budget: Failure = {
      kind: 'permission',
      status: 403,
      message: 'used up',
      code: 'budget_exceeded',
      retryAfter: 7200,
      retryable: false,
    }
    const response = attachOutcome(Response.json({}, { status: 403, headers: { 'x-cc-route-budget': 'left=0' } }), {
      endpoint: '',
      notices: [],
      attempts: [],
      failure: budget,
      ended: Promise.resolve({ how: 'error', failure: budget }),
    })
    const shown = refusalShownTo(requestFor({}, { headers }), response)
    const told = ['retry-after', 'x-should-retry', 'x-cc-route-budget'].map((name) => shown.headers.get(name))
    expect([shown.status, ...told, await shown.text()]).toEqual([429, '7200', 'false', 'left=0', expect.stringContaining('used up')])
    expect(outcomeOf(shown)!.failure).toBe(budget)
    expect(refusalShownTo(requestFor(), response)).toBe(response)
  })
})

describe('what a client is told', () => {
  const tell = async (protocol: keyof typeof PATHS) => {
    const { app } = open({ requestsPerMinute: 2, tokensPerMinute: 100_000 })
    const about = { protocol }
    const first = await ask(app, {}, about)
    await ask(app, {}, about)
    return { first: first.headers, ...(await ask(app, {}, about)) }
  }

  test('of Claude', async () => {
    const { first, headers, status, text } = await tell('claude')
    expect(
      Object.fromEntries(['limit', 'remaining', 'reset'].map((name) => [name, first.get(`anthropic-ratelimit-requests-${name}`)])),
    ).toEqual({
      limit: '2',
      remaining: '1',
      reset: '2026-11-21T18:01:00Z',
    })
    expect(first.get('anthropic-ratelimit-tokens-limit')).toBe('100000')
    expect([status, headers.get('retry-after'), headers.get('anthropic-ratelimit-requests-remaining')]).toEqual([429, '59', '0'])
    expect(JSON.parse(text)).toMatchObject({
      type: 'error',
      error: { type: 'rate_limit_error', message: expect.stringContaining('key ann may make 2 requests in a minute') as string },
    })
    expect(text).toContain('2026-11-21T18:01:00')
  })

  test('of OpenAI', async () => {
    const { first, headers, status, text } = await tell('openai')
    expect(['limit', 'remaining', 'reset'].map((name) => first.get(`x-ratelimit-${name}-requests`))).toEqual(['2', '1', '1m0s'])
    expect([status, headers.get('retry-after'), headers.get('x-ratelimit-remaining-requests')]).toEqual([429, '59', '0'])
    expect(JSON.parse(text)).toMatchObject({ error: { code: 'rate_limit_exceeded' } })
  })

  test('of Gemini', async () => {
    const { first, headers, status, text } = await tell('gemini')
    expect(['limit', 'remaining', 'reset'].map((name) => first.get(`x-ratelimit-${name}-requests`))).toEqual(['2', '1', '1m0s'])
    expect([status, headers.get('x-ratelimit-remaining-requests')]).toEqual([429, '0'])
    expect(JSON.parse(text)).toMatchObject({ error: { code: 429, status: 'RESOURCE_EXHAUSTED' } })
  })
})
