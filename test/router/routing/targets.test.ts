import { describe, expect, it } from 'vitest'
import { endpoint } from '../../../src/router/endpoint/endpoint.ts'
import type { Fetch } from '../../../src/router/fetch.ts'
import { outcomeOf } from '../../../src/router/outcome.ts'
import { router } from '../../../src/router/routing/router.ts'
import { virtualClock } from '../../../src/testing/index.ts'
import { fixtures, PROTOCOLS } from '../../fixtures/index.ts'
import { requestWith, scene, whoAnswers, type Body, type TargetOptions } from './scene.ts'

const WORDS = 'word '.repeat(5000)
const image = { messages: [{ role: 'user', content: [{ type: 'image', source: { type: 'url', url: 'https://i.test/a.png' } }] }] }
const TOOL = { name: 'Read', input_schema: { type: 'object' } }

/** A default with fallbacks, by name. */
function chain(targets: Record<string, TargetOptions>, more: Partial<Parameters<typeof router>[0]> = {}) {
  const { target, seen } = scene()
  const [first, ...others] = Object.entries(targets).map(([name, options]) => target(name, options))
  const app = router({ default: { to: first!, fallbacks: others }, clock: virtualClock(), ...more })
  return { app, seen, order: () => seen.map(({ name }) => name) }
}

