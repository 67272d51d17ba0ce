import { describe, expect, it } from 'vitest'
import { endpoint, type EndpointOptions } from '../../../src/router/endpoint/endpoint.ts'
import { router } from '../../../src/router/routing/router.ts'
import type { Route } from '../../../src/router/routing/target.ts'
import { fixtures, MODEL, PROTOCOLS } from '../../fixtures/index.ts'
import { requestWith, scene, type Body } from './scene.ts'

/** A route to a real endpoint, and what its upstream was sent. */
function setUp(protocol: EndpointOptions['protocol'], route: Omit<Route, 'to'>, options: Partial<EndpointOptions> = {}) {
  const sent: { text: string; body: Body; url: string }[] = []
  const up = endpoint({
    name: 'up',
    protocol,
    baseUrl: 'https://upstream.test',
    ...options,
    fetch: async (input, init = {}) => {
      const text = typeof init.body === 'string' ? init.body : new TextDecoder().decode(init.body as Uint8Array)
      sent.push({ text, body: JSON.parse(text) as Body, url: String(input) })
      return Response.json(fixtures[protocol].replies.text)
    },
  })
  return { app: router({ default: { to: up, ...route } }), sent }
}

const ALL: Omit<Route, 'to'> = { set: { temperature: 0.3, topP: 0.9, stop: ['END'], maxTokens: 77 } }

/** How each protocol says them. */
const SAID: Record<EndpointOptions['protocol'], Body> = {
  claude: { temperature: 0.3, stop_sequences: ['END'], max_tokens: 77 },
  openai: { temperature: 0.3, top_p: 0.9, stop: ['END'] },
  'openai-responses': { temperature: 0.3, top_p: 0.9, max_output_tokens: 77 },
  gemini: { generationConfig: { temperature: 0.3, topP: 0.9, stopSequences: ['END'], maxOutputTokens: 77 } },
}
/** Models that take sampling parameters. */
const PLAIN = { claude: 'claude-3-opus', openai: 'gpt-4.1', 'openai-responses': 'gpt-4.1', gemini: 'gemini-2.5-flash' } as const

