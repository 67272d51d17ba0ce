import { describe, expect, test } from 'vitest'
import { createPrices, memoryBudgets, parseMoney, withBudget, type Budget, type BudgetOptions } from '../../../src/accounts/index.ts'
import { DEFAULT_TIMEOUTS } from '../../../src/router/endpoint/timeouts.ts'
import { endpoint, outcomeOf, pool, router, type EndpointOptions, type Fetch } from '../../../src/router/index.ts'
import { openSqliteBudgets } from '../../../src/server/budgets/sqlite-store.ts'
import { chaosProvider, virtualClock, type ChaosOptions, type Fault } from '../../../src/testing/index.ts'

const START = Date.UTC(2026, 10, 18, 22) // a Wednesday
const HOUR = 3_600_000

/** Ten dollars for a million tokens in, a hundred for a million out: a reply of these counts costs two cents and a bit. */
const prices = createPrices({ models: { '*': { input: 10, output: 100 } }, data: false })
const USAGE = { input: 1000, output: 100 }

const asking = (body: Record<string, unknown> = {}, headers: Record<string, string> = {}, signal?: AbortSignal) =>
  new Request('http://localhost/v1/messages', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ model: 'm', max_tokens: 100, messages: [{ role: 'user', content: 'x'.repeat(3000) }], ...body }),
    ...(signal && { signal }),
  })

function setUp(
  budgets: readonly Budget[],
  { chaos = {}, options = {}, more = {} }: { chaos?: ChaosOptions; options?: Partial<EndpointOptions>; more?: Partial<BudgetOptions> } = {},
) {
  const clock = virtualClock(START)
  const store = memoryBudgets({ clock })
  const provider = chaosProvider({ clock, reply: { usage: USAGE }, ...chaos })
  const one = endpoint({ name: 'one', protocol: 'claude', baseUrl: 'https://one.example', apiKey: 'k', fetch: provider, clock, ...options })
  const app = withBudget(one, { budgets, store, prices, clock, ...more })
  const spent = async (name: string, from = 0) => (await store.tallies([{ name, from, until: 0 }]))[0]!
  return { clock, store, provider, app, one, spent }
}

const cents = (text: string) => parseMoney(text)

