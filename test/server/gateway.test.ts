import { describe, expect, test } from 'vitest'
import { endpoint } from '../../src/router/endpoint/endpoint.ts'
import type { Fetch } from '../../src/router/fetch.ts'
import { memoryStore } from '../../src/router/sessions/memory-store.ts'
import { createGateway } from '../../src/server/gateway.ts'
import { version } from '../../src/server/version.ts'
import manifest from '../../package.json'
import { clients } from './clients.ts'

const models = [
  { id: 'gpt-5.4', title: 'GPT 5.4', owner: 'openai', contextWindow: 400_000, alias: 'anthropic/gpt-5.4' },
  { id: 'router/deep/seek' },
  { id: 'llama3:8b' },
]
/** What an entry of Codex's catalogue cannot do without. */
const CODEX_DEMANDS = [
  'slug', 'display_name', 'description', 'base_instructions', 'supported_reasoning_levels', 'shell_type', 'visibility', 'supported_in_api', 'priority',
  'availability_nux', 'upgrade', 'support_verbosity', 'default_verbosity', 'apply_patch_tool_type', 'truncation_policy', 'experimental_supported_tools',
] // prettier-ignore
const seen: string[] = []
const gateway = createGateway({
  models,
  maxBodyBytes: 100,
  async app(input) {
    const request = input as Request
    seen.push(`${request.method} ${new URL(request.url).pathname}`)
    if (request.headers.has('x-throw')) throw new Error('out of luck')
    return Response.json({ got: await request.text() })
  },
})
const origin = 'http://127.0.0.1:3456'
const call = (path: string, init?: RequestInit) => gateway(origin + path, init)
const json = async (path: string, init?: RequestInit): Promise<unknown> => (await call(path, init)).json()

test('the version is the manifest’s', () => expect(version).toBe(manifest.version))

describe('small routes', () => {
  test('GET / says what this is and how to use it', async () => {
    const response = await call('/')
    expect(response.headers.get('content-type')).toMatch(/^text\/plain/)
    expect(await response.text()).toContain(`export ANTHROPIC_BASE_URL=${origin}`)
  })

  test.each(['/', '/api/hello', '/health'])('HEAD %s has no body', async (path) => {
    const response = await call(path, { method: 'HEAD' })
    expect(response.status).toBe(200)
    expect(await response.text()).toBe('')
  })

  test('GET /api/hello is empty', async () => expect(await (await call('/api/hello')).text()).toBe(''))

  test('GET /health', async () => expect(await json('/health')).toEqual({ status: 'ok', name: 'cc-route', version }))

  test('the app sees none of them', () => expect(seen).toEqual([]))
})