describe('a target that cannot take the request', () => {
  it.each<[string, TargetOptions['can'], Body]>([
    ['images', { lacks: ['images'] }, image],
    ['tools', { lacks: ['tools'] }, { tools: [TOOL] }],
    ['web search', { lacks: ['web-search'] }, { tools: [{ type: 'web_search_20250305', name: 'web_search' }] }],
    [
      'documents',
      { lacks: ['documents'] },
      { messages: [{ role: 'user', content: [{ type: 'document', source: { type: 'url', url: 'https://d.test/a.pdf' } }] }] },
    ],
    ['reasoning', { lacks: ['reasoning'] }, { max_tokens: 9000, thinking: { type: 'enabled', budget_tokens: 2000 } }],
    [
      'structured output',
      { lacks: ['structured-output'] },
      { output_config: { format: { type: 'json_schema', schema: { type: 'object' } } } },
    ],
    [
      'a beginning that is given',
      { lacks: ['prefill'] },
      {
        messages: [
          { role: 'user', content: 'Hi' },
          { role: 'assistant', content: '{' },
        ],
      },
    ],
    [
      'several calls at once',
      { lacks: ['parallel-tools'] },
      {
        messages: [
          { role: 'user', content: 'Hi' },
          {
            role: 'assistant',
            content: [
              { type: 'tool_use', id: 'a', name: 'Read', input: {} },
              { type: 'tool_use', id: 'b', name: 'Read', input: {} },
            ],
          },
          {
            role: 'user',
            content: [
              { type: 'tool_result', tool_use_id: 'a', content: '1' },
              { type: 'tool_result', tool_use_id: 'b', content: '2' },
            ],
          },
        ],
      },
    ],
    ['its length', { contextWindow: 4000 }, { messages: [{ role: 'user', content: WORDS }] }],
  ])('for %s is not asked', async (_, can, body) => {
    const { app, order } = chain({ small: { can }, able: {} })
    expect(await whoAnswers(app, { body })).toBe('able by default')
    expect(await whoAnswers(app)).toBe('small by default')
    expect(order()).toEqual(['able', 'small'])
  })

  it('is asked for what is a wish and no need', async () => {
    const { app, order } = chain({ plain: { can: { lacks: ['reasoning', 'parallel-tools'] } }, able: {} })
    await whoAnswers(app, { body: { thinking: { type: 'adaptive' }, output_config: { effort: 'high' } } })
    await whoAnswers(app, {
      protocol: 'openai',
      body: { parallel_tool_calls: true, tools: [{ type: 'function', function: { name: 'x' } }] },
    })
    expect(order()).toEqual(['plain', 'plain'])
  })

  it('may count its tokens', async () => {
    const { app, order } = chain({ small: { can: { lacks: ['images'], contextWindow: 10 } } })
    await app(requestWith({ path: '/v1/messages/count_tokens', body: image }))
    expect(order()).toEqual(['small'])
  })

  it('leaves nobody: says what is missing where', async () => {
    const { app, seen } = chain({ a: { can: { lacks: ['images', 'tools'] }, model: 'm1' }, b: { can: { lacks: ['images'] } } })
    const response = await app(requestWith({ body: { ...image, tools: [TOOL] } }))
    expect(response.status).toBe(400)
    const body = (await response.json()) as { error: { message: string } }
    expect(body.error.message).toBe(
      'No target of the route "default" can take this request: a (m1) cannot do tools, images; b cannot do images.',
    )
    expect(seen).toEqual([])
    expect(outcomeOf(response)?.failure?.kind).toBe('unsupported')
  })

  it.each([
    [
      'claude',
      {
        type: 'error',
        error: {
          type: 'invalid_request_error',
          message: expect.stringMatching(/^prompt is too long: \d+ tokens > 3000 maximum$/) as string,
        },
      },
    ],
    ['openai', { error: { code: 'context_length_exceeded', message: expect.stringContaining('too long for every target') as string } }],
    ['openai-responses', { error: { code: 'context_length_exceeded' } }],
    [
      'gemini',
      {
        error: {
          code: 400,
          status: 'INVALID_ARGUMENT',
          message: expect.stringMatching(/exceeds the maximum number of tokens allowed \(3000\)/) as string,
        },
      },
    ],
  ] as const)('leaves nobody for its length: %s is told so that it compacts', async (protocol, body) => {
    const { app, seen } = chain({ a: { can: { contextWindow: 2000 } }, b: { can: { contextWindow: 3000 } } })
    const response = await app(requestWith({ protocol, text: WORDS }))
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject(body)
    expect(seen).toEqual([])
  })

  it('for its length alone is replaced by the target for long contexts', async () => {
    const { target, seen } = scene()
    const app = router({ default: target('small', { can: { contextWindow: 4000 } }), longContext: target('long') })
    expect(await whoAnswers(app, { text: WORDS })).toBe('long by default')
    expect(await whoAnswers(app)).toBe('small by default')
    const other = router({ default: target('blind', { can: { lacks: ['images'] } }), longContext: target('long') })
    expect(await whoAnswers(other, { body: image })).toMatch(/^400: .*blind cannot do images/)
    expect(seen.map(({ name }) => name)).toEqual(['long', 'small'])
  })

  it('by an estimate that may be wrong by so much is asked where nobody else is left', async () => {
    let tokens = 0
    const { target } = scene()
    await whoAnswers(router({ default: target('x'), choose: (facts) => void (tokens = facts.tokens) }), { text: WORDS })
    const { app, order } = chain({
      a: { can: { contextWindow: Math.round(tokens * 0.8) } },
      b: { can: { contextWindow: Math.round(tokens * 0.9) } },
    })
    expect(await whoAnswers(app, { text: WORDS })).toBe('b by default')
    expect(order()).toEqual(['b'])
  })

  it('now gives way to one that can', async () => {
    const { app, order } = chain({ resting: { ready: { at: 5000, why: 'cools' } }, idle: {} })
    expect(await whoAnswers(app)).toBe('idle by default')
    const all = chain({ a: { ready: { at: 5000 } }, b: { ready: { at: 9000 } } })
    expect(await whoAnswers(all.app)).toBe('a by default')
    expect(order()).toEqual(['idle'])
  })
})