describe('withBudget', () => {
  test('charges what an answer cost, and tells what is left', async () => {
    const { app, spent } = setUp([{ usd: 1, per: 'total' }])
    const response = await app(asking())
    expect(response.status).toBe(200)
    expect(response.headers.get('x-cc-route-budget')).toBe('left=1; limit=1; unit=usd; per=total; of=everybody')
    await response.text()
    expect(await spent('everybody usd/total')).toEqual({ spent: cents('0.02'), held: 0n })
    expect((await app(asking())).headers.get('x-cc-route-budget')).toBe('left=0.98; limit=1; unit=usd; per=total; of=everybody')
  })

  test('refuses with a 403 that tells until when, where it begins anew only tomorrow', async () => {
    const { app, provider } = setUp([{ requests: 1, per: 'day' }])
    await app(asking())
    const refused = await app(asking())
    expect(refused.status).toBe(403)
    expect(refused.headers.get('retry-after')).toBe('7200')
    expect(refused.headers.get('x-should-retry')).toBe('false')
    expect(refused.headers.get('x-cc-route-budget')).toBe(
      'left=0; limit=1; unit=requests; per=day; reset=2026-11-19T00:00:00.000Z; of=everybody',
    )
    expect(await refused.json()).toMatchObject({
      type: 'error',
      error: {
        type: 'permission_error',
        message:
          'cc-route: the budget of 1 requests per day of everybody is used up (it begins anew at 2026-11-19 00:00 UTC). Whoever runs this gateway can raise it.',
      },
    })
    expect(provider.requests).toHaveLength(1)
    expect(outcomeOf(refused)).toMatchObject({ failure: { code: 'budget_exceeded' }, attempts: [] })
  })

  test('refuses Claude Code with what it neither takes for a login nor tries again', async () => {
    const { app } = setUp([
      { requests: 0, per: 'day', models: ['m'] },
      { requests: 0, per: 'total', models: ['x'] },
    ])
    const program = { 'user-agent': 'claude-cli/2.1.0 (external, cli)' }
    const refused = await app(asking({}, program))
    expect([refused.status, refused.headers.get('retry-after'), refused.headers.get('x-should-retry')]).toEqual([429, '7200', 'false'])
    expect(refused.headers.get('x-cc-route-budget')).toContain('left=0; limit=0; unit=requests; per=day')
    expect(((await refused.json()) as { error: { message: string } }).error.message).toContain('begins anew at 2026-11-19 00:00 UTC')
    expect((await app(asking({ model: 'x' }, program))).status).toBe(400)
  })

  test('refuses with a 429 where it begins anew within a minute, and then lets in', async () => {
    const { app, clock } = setUp([{ requests: 1, per: 'day' }])
    await app(asking())
    await clock.advance(2 * HOUR - 30_000)
    const refused = await app(asking())
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '30'])
    await clock.advance(30_000)
    expect((await app(asking())).status).toBe(200)
  })

  test('refuses with a short 429 where what is under way holds the rest', async () => {
    const { app, clock, spent } = setUp([{ usd: '0.03', per: 'total' }], { chaos: { latencyMs: 1000 } })
    // At 750 tokens and a quarter, 100 out: more than 2 cents each.
    const under = [app(asking()), app(asking())]
    await clock.advance(0)
    const refused = await app(asking())
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '5'])
    expect(((await refused.json()) as { error: { message: string } }).error.message).toMatch(
      /requests under way hold all that is left of the budget of \$0.03 in total of everybody: \$0.03\./,
    )
    await clock.advance(1000)
    for (const response of await Promise.all(under)) await response.text()
    expect(await spent('everybody usd/total')).toEqual({ spent: cents('0.04'), held: 0n })
    expect((await app(asking())).status).toBe(403)
  })

  test.each([
    ['less than nothing', '"max_tokens":-1e9'],
    ['less than nothing, without end', '"max_tokens":-1e999'],
    ['nothing', '"max_tokens":0'],
    ['the smaller of two', '"max_completion_tokens":1,"max_tokens":10000'],
    ['the smaller of two, the other way round', '"max_tokens":1,"max_completion_tokens":10000'],
    ['answers of less than nothing', '"max_tokens":10000,"n":-3'],
  ])('takes no request for cheaper that bounds its answer by %s', async (_, bound) => {
    const { app, clock, spent } = setUp([{ tokens: 1_000_000, per: 'total' }], { chaos: { latencyMs: 1000 } })
    const body = `{"model":"m","messages":[{"role":"user","content":"hi"}],${bound}}`
    const under = app(new Request('http://localhost/v1/chat/completions', { method: 'POST', body }))
    await clock.advance(0)
    expect((await spent('everybody tokens/total')).held).toBeGreaterThan(8000n)
    await clock.advance(1000)
    await (await under).text()
    const tally = await spent('everybody tokens/total')
    expect([tally.held, tally.spent >= 0n]).toEqual([0n, true])
  })

  describe('of a provider that answers with another model', () => {
    const dear = createPrices({ models: { m: { input: 10, output: 100 }, dear: { input: 1000, output: 1000 } }, data: false })
    const answer = (model: string, stream: boolean) => {
      const usage = { prompt_tokens: 1000, completion_tokens: 100 }
      const base = { id: 'c', created: 1, model, usage }
      if (!stream) {
        const choices = [{ index: 0, message: { role: 'assistant', content: 'hi' }, finish_reason: 'stop' }]
        return Response.json({ ...base, object: 'chat.completion', choices })
      }
      const choices = [{ index: 0, delta: { content: 'hi' }, finish_reason: 'stop' }]
      const event = JSON.stringify({ ...base, object: 'chat.completion.chunk', choices })
      return new Response(`data: ${event}\n\ndata: [DONE]\n\n`, { headers: { 'content-type': 'text/event-stream' } })
    }
    const post = (app: Fetch, path: string, body: string) => app(new Request(`http://localhost${path}`, { method: 'POST', body }))
    const answered = (model: string) => {
      const fetch: Fetch = async (_, init) => answer(model, (await new Response(init!.body).text()).includes('"stream":true'))
      return setUp([{ usd: 100, per: 'total' }], { options: { protocol: 'openai', fetch }, more: { prices: dear } })
    }
    const question = '"max_tokens":100,"messages":[{"role":"user","content":"hi"}]'

    test.each([
      ['/v1/chat/completions', false],
      ['/v1/chat/completions', true],
      ['/v1/messages', false],
      ['/v1/messages', true],
    ])('charges the dearer of both: %s, streamed: %s', async (path, stream) => {
      const { app, spent } = answered('dear')
      await (await post(app, path, `{"model":"m","stream":${stream},${question}}`)).text()
      expect((await spent('everybody usd/total')).spent).toBe(cents('1.1'))
      const cheaper = answered('m')
      await (await post(cheaper.app, path, `{"model":"dear","stream":${stream},${question}}`)).text()
      expect((await cheaper.spent('everybody usd/total')).spent).toBe(cents('1.1'))
    })

    test('takes as much as the dearest model that it may turn to', async () => {
      const { app, clock, spent } = setUp([{ usd: 100, per: 'total' }], { chaos: { latencyMs: 1000 }, more: { prices: dear } })
      const under = post(app, '/v1/chat/completions', `{"model":"m","models":["dear"],${question}}`)
      await clock.advance(0)
      expect((await spent('everybody usd/total')).held).toBeGreaterThan(cents('0.1'))
      await clock.advance(1000)
      await under
    })

    test('asks for nothing that names its model twice', async () => {
      const { app, provider } = setUp([{ usd: 100, per: 'total' }])
      for (const names of ['"model":"dear","model":"m"', '"model":"m","Model":"dear"']) {
        const refused = await post(app, '/v1/chat/completions', `{${names},${question}}`)
        expect([refused.status, await refused.text()]).toEqual([400, expect.stringContaining('say \\"model\\" once')])
      }
      expect(provider.requests).toHaveLength(0)
    })
  })

  test('takes no more than what fills a budget, however long an answer may be', async () => {
    const clock = virtualClock(START)
    const store = await openSqliteBudgets(':memory:', { clock })
    const budgets: Budget[] = [
      { usd: 1, per: 'total' },
      { tokens: 1e6, per: 'day', soft: true },
    ]
    const { app } = setUp(budgets, { chaos: { clock, latencyMs: 1000 }, options: { clock }, more: { store, clock } })
    const under = app(asking({ max_tokens: 1e18 }))
    await clock.advance(0)
    const held = async (name: string, from = 0) => (await store.tallies([{ name, from, until: 0 }]))[0]!.held
    expect(await held('everybody usd/total')).toBe(cents('1'))
    expect(await held('everybody tokens/day', Date.UTC(2026, 10, 18))).toBeLessThan(11_000_000n)
    await clock.advance(1000)
    await (await under).text()
    expect((await store.tallies([{ name: 'everybody usd/total', from: 0, until: 0 }]))[0]).toEqual({ spent: cents('0.02'), held: 0n })
  })

  test('warns of soft budgets and refuses nothing', async () => {
    const warnings: string[] = []
    const { app } = setUp(
      [
        { tokens: 1500, per: 'week', soft: true },
        { tokens: 1e6, per: 'week' },
      ],
      { more: { onWarning: (words) => void warnings.push(words) } },
    )
    const answers = []
    for (let i = 0; i < 3; i++) {
      const response = await app(asking())
      await response.text()
      answers.push([response.status, response.headers.get('x-cc-route-budget-warning') !== null])
    }
    expect(answers).toEqual([
      [200, false],
      [200, true],
      [200, true],
    ])
    expect(warnings).toEqual([
      'the soft budget of 1500 tokens per week of everybody is used up: 1100 tokens (it begins anew at 2026-11-23 00:00 UTC)',
    ])
  })

  test('holds the budgets of each scope, and of some models, endpoints or routes alone', async () => {
    const clock = virtualClock(START)
    const provider = chaosProvider({ clock, reply: { usage: USAGE } })
    const made = (name: string, model?: string) =>
      endpoint({ name, protocol: 'claude', baseUrl: `https://${name}.example`, fetch: provider, clock, ...(model && { model }) })
    const store = memoryBudgets({ clock })
    const budgets = { alice: [{ requests: 3, per: 'day' }], bob: [{ requests: 9, per: 'day' }] } as const
    const app = withBudget(router({ default: made('one'), models: { 'opus*': made('two', 'claude-opus-5') }, clock }), {
      budgets: [
        { requests: 2, per: 'day', models: ['claude-opus-*'] },
        { requests: 100, per: 'day', endpoints: ['one'] },
        { requests: 4, per: 'day', routes: ['models *'] },
      ],
      scopesOf: ({ headers }) => {
        const who = headers.get('x-who') as keyof typeof budgets
        return [{ name: `key ${who}`, budgets: budgets[who] }]
      },
      prices,
      store,
      clock,
    })
    const status = async (who: string, model: string) => (await app(asking({ model }, { 'x-who': who }))).status
    expect([await status('alice', 'opus'), await status('alice', 'opus'), await status('alice', 'opus')]).toEqual([200, 200, 403])
    expect([await status('alice', 'm'), await status('alice', 'm'), await status('bob', 'm')]).toEqual([200, 403, 200])
    const [one] = await store.tallies([{ name: 'everybody requests/day endpoints=one', from: START - 22 * HOUR, until: 0 }])
    expect(one).toEqual({ spent: 2n, held: 0n })
  })

  test('goes on to another member where the budget of one model alone is used up', async () => {
    const clock = virtualClock(START)
    const provider = chaosProvider({ clock, reply: { usage: USAGE } })
    const made = (name: string) =>
      endpoint({ name, protocol: 'claude', baseUrl: `https://${name}.example`, model: name, fetch: provider, clock })
    const app = withBudget(pool([made('opus'), made('sonnet')], { clock, affinity: false }), {
      budgets: [{ requests: 1, per: 'day', models: ['opus'] }],
      prices,
      clock,
    })
    const models = []
    for (let i = 0; i < 3; i++) models.push(outcomeOf(await app(asking()))?.model)
    expect(models).toEqual(['opus', 'sonnet', 'sonnet'])
  })

  test.each<[Fault, string, string]>([
    ['reset', '0.0128', 'the question, by estimate with a quarter more, as if it was written to a cache'],
    [{ type: 'cut', at: 'headers' }, '0.0228', 'the question and all of the answer, which was there when it was sent'],
  ])('counts a request once, and charges each attempt with what its provider may bill: after %j', async (fault, about) => {
    const clock = virtualClock(START)
    const store = memoryBudgets({ clock })
    const made = (name: string, faults: ChaosOptions['faults']) => {
      const provider = chaosProvider({ clock, reply: { usage: USAGE }, faults })
      return endpoint({ name, protocol: 'claude', baseUrl: `https://${name}.example`, fetch: provider, clock })
    }
    const members = [made('refuses', 'overloaded'), made('breaks', fault), made('answers', undefined)]
    const budgets: Budget[] = [
      { requests: 5, per: 'total' },
      { usd: 1, per: 'total' },
    ]
    const app = withBudget(pool(members, { clock }), { budgets, store, prices, clock })
    const response = await app(asking())
    await response.text()
    expect(outcomeOf(response)!.attempts.map(({ endpoint: name }) => name)).toEqual(['refuses', 'breaks', 'answers'])
    const names = ['everybody requests/total', 'everybody usd/total']
    const [requests, usd] = await store.tallies(names.map((name) => ({ name, from: 0, until: 0 })))
    expect(requests).toEqual({ spent: 1n, held: 0n })
    expect(Number(usd!.spent - cents('0.02')) / 1e12).toBeCloseTo(Number(about), 4)
  })

  test('ends all tries with the words of the budget where nothing is left for another one', async () => {
    const clock = virtualClock(START)
    const broken = chaosProvider({ clock, reply: { usage: USAGE }, faults: 'reset' })
    const made = (name: string) => endpoint({ name, protocol: 'claude', baseUrl: `https://${name}.example`, fetch: broken, clock })
    const app = withBudget(pool([made('a'), made('b'), made('c')], { clock }), { budgets: [{ usd: '0.02', per: 'total' }], prices, clock })
    const refused = await app(asking())
    expect([refused.status, outcomeOf(refused)!.failure!.code]).toEqual([403, 'budget_exceeded'])
    expect(broken.requests).toHaveLength(2)
  })

  test('charges a client that leaves with the question, and with what has come of the answer', async () => {
    const text = 'word '.repeat(400)
    const usage = { input: 1000, output: 540 }
    const { app, clock, spent } = setUp([{ usd: 1, per: 'total' }], { chaos: { reply: { text, usage }, latencyMs: 1000, eventMs: 1000 } })
    const early = new AbortController()
    const left = app(asking({}, {}, early.signal)).catch((error: unknown) => error)
    await clock.advance(500)
    early.abort()
    await left
    const { spent: question, held } = await spent('everybody usd/total')
    expect([held, question > cents('0.01'), question < cents('0.0135')]).toEqual([0n, true, true])

    const answered = app(asking({ stream: true, max_tokens: 1000 }))
    await clock.advance(5000)
    const reader = (await answered).body!.getReader()
    await reader.read()
    await reader.cancel()
    await clock.advance(0)
    const amid = await spent('everybody usd/total')
    // What the provider told of the question, and some of the answer.
    const more = amid.spent - question
    expect([amid.held, more > cents('0.01'), more <= cents('0.064')]).toEqual([0n, true, true])
  })

  test.each([true, false])('charges a client that leaves an answer that it never read, streamed: %s', async (stream) => {
    const { app, one, spent, clock } = setUp([{ usd: 1, per: 'total' }], { chaos: { eventMs: 100 } })
    const stranger = withBudget((input, init) => one(input, init), {
      budgets: [{ usd: 1, per: 'total' }],
      prices,
      clock,
      store: memoryBudgets({ clock }),
    })
    for (const fetch of [app, stranger]) {
      const stop = new AbortController()
      const answer = fetch(asking({ stream }, {}, stop.signal))
      await clock.advance(stream ? 300 : 0)
      const { ended } = outcomeOf(await answer)!
      stop.abort()
      expect((await ended).how).toBe(stream ? 'cancelled' : 'complete')
    }
    const tally = await spent('everybody usd/total')
    expect([tally.held, tally.spent > 0n]).toEqual([0n, true])
  })

  test('takes the whole bound for an answer whose provider told no counts', async () => {
    const silent: Fetch = () =>
      Promise.resolve(
        Response.json({
          id: 'm',
          type: 'message',
          role: 'assistant',
          model: 'm',
          content: [{ type: 'text', text: 'hi' }],
          stop_reason: 'end_turn',
        }),
      )
    const { app, spent } = setUp([{ usd: 1, per: 'total' }], { options: { fetch: silent } })
    await (await app(asking())).text()
    const { spent: charged } = await spent('everybody usd/total')
    expect([charged > cents('0.02'), charged < cents('0.0235')]).toEqual([true, true])
  })

  test('lets counts of tokens and what is no generation pass, for nothing', async () => {
    const { app, spent } = setUp([{ requests: 1, per: 'total' }])
    for (let i = 0; i < 3; i++) {
      const counted = new Request('http://localhost/v1/messages/count_tokens', {
        method: 'POST',
        body: JSON.stringify({ model: 'm', messages: [] }),
      })
      expect((await app(counted)).status).toBe(200)
    }
    expect((await app('http://localhost/v1/models')).status).toBe(404)
    expect((await app(new Request('http://localhost/v1/messages', { method: 'POST', body: 'nonsense' }))).status).toBe(400)
    expect(await spent('everybody requests/total')).toEqual({ spent: 0n, held: 0n })
  })

  test.each([
    ['/v1/chat/completions', { error: { message: expect.stringContaining('budget') as string, type: 'permission_error' } }],
    ['/v1/responses', { error: { message: expect.stringContaining('budget') as string, type: 'permission_error' } }],
    ['/v1beta/models/m:generateContent', { error: { message: expect.stringContaining('budget') as string, status: 'PERMISSION_DENIED' } }],
  ])('refuses clients of %s in their own words', async (path, words) => {
    const { app } = setUp([{ usd: 0, per: 'month' }])
    const body =
      path.includes('gemini') || path.includes('v1beta')
        ? { contents: [{ role: 'user', parts: [{ text: 'hi' }] }] }
        : { model: 'm', messages: [{ role: 'user', content: 'hi' }], input: 'hi' }
    const refused = await app(
      new Request(`http://localhost${path}`, {
        method: 'POST',
        body: JSON.stringify(path.includes('responses') ? { model: 'm', input: 'hi' } : body),
      }),
    )
    expect(refused.status).toBe(403)
    expect(await refused.json()).toMatchObject(words)
  })

  test('holds a fetch of somebody else, and charges it by what it tells', async () => {
    const clock = virtualClock(START)
    const { one, provider } = setUp([], {})
    const store = memoryBudgets({ clock })
    const plain: Fetch = (input, init) => one(input, init)
    const app = withBudget(plain, { budgets: [{ usd: '0.03', per: 'total' }], store, prices, clock })
    const statuses = []
    for (let i = 0; i < 3; i++) {
      const response = await app(asking())
      await response.text()
      statuses.push(response.status)
    }
    expect(statuses).toEqual([200, 200, 403])
    expect(provider.requests).toHaveLength(2)
    expect(await store.tallies([{ name: 'everybody usd/total', from: 0, until: 0 }])).toEqual([{ spent: cents('0.04'), held: 0n }])
  })

  test('works in layers: what an outer budget refuses is not taken from an inner one, and the other way round', async () => {
    const clock = virtualClock(START)
    const { app: inner, store: innerStore } = setUp([{ requests: 2, per: 'total' }])
    const store = memoryBudgets({ clock })
    const app = withBudget(inner, {
      budgets: [
        { requests: 3, per: 'total' },
        { usd: 9, per: 'total' },
      ],
      store,
      prices,
      clock,
    })
    const statuses = []
    for (let i = 0; i < 3; i++) {
      const response = await app(asking())
      await response.text()
      statuses.push(response.status)
    }
    expect(statuses).toEqual([200, 200, 403])
    expect(await innerStore.tallies([{ name: 'everybody requests/total', from: 0, until: 0 }])).toEqual([{ spent: 2n, held: 0n }])
    expect(await store.tallies([{ name: 'everybody usd/total', from: 0, until: 0 }])).toEqual([{ spent: cents('0.04'), held: 0n }])
  })

  test('asks nothing while the store fails, and says so', async () => {
    const errors: unknown[] = []
    const broken = { ...memoryBudgets(), reserve: () => Promise.reject(new Error('disk full')) }
    const { app, provider } = setUp([{ usd: 1, per: 'total' }], { more: { store: broken, onError: (error) => void errors.push(error) } })
    const refused = await app(asking())
    expect([refused.status, provider.requests.length, errors]).toEqual([529, 0, [new Error('disk full')]])
  })

  test('keeps what is taken as long as an answer takes, and leaves no timer behind', async () => {
    const { app, clock, store, spent } = setUp([{ usd: 1, per: 'total' }], {
      chaos: { latencyMs: 10 * 60_000 },
      options: { timeouts: { ...DEFAULT_TIMEOUTS, headersMs: HOUR } },
    })
    const answer = app(asking())
    await clock.advance(9 * 60_000)
    expect(await store.sweep()).toBe(0)
    expect((await spent('everybody usd/total')).held > 0n).toBe(true)
    await clock.advance(60_000)
    await (await answer).text()
    expect(await spent('everybody usd/total')).toEqual({ spent: cents('0.02'), held: 0n })
    expect(clock.waiting).toBe(0)
  })

  test.each(['throws', 'rejects'])('settles again what the store could not take, however it %s', async (how) => {
    const clock = virtualClock(START)
    const store = memoryBudgets({ clock })
    const errors: unknown[] = []
    let busy = 2
    const failing: typeof store = {
      ...store,
      settle(...about) {
        if (busy-- <= 0) return store.settle(...about)
        const error = new Error('SQLITE_BUSY')
        if (how === 'throws') throw error
        return Promise.reject(error)
      },
    }
    const { app } = setUp([{ usd: 10, per: 'total' }], {
      chaos: { clock },
      options: { clock },
      more: { clock, store: failing, onError: (error) => errors.push(error) },
    })
    await (await app(asking({ max_tokens: 60_000 }))).text()
    await clock.advance(0)
    const stands = async () => (await store.tallies([{ name: 'everybody usd/total', from: 0, until: 0 }]))[0]
    expect((await stands())!.held).toBeGreaterThan(cents('5'))
    await clock.advance(59_000)
    expect([await stands(), errors.length, clock.waiting]).toEqual([{ spent: cents('0.02'), held: 0n }, 2, 0])
  })

  test('costs nothing where nothing is to be held', async () => {
    const { one } = setUp([])
    const seen: Request[] = []
    const app = withBudget(
      Object.assign((input: Request | URL | string) => (seen.push(input as Request), one(input)), {}),
      { prices },
    )
    const request = asking()
    await app(request)
    expect(seen).toEqual([request])
  })
})