describe('parameters of a route', () => {
  it.each(PROTOCOLS.flatMap((from) => PROTOCOLS.map((to) => [from, to] as const)))('reach %s as %s says them', async (from, to) => {
    const { app, sent } = setUp(to, { ...ALL, model: PLAIN[to] })
    const response = await app(requestWith({ protocol: from, model: 'client-model' }))
    expect(response.status).toBe(200)
    expect(sent[0]!.body).toMatchObject(SAID[to])
    expect(to === 'gemini' ? sent[0]!.url : sent[0]!.body['model']).toContain(PLAIN[to])
  })

  it.each(PROTOCOLS)('leave the bytes of %s alone where they change nothing', async (protocol) => {
    const { app, sent } = setUp(protocol, { set: { temperature: 0.5 }, maxTokens: { atMost: 1000 }, defaults: { topK: 5 } })
    const limits: Record<typeof protocol, Body> = {
      claude: { max_tokens: 500, temperature: 0.5, top_k: 5 },
      openai: { max_tokens: 500, temperature: 0.5, top_k: 5 },
      'openai-responses': { max_output_tokens: 500, temperature: 0.5, top_k: 5 },
      gemini: { generationConfig: { maxOutputTokens: 500, temperature: 0.5, topK: 5 } },
    }
    const request = requestWith({ protocol, model: MODEL[protocol], body: { ...limits[protocol], something_new: { a: [1] } } })
    const text = await request.clone().text()
    await app(request)
    if (protocol === 'openai-responses') expect(sent[0]!.body).toMatchObject({ something_new: { a: [1] } })
    else expect(sent[0]!.text).toBe(text)
  })

  it('stand in where the client said nothing, and nowhere else', async () => {
    const { app, sent } = setUp('claude', { defaults: { temperature: 0.1, maxTokens: 9 } })
    await app(requestWith({ model: 'claude-3-opus', body: { temperature: 0 } }))
    expect(sent[0]!.body).toMatchObject({ temperature: 0, max_tokens: 100 })
    await app(requestWith({ model: 'claude-3-opus' }))
    expect(sent[1]!.body).toMatchObject({ temperature: 0.1, max_tokens: 100 })
  })

  it('take a parameter away', async () => {
    const { app, sent } = setUp('openai', { set: { temperature: null, reasoning: null } })
    await app(requestWith({ protocol: 'openai', model: 'gpt-5', body: { temperature: 1, reasoning_effort: 'high', seed: 1 } }))
    expect(sent[0]!.body).toEqual({ model: 'gpt-5', messages: [{ role: 'user', content: 'Hi' }], seed: 1 })
  })

  const asks: Record<EndpointOptions['protocol'], Body> = {
    claude: { max_tokens: 64_000, thinking: { type: 'enabled', budget_tokens: 2000 } },
    openai: { reasoning: { effort: 'low', enabled: true }, thinking: { type: 'enabled' } },
    'openai-responses': { reasoning: { effort: 'low', summary: 'auto' } },
    gemini: { generationConfig: { thinkingConfig: { thinkingBudget: 500, includeThoughts: true } } },
  }
  const reasoningIn = ({ thinking, output_config, reasoning, reasoning_effort, generationConfig }: Body) =>
    JSON.parse(JSON.stringify({ thinking, output_config, reasoning, reasoning_effort, generationConfig })) as Body
  const thinkers = { claude: 'claude-opus-5', openai: 'gpt-5', 'openai-responses': 'gpt-5', gemini: 'gemini-3-pro' }

  it.each(PROTOCOLS)('change how much %s thinks, whatever its client said', async (protocol) => {
    const { app, sent } = setUp(protocol, { set: { reasoning: 'high' } })
    const shown = { claude: {}, openai: {}, 'openai-responses': { summary: 'auto' }, gemini: { includeThoughts: true } }
    for (const body of [asks[protocol], {}]) await app(requestWith({ protocol, model: thinkers[protocol], body }))
    const expected = {
      claude: { thinking: { type: 'adaptive' }, output_config: { effort: 'high' } },
      openai: { reasoning_effort: 'high' },
      'openai-responses': { reasoning: { effort: 'high', ...shown['openai-responses'] } },
      gemini: { generationConfig: { thinkingConfig: { includeThoughts: true, thinkingLevel: 'high' } } },
    }[protocol]
    expect(reasoningIn(sent[0]!.body)).toEqual(expected)
    expect(reasoningIn(sent[1]!.body)).toMatchObject(protocol === 'openai-responses' ? { reasoning: { effort: 'high' } } : expected)
  })

  it.each(PROTOCOLS)('take from %s what its client said of thinking', async (protocol) => {
    const { app, sent } = setUp(protocol, { set: { reasoning: null } })
    await app(requestWith({ protocol, model: thinkers[protocol], body: asks[protocol] }))
    expect(JSON.stringify(sent[0]!.body)).not.toMatch(/thinking|reasoning|effort/i)
  })

  it('switch thinking off', async () => {
    const { app, sent } = setUp('claude', { set: { reasoning: 'none' } })
    await app(requestWith({ model: 'claude-sonnet-4-5', body: asks.claude }))
    expect(sent[0]!.body['thinking']).toEqual({ type: 'disabled' })
  })

  it.each<[Route['maxTokens'], number | undefined, number | undefined]>([
    [50, 100, 50],
    [200, 100, 100],
    [200, undefined, 200],
    [{ atLeast: 500 }, 100, 500],
    [{ atLeast: 500 }, undefined, undefined],
    [{ atLeast: 100, atMost: 4096 }, 128_000, 4096],
    [{ atLeast: 100, atMost: 4096 }, 10, 100],
  ])('clamp: %o makes %s %s', async (maxTokens, asked, expected) => {
    const { target, seen } = scene()
    const app = router({ default: { to: target('a'), ...(maxTokens !== undefined && { maxTokens }) } })
    await app(requestWith({ protocol: 'openai', body: asked === undefined ? {} : { max_tokens: asked } }))
    expect(seen[0]!.chat.maxTokens).toBe(expected)
  })

  it.each(PROTOCOLS)('clamp in the field in which a client of %s said it', async (protocol) => {
    const { app, sent } = setUp(protocol, { maxTokens: 50 })
    const said = {
      claude: { max_tokens: 500 },
      openai: { max_completion_tokens: 500 },
      'openai-responses': { max_output_tokens: 500 },
      gemini: { generationConfig: { maxOutputTokens: 500 } },
    }
    await app(requestWith({ protocol, model: MODEL[protocol], body: said[protocol] }))
    expect(JSON.stringify(sent[0]!.body)).not.toContain('500')
    expect(sent[0]!.body).toMatchObject(JSON.parse(JSON.stringify(said[protocol]).replace('500', '50')) as Body)
  })

  it('come after those of a router above', async () => {
    const { target, seen } = scene()
    const inner = router({ default: { to: target('a'), maxTokens: 50, defaults: { temperature: 1, topP: 1 } } })
    const outer = router({ default: { to: inner, set: { temperature: 0.2 } } })
    await outer(requestWith())
    expect(seen[0]!.chat).toMatchObject({ temperature: 0.2, topP: 1, maxTokens: 50 })
  })

  it('reach a fetch that is not of this library in the body', async () => {
    const bodies: [string, unknown][] = []
    const app = router({
      default: {
        to: async (input) => {
          bodies.push([(input as Request).url, await (input as Request).json()])
          return Response.json({})
        },
        model: 'new/model',
        set: { temperature: 0.2 },
      },
    })
    for (const protocol of PROTOCOLS) expect((await app(requestWith({ protocol }))).status).toBe(200)
    expect(bodies).toMatchObject([
      ['http://client.test/v1/messages', { model: 'new/model', temperature: 0.2, max_tokens: 100 }],
      ['http://client.test/v1/chat/completions', { model: 'new/model', temperature: 0.2 }],
      ['http://client.test/v1/responses', { model: 'new/model', temperature: 0.2, input: 'Hi' }],
      ['http://client.test/v1beta/models/new%2Fmodel:generateContent', { generationConfig: { temperature: 0.2 } }],
    ])
  })

  it.each<[object, string]>([
    [{ set: { temprature: 1 } }, 'router: default: there is no parameter "temprature". Known: temperature'],
    [{ set: { temperature: 3 } }, 'router: default: temperature is 3; it goes from 0 to 2'],
    [{ defaults: { topP: -1 } }, 'topP is -1; it goes from 0 to 1'],
    [{ set: { maxTokens: 0 } }, 'maxTokens is 0'],
    [{ maxTokens: { atLeast: 10, atMost: 5 } }, 'maxTokens cannot be at least 10 and at most 5'],
  ])('%o is refused at once', (route, message) => {
    const { target } = scene()
    expect(() => router({ default: { to: target('a'), ...route } })).toThrow(message)
  })

  it('strict refuses what would be lost, and lets a fallback take it', async () => {
    const { app, sent } = setUp('openai', { strict: true })
    const topK = { model: 'gpt-4.1', body: { top_k: 5 } }
    const response = await app(requestWith(topK))
    expect(response.status).toBe(400)
    expect(await response.text()).toContain('top_k')
    expect(sent).toHaveLength(0)
    const { target, seen } = scene()
    const strict = endpoint({ protocol: 'openai', baseUrl: 'https://upstream.test', fetch: () => Promise.reject(new Error('not asked')) })
    await router({ default: { to: strict, strict: true, fallbacks: [target('able')] } })(requestWith(topK))
    expect(seen.map(({ name }) => name)).toEqual(['able'])
  })
})