describe('a target that fails', () => {
  it.each<[TargetOptions['answers'], string]>([
    [[{ kind: 'overloaded', status: 529 }], 'ab'],
    [[{ kind: 'server-error', status: 500 }], 'ab'],
    [[{ kind: 'rate-limit', status: 429, retryAfter: 60 }], 'ab'],
    [[{ kind: 'authentication', status: 401 }], 'ab'],
    [[{ kind: 'billing', status: 402 }], 'ab'],
    [[{ kind: 'not-found', status: 404, code: 'model_not_found' }], 'ab'],
    [[{ kind: 'network', status: 502 }], 'ab'],
    [[{ kind: 'unsupported', status: 400 }], 'ab'],
    [[{ kind: 'invalid-request', status: 400 }], 'a'],
    [[{ kind: 'content-policy', status: 400 }], 'a'],
  ])('with %o asks %s', async (answers, expected) => {
    const { app, order } = chain({ a: { answers }, b: {} })
    await app(requestWith())
    expect(order().join('')).toBe(expected)
  })

  it('is told to leave the waiting to the router, unless it is the last', async () => {
    const { app, seen } = chain({ a: { answers: [{ kind: 'overloaded' }] }, b: { answers: [{ kind: 'overloaded' }] }, c: {} })
    await app(requestWith())
    expect(seen.map(({ trip }) => [trip.nested, trip.reason ?? 'first'])).toEqual([
      [true, 'first'],
      [true, 'next-member'],
      [false, 'next-member'],
    ])
    expect(new Set(seen.map(({ trip }) => trip.budget)).size).toBe(1)
  })

  it.each<[TargetOptions['answers'], TargetOptions['answers'], number]>([
    [[{ kind: 'authentication', status: 401 }], [{ kind: 'rate-limit', status: 429, retryAfter: 3 }], 429],
    [[{ kind: 'overloaded', status: 529 }], [{ kind: 'network', status: 502 }], 529],
    [[{ kind: 'network', status: 502 }], [{ kind: 'invalid-request', status: 400 }], 400],
    [[{ kind: 'server-error', status: 500 }], [{ kind: 'server-error', status: 503 }], 500],
  ])('as all others do gives what helps most: %o, %o', async (first, second, status) => {
    const { app } = chain({ a: { answers: first }, b: { answers: second } })
    expect((await app(requestWith())).status).toBe(status)
  })

  it('is not followed by others once the budget is spent', async () => {
    const broken = { answers: [{ kind: 'overloaded' }] } as const
    const asked: string[] = []
    const stranger =
      (name: string): Fetch =>
      async () => {
        asked.push(name)
        return Response.json({ type: 'error', error: { type: 'overloaded_error', message: name } }, { status: 529 })
      }
    const app = router({ default: { to: stranger('a'), fallbacks: ['b', 'c', 'd'].map(stranger) }, retry: { attempts: 2 } })
    expect((await app(requestWith())).status).toBe(529)
    expect(asked).toEqual(['a', 'b'])
    expect(chain({ a: broken }).order()).toEqual([])
  })

  it('for the length asks whoever is larger, and the target for long contexts', async () => {
    const overflow = { answers: [{ kind: 'context-overflow', status: 400, tokens: { used: 9000, limit: 8000 } }] } as const
    const { app, order } = chain({ a: overflow, smaller: { can: { contextWindow: 8000 } }, larger: { can: { contextWindow: 200_000 } } })
    expect(await whoAnswers(app)).toBe('larger by default')
    expect(order()).toEqual(['a', 'larger'])
    const { target } = scene()
    const long = router({ default: target('a', overflow), longContext: target('long') })
    expect(await whoAnswers(long)).toBe('long by default')
    const none = router({ default: target('a', overflow), endpoints: { a: target('a', overflow) }, longContext: target('long') })
    // whom a client names nobody replaces
    expect(await whoAnswers(none, { model: 'a/m' })).toMatch(/^400: .*prompt is too long: 9000 tokens > 8000 maximum/)
  })
})