describe('the list of models', () => {
  test('as OpenAI has it', async () => {
    expect(await json('/v1/models')).toEqual({
      object: 'list',
      data: [
        { id: 'gpt-5.4', object: 'model', created: 0, owned_by: 'openai' },
        { id: 'router/deep/seek', object: 'model', created: 0, owned_by: 'cc-route' },
        { id: 'llama3:8b', object: 'model', created: 0, owned_by: 'cc-route' },
      ],
    })
    expect(await json('/v1/models/gpt-5.4')).toMatchObject({ id: 'gpt-5.4', object: 'model' })
  })

  test('as Anthropic has it, in pages', async () => {
    const headers = { 'anthropic-version': '2023-06-01' }
    expect(await json('/v1/models?limit=2', { headers })).toEqual({
      data: [
        { type: 'model', id: 'gpt-5.4', display_name: 'GPT 5.4', created_at: '1970-01-01T00:00:00Z' },
        { type: 'model', id: 'router/deep/seek', display_name: 'router/deep/seek', created_at: '1970-01-01T00:00:00Z' },
      ],
      has_more: true,
      first_id: 'gpt-5.4',
      last_id: 'router/deep/seek',
    })
    expect(await json('/v1/models?after_id=router/deep/seek', { headers })).toMatchObject({ data: [{ id: 'llama3:8b' }], has_more: false })
    expect(await json('/v1/models?before_id=llama3:8b&limit=1', { headers })).toMatchObject({
      data: [{ id: 'router/deep/seek' }],
      has_more: true,
    })
    expect(await json('/v1/models/gpt-5.4', { headers: { 'x-api-key': 'k' } })).toMatchObject({ type: 'model', id: 'gpt-5.4' })
  })

  test.each(['/v1beta/models', '/v1/models?key=k'])('as Gemini has it at %s', async (path) => {
    expect(await json(path)).toMatchObject({ models: [{ name: 'models/gpt-5.4', displayName: 'GPT 5.4' }, {}, {}] })
  })

  test('as Gemini has it, in pages', async () => {
    const first = (await json('/v1beta/models?pageSize=2')) as { models: unknown[]; nextPageToken: string }
    expect(first.models).toHaveLength(2)
    expect(await json(`/v1beta/models?pageSize=2&pageToken=${first.nextPageToken}`)).toMatchObject({
      models: [{ name: 'models/llama3:8b' }],
    })
    expect(await json('/v1beta/models/gpt-5.4')).toMatchObject({ name: 'models/gpt-5.4' })
  })

  test.each([
    ['/v1/models?client_version=0.169.0', {}],
    ['/v1/models', { originator: 'codex_exec' }],
    ['/v1/models', { 'user-agent': 'codex_cli_rs/0.169.0 (Debian)' }],
  ])('as Codex has it at %s, %o', async (path, headers: Record<string, string>) => {
    const list = (await json(path, { headers })) as { models: object[] }
    expect(list).toMatchObject({
      object: 'list',
      data: [{ id: 'gpt-5.4' }, {}, {}],
      models: [{ slug: 'gpt-5.4', context_window: 400_000 }, {}, {}],
    })
    for (const model of list.models) for (const field of CODEX_DEMANDS) expect(model).toHaveProperty(field)
  })

  test('as Claude Code has it: with ids that it shows', async () => {
    const headers = { 'user-agent': 'claude-code/2.1.329' }
    const list = (await json('/v1/models?limit=1000', { headers })) as { data: { id: string; display_name: string }[] }
    expect(list.data.map(({ id }) => id)).toEqual(['gpt-5.4', 'anthropic/gpt-5.4', 'router/deep/seek', 'llama3:8b'])
    expect(list.data[1]!.display_name).toBe('GPT 5.4')
    expect(await json('/v1/models/anthropic/gpt-5.4', { headers })).toMatchObject({ type: 'model', id: 'anthropic/gpt-5.4' })
  })

  test.each(['router/deep/seek', 'router%2Fdeep%2Fseek', 'llama3:8b'])('ids with slashes and colons: %s', async (id) => {
    expect(await json(`/v1/models/${id}`)).toMatchObject({ id: decodeURIComponent(id) })
  })

  test('an unknown one is not found, in the client’s format', async () => {
    const response = await call('/v1/models/nope', { headers: { 'anthropic-version': '2023-06-01' } })
    expect(response.status).toBe(404)
    expect(await response.json()).toMatchObject({ type: 'error', error: { type: 'not_found_error' } })
  })

  test('without a list of its own the app is asked', async () => {
    const plain = createGateway({ app: async () => new Response('the app’s') })
    expect(await (await plain(`${origin}/v1/models`)).text()).toBe('the app’s')
  })
})

