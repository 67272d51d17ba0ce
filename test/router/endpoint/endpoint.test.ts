import { describe, expect, it } from 'vitest'
import type { ProtocolName } from '../../../src/core/chat.ts'
import { endpoint, type EndpointOptions } from '../../../src/router/endpoint/endpoint.ts'
import { outcomeOf } from '../../../src/router/outcome.ts'
import { cutStream, readEvents } from '../../../src/testing/index.ts'
import { fixtures, MODEL, PROTOCOLS } from '../../fixtures/index.ts'

type Call = { url: string; headers: Headers; body: Record<string, unknown>; init: RequestInit }

const PATH: Record<ProtocolName, string> = {
  claude: '/v1/messages',
  openai: '/v1/chat/completions',
  'openai-responses': '/v1/responses',
  gemini: '/v1beta/models/client-model:generateContent',
}

/** An endpoint whose upstream answers as told, one answer a call; and what the upstream was asked. */
function setUp(protocol: ProtocolName, answers: (Response | Error)[], options: Partial<EndpointOptions> = {}) {
  const calls: Call[] = []
  const app = endpoint({
    name: 'up',
    protocol,
    baseUrl: 'https://upstream.test',
    apiKey: 'upstream-key',
    model: MODEL[protocol],
    ...options,
    fetch: async (input, init = {}) => {
      const text = typeof init.body === 'string' ? init.body : new TextDecoder().decode(init.body as Uint8Array)
      calls.push({ url: String(input), headers: new Headers(init.headers), body: JSON.parse(text) as Call['body'], init })
      const answer = answers[Math.min(calls.length, answers.length) - 1]!
      if (answer instanceof Error) throw answer
      return answer
    },
  })
  const ask = (client: ProtocolName, body: Record<string, unknown>, headers: Record<string, string> = {}) =>
    app(`http://client.test${PATH[client]}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    })
  return { app, ask, calls }
}

const json = (body: unknown, status = 200, headers: Record<string, string> = {}) => Response.json(body, { status, headers })
const sse = (text: string, size = 50) => new Response(cutStream(text, size), { headers: { 'content-type': 'text/event-stream' } })
const { requests: claude, replies: claudeReplies } = fixtures.claude

describe('endpoint', () => {
  it.each(PROTOCOLS.flatMap((client) => PROTOCOLS.map((upstream) => [client, upstream] as const)))(
    'answers a client of %s with an upstream of %s',
    async (client, upstream) => {
      const { ask, calls } = setUp(upstream, [json(fixtures[upstream].replies.text)])
      const response = await ask(client, fixtures[client].requests.plain!)
      expect(response.status).toBe(200)
      expect(await response.text()).toContain('Hello ü€𝄞.')
      expect(calls[0]!.url).toMatch(/^https:\/\/upstream\.test\//)
    },
  )

  it('passes the bytes of the same protocol untouched, but for the model', async () => {
    const odd = { ...claude.plain, model: 'client-model', something_new: { a: [1] } }
    const { ask, calls } = setUp('claude', [json({ ...claudeReplies.text, new_field: 1 })])
    const response = await ask('claude', odd)
    expect(calls[0]!.body).toEqual({ ...odd, model: MODEL.claude })
    expect(await response.json()).toEqual({ ...claudeReplies.text, new_field: 1 })
  })

  it("sends the configured key to the configured origin, and a client's key nowhere", async () => {
    const { ask, calls } = setUp('claude', [json(claudeReplies.text)])
    await ask('claude', claude.plain!, {
      'x-api-key': 'client-key',
      authorization: 'Bearer client-key',
      cookie: 'client-key',
      'anthropic-beta': 'some-beta',
      'x-private': 'p',
    })
    expect(calls[0]!.headers.get('x-api-key')).toBe('upstream-key')
    expect(JSON.stringify([...calls[0]!.headers])).not.toContain('client-key')
    expect(calls[0]!.headers.get('anthropic-beta')).toBe('some-beta')
    expect(calls[0]!.headers.has('x-private')).toBe(false)
    expect(calls[0]!.init.redirect).toBe('manual')
  })

  it('does not follow a redirect', async () => {
    const { ask } = setUp('openai', [new Response(null, { status: 307, headers: { location: 'https://elsewhere.test' } })])
    const response = await ask('claude', claude.plain!)
    expect(response.status).toBe(502)
    expect(await response.text()).toContain('put the final URL into baseUrl')
  })

  it('says where a connection failed, and why', async () => {
    const { ask } = setUp('openai', [
      new TypeError('fetch failed', { cause: Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }) }),
    ])
    const response = await ask('claude', claude.plain!)
    expect(response.status).toBe(502)
    expect(await response.json()).toMatchObject({
      type: 'error',
      error: { message: expect.stringMatching(/endpoint "up": no answer from https:\/\/upstream.test: connect ECONNREFUSED/) as string },
    })
    expect(outcomeOf(response)).toMatchObject({ endpoint: 'up', failure: { kind: 'network' } })
  })

  it("gives an error at the beginning of a stream the upstream's status", async () => {
    const { ask } = setUp('claude', [
      sse('event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}\n\n'),
    ])
    const response = await ask('openai', { ...fixtures.openai.requests.plain, stream: true })
    expect(response.status).toBe(503)
    expect(await response.text()).toContain('Overloaded')
  })

  it('streams, and tells how it ended', async () => {
    const { ask } = setUp('openai', [sse(fixtures.openai.streamOfReply(fixtures.openai.replies.text!), 7)])
    const response = await ask('claude', { ...claude.plain, stream: true })
    expect(response.headers.get('content-type')).toContain('text/event-stream')
    const events = await readEvents(response)
    expect(events.at(-1)).toMatchObject({ event: 'message_stop' })
    expect(await outcomeOf(response)?.ended).toMatchObject({ how: 'complete', usage: { input: 12, cacheRead: 100, output: 7 } })
  })

  it('reads a whole answer where it asked for a stream, and a stream where it asked for a whole answer', async () => {
    const whole = setUp('openai', [json(fixtures.openai.replies.text)])
    expect((await readEvents(await whole.ask('claude', { ...claude.plain, stream: true }))).at(-1)).toMatchObject({ event: 'message_stop' })
    const streamed = setUp('openai', [sse(fixtures.openai.streamOfReply(fixtures.openai.replies.text!))])
    expect(await (await streamed.ask('claude', claude.plain!)).json()).toMatchObject({ content: [{ type: 'text', text: 'Hello ü€𝄞.' }] })
  })

  it.each(['claude', 'openai', 'openai-responses'] as const)('does so where both sides speak %s, too', async (protocol) => {
    const { replies, requests, streamOfReply } = fixtures[protocol]
    const ofWhole = setUp(protocol, [json(replies.text)])
    const stream = await ofWhole.ask(protocol, { ...requests.plain, stream: true, a_field_of_tomorrow: 1 })
    expect(stream.headers.get('content-type')).toContain('text/event-stream')
    expect(stream.headers.has('x-cc-route-notices')).toBe(false)
    expect(ofWhole.calls[0]!.body).toMatchObject({ a_field_of_tomorrow: 1 })
    const events = await readEvents(stream)
    expect(events.map(({ data }) => JSON.stringify(data)).join('')).toContain('Hello ü€𝄞.')
    expect(await outcomeOf(stream)?.ended).toMatchObject({ how: 'complete', usage: { output: expect.any(Number) as number } })

    const whole = await setUp(protocol, [sse(streamOfReply(replies.text!))]).ask(protocol, requests.plain!)
    expect(whole.headers.get('content-type')).toBe('application/json')
    expect(JSON.stringify(await whole.json())).toContain('Hello ü€𝄞.')
    expect(await outcomeOf(whole)?.ended).toMatchObject({ how: 'complete', usage: { output: expect.any(Number) as number } })
  })

  it('tells an error that came whole in the place of a stream with its status', async () => {
    const { ask } = setUp('openai', [json({ error: { message: 'quota exceeded', code: 429 } })])
    const response = await ask('openai', { ...fixtures.openai.requests.plain, stream: true })
    expect(response.status).toBe(429)
    expect(await response.json()).toMatchObject({ error: { message: 'quota exceeded' } })
  })

  it('counts tokens without asking anybody', async () => {
    const { app, calls } = setUp('openai', [])
    const response = await app('http://client.test/v1/messages/count_tokens', { method: 'POST', body: JSON.stringify(claude.agent) })
    const { input_tokens } = (await response.json()) as { input_tokens: number }
    expect(input_tokens).toBeGreaterThan(50)
    expect(calls).toEqual([])
  })

  it('passes request ids and rate limits on, in the headers of the client', async () => {
    const { ask } = setUp('openai', [
      json(fixtures.openai.replies.text, 200, { 'x-request-id': 'req_1', 'x-ratelimit-remaining-requests': '9' }),
    ])
    const { headers } = await ask('claude', claude.plain!)
    expect([headers.get('request-id'), headers.get('anthropic-ratelimit-requests-remaining')]).toEqual(['req_1', '9'])
  })

  it('tells how much was not kept, and what, to a client that asks', async () => {
    const { ask } = setUp('gemini', [json(fixtures.gemini.replies.text), json(fixtures.gemini.replies.text)])
    const body = { ...claude.plain, context_management: { edits: [] }, metadata: { user_id: 'ü' } }
    expect((await ask('claude', body)).headers.get('x-cc-route-notices')).toMatch(/^\d+; worst=dropped$/)
    const list = JSON.parse((await ask('claude', body, { 'x-cc-route-notices': 'list' })).headers.get('x-cc-route-notices')!) as {
      path: string
    }[]
    expect(list.map((notice) => notice.path)).toContain('/metadata/user_id')
  })

  it('refuses losses where it is strict', async () => {
    const { ask, calls } = setUp('gemini', [], { strict: true })
    const response = await ask('claude', { ...claude.plain, mcp_servers: [{ type: 'url', url: 'https://mcp.example.com', name: 'm' }] })
    expect([response.status, await response.text()]).toEqual([400, expect.stringContaining('mcp_servers')])
    expect(calls).toEqual([])
  })

  it('stops asking when the client goes', async () => {
    const abort = new AbortController()
    const app = endpoint({
      protocol: 'openai',
      baseUrl: 'https://upstream.test',
      fetch: (_, init) =>
        new Promise((_resolve, reject) => init!.signal!.addEventListener('abort', () => reject(init!.signal!.reason as Error))),
    })
    const answer = app('http://client.test/v1/messages', { method: 'POST', body: JSON.stringify(claude.plain), signal: abort.signal })
    await new Promise((resolve) => setTimeout(resolve))
    abort.abort()
    await expect(answer).rejects.toThrow(/abort/i)
  })

  it('says what is wrong with its options', () => {
    expect(() => endpoint({ protocol: 'other' as 'claude', baseUrl: 'https://x.test' })).toThrow(/unknown protocol "other"/)
    expect(() => endpoint({ protocol: 'claude', baseUrl: 'x.test' })).toThrow(/is no URL/)
    expect(() => endpoint({ protocol: 'openai', baseUrl: 'https://x.test', dialect: 'nobody' })).toThrow(/nobody/)
  })
})

describe('reasoning that a provider refuses (Responses hard case 23)', () => {
  const REFUSALS: Record<ProtocolName, unknown> = {
    claude: {
      type: 'error',
      error: { type: 'invalid_request_error', message: 'messages.1.content.0: Invalid `signature` in `thinking` block' },
    },
    openai: { error: { message: 'Invalid thought signature.', type: 'invalid_request_error', code: null, param: null } },
    'openai-responses': {
      error: {
        message: 'The encrypted content gAAA... could not be verified.',
        type: 'invalid_request_error',
        code: 'invalid_encrypted_content',
        param: null,
      },
    },
    gemini: { error: { code: 400, message: 'Corrupted thought signature.', status: 'INVALID_ARGUMENT' } },
  }
  it.each(PROTOCOLS)('is left out in a second try with an upstream of %s, with a notice', async (upstream) => {
    const { ask, calls } = setUp(upstream, [json(REFUSALS[upstream], 400), json(fixtures[upstream].replies.text)])
    const response = await ask('claude', claude.agent!, { 'x-cc-route-notices': 'list' })
    expect(response.status).toBe(200)
    expect(calls).toHaveLength(2)
    expect(JSON.stringify(calls[1]!.body)).not.toContain('EqoBCkYIBxgC')
    expect(response.headers.get('x-cc-route-notices')).toContain('refused')
  })
  it('is asked for once more only', async () => {
    const { ask, calls } = setUp('claude', [json(REFUSALS.claude, 400), json(REFUSALS.claude, 400)])
    expect((await ask('claude', claude.agent!)).status).toBe(400)
    expect(calls).toHaveLength(2)
  })
  it('is no reason to ask again where the caller erred otherwise', async () => {
    const { ask, calls } = setUp('claude', [
      json({ type: 'error', error: { type: 'invalid_request_error', message: 'max_tokens: Field required' } }, 400),
    ])
    expect((await ask('claude', claude.agent!)).status).toBe(400)
    expect(calls).toHaveLength(1)
  })
})

describe('what keeps caches warm', () => {
  it('marks a conversation for Claude where the client makes no marks', async () => {
    const { ask, calls } = setUp('claude', [json(claudeReplies.text), json(claudeReplies.text)])
    await ask('openai', fixtures.openai.requests.agent!)
    expect(JSON.stringify(calls[0]!.body).match(/"cache_control"/g)).toHaveLength(2)
    await ask('openai', fixtures.openai.requests.plain!)
    expect(JSON.stringify(calls[1]!.body)).not.toContain('cache_control')
  })
  it("gives OpenAI the client's session as a key", async () => {
    const { ask, calls } = setUp('openai', [json(fixtures.openai.replies.text)], { baseUrl: 'https://api.openai.com/v1' })
    await ask('claude', claude.agent!)
    expect(calls[0]!.body.prompt_cache_key).toBe('s')
  })
})

describe('a break amid an answer that passes untouched', () => {
  const answering = (chunks: string[]) => {
    const left = [...chunks]
    const body = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          const chunk = left.shift()
          if (chunk === undefined) controller.error(new Error('the connection broke'))
          else controller.enqueue(new TextEncoder().encode(chunk))
        },
      },
      { highWaterMark: 0 },
    )
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
  }
  const ask = async (chunks: string[]) => {
    const app = endpoint({ protocol: 'gemini', baseUrl: 'https://upstream.test', fetch: () => Promise.resolve(answering(chunks)) })
    return app('http://client.test/v1beta/models/gemini-3-pro:streamGenerateContent?alt=sse', {
      method: 'POST',
      body: JSON.stringify({ contents: [{ role: 'user', parts: [{ text: 'Hi' }] }] }),
    })
  }
  const chunk = `data: ${JSON.stringify({ candidates: [{ content: { role: 'model', parts: [{ text: 'Hello' }] }, index: 0 }] })}\r\n\r\n`

  it('is told to a Gemini client in a way that it does not show the same words twice', async () => {
    const text = await (await ask([chunk])).text()
    expect(text).toContain('Hello')
    expect(text).toContain('"code":409')
  })
  it('is an error with a status of its own where nothing has been said', async () => {
    expect((await ask([])).status).toBe(502)
  })

  it.each(PROTOCOLS.flatMap((client) => ['null', '"hello"', '[]'].map((text) => [client, text] as const)))(
    'takes nothing for an answer of %s to its own client that is no object: %s',
    async (client, text) => {
      const { ask } = setUp(client, [new Response(text, { headers: { 'content-type': 'application/json' } })])
      const response = await ask(client, fixtures[client].requests.minimal ?? Object.values(fixtures[client].requests)[0]!)
      expect(response.status).toBe(502)
      expect(await response.text()).toContain('no JSON object')
      expect(outcomeOf(response)?.failure?.kind).toBe('bad-response')
    },
  )
})