describe('a split', () => {
  const share = async (app: Fetch, ids: readonly (string | undefined)[]) => {
    const counts: Record<string, number> = {}
    for (const id of ids) {
      const response = await app(requestWith({ headers: id === undefined ? {} : { 'x-claude-code-session-id': id } }))
      const { by } = (await response.json()) as { by: string }
      counts[by] = (counts[by] ?? 0) + 1
    }
    return counts
  }
  const sessions = Array.from({ length: 2000 }, (_, i) => `session-${i}`)

  it('divides sessions by weight, and each stays where it is', async () => {
    const { target } = scene()
    const app = router({
      default: {
        split: [
          { to: target('a'), weight: 90 },
          { to: target('b'), weight: 10 },
          { to: target('never'), weight: 0 },
        ],
      },
    })
    const counts = await share(app, sessions)
    expect(counts['b']).toBeGreaterThan(150)
    expect(counts['b']).toBeLessThan(250)
    expect(counts['never']).toBeUndefined()
    expect(
      Object.keys(
        await share(
          app,
          Array.from({ length: 20 }, () => 'session-7'),
        ),
      ),
    ).toHaveLength(1)
  })

  it('divides requests where there is no session, or where it is told to', async () => {
    const { target } = scene()
    let n = 0
    const random = () => (n++ % 4) / 4
    const split = [{ to: target('a'), weight: 3 }, { to: target('b') }]
    expect(await share(router({ default: { split }, random }), Array.from({ length: 8 }))).toEqual({ a: 6, b: 2 })
    expect(
      await share(
        router({ default: { split, by: 'request' }, random }),
        Array.from({ length: 8 }, () => 's'),
      ),
    ).toEqual({ a: 6, b: 2 })
  })

  it('of another name divides the sessions in another way', async () => {
    const { target } = scene()
    const half = (name: string, a: string, b: string) => router({ default: { name, split: [{ to: target(a) }, { to: target(b) }] } })
    const [one, two] = [half('one', 'a', 'b'), half('two', 'a', 'b')]
    const answers = async (app: Fetch) =>
      Promise.all(sessions.slice(0, 200).map(async (id) => (await app(requestWith({ headers: { 'session-id': id } }))).text()))
    const [first, second] = [await answers(one), await answers(two)]
    const same = first.filter((answer, index) => answer === second[index]).length
    expect(same).toBeGreaterThan(60)
    expect(same).toBeLessThan(140)
  })

  it('may be the target of a route with a model and fallbacks', async () => {
    const { target } = scene()
    const app = router({
      default: {
        to: { split: [{ to: { to: target('a', { answers: [{ kind: 'overloaded' }] }), set: { temperature: 1 } } }] },
        model: 'm',
        fallbacks: [target('b')],
      },
    })
    expect(await whoAnswers(app)).toBe('b by default')
  })

  it('without weight is refused at once', () => {
    const { target } = scene()
    expect(() => router({ default: { split: [{ to: target('a'), weight: 0 }] } })).toThrow(
      'the split of default needs weights from 0 up, and one above 0',
    )
  })
})

describe('a fetch that is not of this library', () => {
  it.each(PROTOCOLS)('gets the request of %s as it is, and its answer comes back', async (protocol) => {
    const requests: { url: string; text: string }[] = []
    const app = router({
      default: async (input) => {
        const request = input as Request
        requests.push({ url: request.url, text: await request.text() })
        return Response.json({ mine: true }, { headers: { 'x-mine': '1' } })
      },
    })
    const asked = requestWith({ protocol })
    const text = await asked.clone().text()
    const response = await app(asked)
    expect(requests).toEqual([{ url: asked.url, text }])
    expect(response.headers.get('x-mine')).toBe('1')
    expect(await response.json()).toEqual({ mine: true })
    expect(outcomeOf(response)).toMatchObject({ route: 'default', attempts: [{ reason: 'first', status: 200 }] })
    expect(await outcomeOf(response)?.ended).toEqual({ how: 'complete' })
  })

  it('is judged by what it answers, and by what it throws', async () => {
    const { target } = scene()
    const refusal = {
      error: {
        message: 'This model has a maximum context length of 10 tokens. However, your messages resulted in 99 tokens.',
        code: 'context_length_exceeded',
      },
    }
    const app = (fetch: Fetch) => router({ default: { to: fetch, fallbacks: [target('next', { can: { contextWindow: 1000 } })] } })
    const ask = (fetch: Fetch) => whoAnswers(app(fetch), { protocol: 'openai' })
    expect(await ask(async () => new Response('busy', { status: 503 }))).toBe('next by default')
    expect(await ask(() => Promise.reject(new TypeError('fetch failed')))).toBe('next by default')
    expect(await ask(async () => Response.json(refusal, { status: 400 }))).toBe('next by default')
    expect(await ask(async () => Response.json({ error: { message: 'bad' } }, { status: 400 }))).toBe('400: {"error":{"message":"bad"}}')
  })

  it('that throws and has no fallback is told of in the words of the client', async () => {
    const app = router({ default: () => Promise.reject(new TypeError('fetch failed')) })
    const response = await app(requestWith())
    expect(response.status).toBe(502)
    expect(await response.json()).toMatchObject({
      type: 'error',
      error: { type: 'api_error', message: expect.stringContaining('fetch failed') as string },
    })
  })

  it('tells of a client that went away, and of an answer that broke', async () => {
    const body = (end: (controller: ReadableStreamDefaultController) => void) =>
      new ReadableStream({
        start(controller) {
          controller.enqueue(new TextEncoder().encode('a'))
          end(controller)
        },
      })
    const ask = (stream: ReadableStream) => router({ default: async () => new Response(stream) })(requestWith())
    const broken = await ask(body((controller) => queueMicrotask(() => controller.error(new Error('cut')))))
    await expect(broken.text()).rejects.toThrow('cut')
    expect(await outcomeOf(broken)!.ended).toMatchObject({ how: 'truncated' })
    const left = await ask(body(() => {}))
    await left.body!.cancel()
    expect(await outcomeOf(left)!.ended).toEqual({ how: 'cancelled' })
  })
})