describe('sessions', () => {
  const app: Fetch = async (input) =>
    (input as Request).method === 'POST'
      ? Response.json({ id: 'resp_1', object: 'response', status: 'completed', output: [] })
      : new Response('the app’s', { status: 404 })
  const ask = async (gateway: Fetch) =>
    (
      await gateway(`${origin}/v1/responses`, { method: 'POST', body: '{"input":"Hi"}', headers: { 'content-type': 'application/json' } })
    ).json()

  test('are kept', async () => {
    const plain = createGateway({ app })
    await ask(plain)
    expect(await (await plain(`${origin}/v1/responses/resp_1`)).json()).toMatchObject({ id: 'resp_1' })
    expect((await plain(`${origin}/v1/responses/resp_1`, { method: 'DELETE' })).status).toBe(200)
  })

  test('are kept where they should be', async () => {
    const store = memoryStore()
    await ask(createGateway({ app, sessions: { store, owner: () => 'me' } }))
    expect(await store.get('me', 'resp_1')).toBeDefined()
  })

  test('are not kept', async () => {
    const plain = createGateway({ app, sessions: false })
    await ask(plain)
    expect((await plain(`${origin}/v1/responses/resp_1`)).status).toBe(404)
  })

  test('that are unknown are a 404 in OpenAI’s format', async () => {
    const plain = createGateway({ app: endpoint({ protocol: 'claude', baseUrl: 'https://provider.example' }) })
    for (const method of ['GET', 'DELETE']) {
      const response = await plain(`${origin}/v1/responses/resp_gone`, { method })
      expect(response.status).toBe(404)
      expect(await response.json()).toEqual({
        error: { message: "Response with id 'resp_gone' not found.", type: 'invalid_request_error', param: null, code: null },
      })
    }
  })
})

describe.each(clients)('errors as a client of $protocol understands them', ({ path, headers, body, errorOf }) => {
  const ask = (init: RequestInit & { path?: string } = {}) =>
    call(init.path ?? path, {
      method: 'POST',
      body: JSON.stringify(body),
      ...init,
      headers: { 'content-type': 'application/json', ...headers, ...(init.headers as object) },
    })

  test('what the app throws is a 500', async () => {
    const response = await ask({ headers: { 'x-throw': '1' }, body: '{}' })
    expect(response.status).toBe(500)
    expect(errorOf(await response.json())).toContain('out of luck')
  })

  test('a wrong method is a 405 that names the right one', async () => {
    const response = await call(path, { method: 'PUT', headers })
    expect(response.status).toBe(405)
    expect(response.headers.get('allow')).toBe('POST')
    expect(errorOf(await response.json())).toContain('PUT')
  })

  test('an unknown path is a 404', async () => {
    const response = await call('/nope', { headers })
    expect(response.status).toBe(404)
    expect(errorOf(await response.json())).toContain('/nope')
  })

  test('a body over the limit is a 413, whether its length is declared or not', async () => {
    const large = 'x'.repeat(101)
    const declared = await ask({ body: large, headers: { 'content-length': '101' } })
    expect(declared.status).toBe(413)
    expect(errorOf(await declared.json())).toContain('100 bytes')
    const streamed = await ask({ body: new Blob([large]).stream(), duplex: 'half' } as RequestInit)
    expect(streamed.status).toBe(413)
    expect(errorOf(await streamed.json())).toContain('100 bytes')
    const largest = `{"x":"${'x'.repeat(92)}"}`
    expect(await (await ask({ body: largest })).json()).toEqual({ got: largest })
  })

  test('web pages of elsewhere are refused', async () => {
    const response = await ask({ headers: { origin: 'https://evil.example' } })
    expect(response.status).toBe(403)
    expect(errorOf(await response.json())).toContain('evil.example')
  })
})

test('no page is told that it may read an answer', async () => {
  const response = await call('/v1/messages', {
    method: 'OPTIONS',
    headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' },
  })
  expect(response.status).toBe(403)
  expect([...response.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([])
})

test('a client that went away is no failure of the app', async () => {
  const gone = createGateway({ app: () => Promise.reject(new Error('aborted')) })
  const response = await gone(
    new Request(`${origin}/v1/messages`, {
      method: 'POST',
      body: '{}',
      headers: { 'content-type': 'application/json' },
      signal: AbortSignal.abort(),
    }),
  )
  expect(response.status).toBe(499)
})