describe('a client that goes away', () => {
  it('ends the router, too, and nobody else is asked', async () => {
    const { target, seen } = scene()
    const controller = new AbortController()
    let begun = () => {}
    const isAsked = new Promise<void>((resolve) => (begun = resolve))
    const slow: Fetch = (input) =>
      new Promise((_, reject) => {
        const { signal } = input as Request
        signal.addEventListener('abort', () => reject(signal.reason as Error))
        begun()
      })
    const app = router({ default: { to: slow, fallbacks: [target('next')] } })
    const answer = app(new Request(requestWith(), { signal: controller.signal }))
    await isAsked
    controller.abort(new Error('gone'))
    await expect(answer).rejects.toThrow('gone')
    expect(seen).toEqual([])
  })
})

describe('requests that generate nothing', () => {
  it('go to the default, or to whom the client names, as they are', async () => {
    const asked: [string, Request][] = []
    const plain =
      (name: string): Fetch =>
      async (input) => {
        asked.push([name, input as Request])
        return Response.json({ by: name })
      }
    const app = router({
      default: { to: plain('a'), fallbacks: [plain('b')] },
      endpoints: { c: plain('c') },
      rules: [{ when: {}, to: plain('d') }],
    })
    const list = new Request('http://client.test/v1/models?limit=1000', { headers: { 'x-api-key': 'k' } })
    expect(await (await app(list)).json()).toEqual({ by: 'a' })
    await app('http://client.test/v1/models', { headers: { 'x-ccn-endpoint': 'C' } })
    await app('http://client.test/v1/responses/resp_1?ep=c', { method: 'DELETE' })
    await app('http://client.test/', { method: 'HEAD' })
    expect(asked.map(([name, { method }]) => `${name} ${method}`)).toEqual(['a GET', 'c GET', 'c DELETE', 'a HEAD'])
    expect(asked[0]![1]).toBe(list)
  })

  it('are refused by an endpoint in its own words', async () => {
    const app = router({ default: endpoint({ protocol: 'claude', baseUrl: 'https://up.test' }) })
    expect((await app('http://client.test/v1/files', { headers: { 'anthropic-version': '2023-06-01' } })).status).toBe(404)
  })
})

describe('the answer', () => {
  it('of an endpoint tells the rule, and comes in the protocol of the client', async () => {
    const up = endpoint({
      name: 'up',
      protocol: 'openai',
      baseUrl: 'https://up.test',
      fetch: async () => Response.json(fixtures.openai.replies.text),
    })
    const app = router({ default: router({ name: 'inner', default: up }), think: up })
    const response = await app(requestWith({ model: 'gpt-5' }))
    expect(await response.json()).toMatchObject({ type: 'message' })
    expect(outcomeOf(response)).toMatchObject({
      endpoint: 'up',
      route: 'default > default',
      attempts: [{ endpoint: 'up', reason: 'first' }],
    })
    expect(outcomeOf(await app(requestWith({ model: 'gpt-5', body: { thinking: { type: 'adaptive' } } })))?.route).toBe('think')
  })

  it('to what cannot be read is a refusal in the words of the client', async () => {
    const { target } = scene()
    const response = await router({ default: target('a') })('http://client.test/v1/messages', { method: 'POST', body: '{' })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ type: 'error', error: { type: 'invalid_request_error' } })
  })
})
