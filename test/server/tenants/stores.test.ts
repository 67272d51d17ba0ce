/** What providers keep for the whole account, where several have keys. */
import { gzipSync } from 'node:zlib'
import { describe, expect, test, vi } from 'vitest'
import type { Fetch } from '../../../src/router/fetch.ts'
import type { ConfigInput } from '../../../src/server/config/schema.ts'
import { gateway } from '../../../src/server/gateway.ts'
import { createMakers, idsInJson } from '../../../src/server/tenants/makers.ts'

type Key = Exclude<NonNullable<NonNullable<ConfigInput['server']>['keys']>[number], string>
const endpoints = {
  gpt: { protocol: 'openai', baseUrl: 'https://gpt.example/v1', apiKey: 'k' },
  claude: { protocol: 'claude', baseUrl: 'https://claude.example', apiKey: 'k' },
  google: { protocol: 'gemini', baseUrl: 'https://google.example', apiKey: 'k' },
} satisfies ConfigInput['endpoints']
const KEY = 'the-key-of-ann-is-long'
function open(ann: Partial<Key>, others: Key[]) {
  const keys = [{ name: 'ann', key: KEY, ...ann }, ...others]
  const app = gateway({ endpoints, server: { keys } }, { fetchFor: () => async () => Response.json({ ok: true }) })
  return async (method: string, path: string) =>
    (await app(`http://localhost${path}`, { method, headers: { authorization: `Bearer ${KEY}` } })).status
}
const bob = { name: 'bob', key: 'the-key-of-bob-is-long' }
const SHARED = [
  ['GET', '/v1/files'],
  ['GET', '/openai/files/'],
  ['DELETE', '/v1/files/file-1'],
  ['GET', '/v1/batches?limit=9'],
  ['GET', '/v1/messages/batches'],
  ['DELETE', '/v1/messages/batches/b'],
  ['DELETE', '/v1/conversations/c/items/i'],
  ['DELETE', '/v1/chat/completions/c'],
  ['GET', '/v1/vector_stores'],
  ['DELETE', '/v1/vector_stores/vs'],
  ['GET', '/v1beta/files'],
  ['DELETE', '/gemini/v1beta/cachedContents/c'],
] as const

test.each(SHARED)('%s %s is refused where it could be another’s', async (method, path) => {
  expect(await open({}, [bob])(method, path)).toBe(403)
  expect(await open({ requestsPerMinute: 9 }, [bob])(method, path)).toBe(403)
  expect(await open({ passOn: true }, [bob])(method, path)).toBe(200)
  expect(await open({}, [])(method, path)).toBe(200)
})

test('what somebody knows the id of is read', async () => {
  for (const path of ['/v1/files/file-1', '/v1/batches/b', '/v1/files/file-1/content']) expect(await open({}, [bob])('GET', path)).toBe(200)
})

describe('what another key is known to have made', () => {
  const KEYS = { ann: KEY, bob: 'the-key-of-bob-is-long', root: 'the-key-of-root-is-long' }
  const LONG_ID = `resp_${'0123456789abcdef'.repeat(3)}`
  const asked: string[] = []
  const provider: Fetch = async (input, init) => {
    const { method, url } = new Request(input, init)
    const { pathname } = new URL(url)
    asked.push(`${method} ${pathname}`)
    if (pathname.endsWith('/responses')) {
      const output = [{ type: 'message', id: 'msg_1', role: 'assistant', content: [{ type: 'output_text', text: 'ok' }] }]
      return Response.json({ id: 'resp_ann', object: 'response', status: 'completed', model: 'm', output })
    }
    if (pathname.includes('v1beta')) return Response.json({ file: { name: 'files/abc', uri: 'https://google.example/v1beta/files/abc' } })
    if (pathname.endsWith('/vs_old')) return Response.json({ id: 'vs_old' })
    if (pathname.endsWith('/vector_stores')) return Response.json({ id: 'vs_new', name: 'files/old' })
    if (pathname.endsWith('/edits')) return Response.json({ id: LONG_ID })
    return Response.json({ id: method === 'POST' ? 'file-ann1' : 'x', name: 'a name' })
  }
  function setUp() {
    const keys: Key[] = Object.entries(KEYS).map(([name, key]) => ({ name, key, ...(name === 'root' && { passOn: true }) }))
    const responses = { protocol: 'openai-responses', baseUrl: 'https://gpt.example/v1', apiKey: 'k' } as const
    const config = { endpoints: { responses, ...endpoints }, server: { keys } } satisfies ConfigInput
    const app = gateway(config, { fetchFor: () => provider })
    const ask = async (name: keyof typeof KEYS, method: string, path: string, body?: object) => {
      const headers = { authorization: `Bearer ${KEYS[name]}`, 'content-type': 'application/json' }
      const response = await app(`http://localhost${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) })
      return { status: response.status, text: await response.text() }
    }
    return { app, config, ask, status: async (...args: Parameters<typeof ask>) => (await ask(...args)).status }
  }

  test('is there for that key alone, which may also delete it', async () => {
    const { app, config, ask, status } = setUp()
    expect(await status('ann', 'POST', '/v1/files', { any: 1 })).toBe(200)
    app.use(config)
    asked.length = 0
    for (const path of ['/v1/files/file-ann1', '/openai/v1/files/file-ann1/content', '/v1/vector_stores/vs/files/file-ann1'])
      expect(await ask('bob', 'GET', path)).toMatchObject({
        status: 404,
        text: expect.stringContaining('another key of this server') as string,
      })
    expect(await status('bob', 'POST', '/v1/batches', { input_file_id: 'file-ann1', model: 'm' })).toBe(404)
    expect(await status('bob', 'DELETE', '/v1/files/file-ann1')).toBe(404)
    expect(asked).toEqual([])
    expect(await status('bob', 'GET', '/v1/files/file-of-long-ago')).toBe(200)
    expect(await status('root', 'GET', '/v1/files/file-ann1')).toBe(200)
    expect(await status('ann', 'GET', '/v1/files/file-ann1')).toBe(200)
    expect(await status('ann', 'DELETE', '/v1/files/file-ann1')).toBe(200)
  })

  test('goes into no question of others, however it is written', async () => {
    const { app, ask, status } = setUp()
    await status('ann', 'POST', '/v1/files', { any: 1 })
    await status('ann', 'POST', '/upload/v1beta/files', { any: 1 })
    asked.length = 0
    const content = (file: unknown) => [{ role: 'user', content: [{ type: 'file', file }] }]
    const of = (file: unknown) => ({ model: 'gpt/m', messages: content(file) })
    expect(await ask('bob', 'POST', '/v1/chat/completions', of({ file_id: 'file-ann1' }))).toMatchObject({ status: 404 })
    const headers = { authorization: `Bearer ${KEYS.bob}`, 'content-type': 'application/json' }
    const escaped = JSON.stringify(of({ file_id: 'file-ann1' })).replace('file-ann1', 'file-\\u0061nn1')
    const response = await app('http://localhost/v1/chat/completions', { method: 'POST', headers, body: escaped })
    expect(response.status).toBe(404)
    const google = { contents: [{ parts: [{ fileData: { fileUri: 'https://google.example/v1beta/files/abc' } }] }] }
    expect(await status('bob', 'POST', '/v1beta/models/m:generateContent', google)).toBe(404)
    expect(await status('bob', 'GET', '/v1beta/files/abc')).toBe(404)
    expect(asked).toEqual([])
    await status('bob', 'POST', '/v1/chat/completions', { model: 'gpt/m', messages: [{ role: 'user', content: 'file-ann1?' }] })
    expect(asked).toHaveLength(1)
  })

  test('goes into nothing else of others, however long, compressed or escaped its JSON is', async () => {
    const { app, status } = setUp()
    await status('ann', 'POST', '/v1/files', { any: 1 })
    await status('ann', 'POST', '/v1/images/edits', { any: 1 })
    asked.length = 0
    const send = async (body: string | Uint8Array<ArrayBuffer>, more: Record<string, string> = {}) => {
      const headers = {
        authorization: `Bearer ${KEYS.bob}`,
        'content-type': 'application/json',
        'content-length': String(body.length),
        ...more,
      }
      return (await app('http://localhost/v1/batches', { method: 'POST', headers, body })).status
    }
    const escaped = (id: string) => id.replaceAll(/./g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`)
    const body = JSON.stringify({ input_file_id: 'file-ann1' })
    expect(await send(`${body}${' '.repeat(1024 * 1024)}`)).toBe(404)
    expect(await send(gzipSync(body), { 'content-encoding': 'gzip' })).toBe(404)
    expect(await send(`{"input_file_id":"${escaped(LONG_ID)}"}`)).toBe(404)
    expect(asked).toEqual([])
  })

  test('stays the key’s that made it, where another one only names it', async () => {
    const { status } = setUp()
    expect(await status('bob', 'POST', '/v1/vector_stores/vs_old', {})).toBe(200)
    expect(await status('bob', 'DELETE', '/v1/vector_stores/vs_old')).toBe(403)
    expect(await status('ann', 'GET', '/v1/vector_stores/vs_old')).toBe(200)
    expect(await status('bob', 'POST', '/v1/vector_stores/vs_old/files', { file_id: 'file-ann1' })).toBe(200)
    expect(await status('bob', 'DELETE', '/v1/files/file-ann1')).toBe(403)
    expect(await status('bob', 'POST', '/v1/vector_stores', { name: 'files/old' })).toBe(200)
    expect(await status('bob', 'DELETE', '/v1beta/files/old')).toBe(403)
    await status('ann', 'POST', '/upload/v1beta/files', { any: 1 })
    expect(await status('root', 'POST', '/v1beta/files/abc', {})).toBe(200)
    expect(await status('ann', 'DELETE', '/v1beta/files/abc')).toBe(200)
  })

  test('is no conversation that others can go on with', async () => {
    const { ask, status } = setUp()
    const first = { model: 'responses/m', input: 'I am Ann.' }
    expect(await status('ann', 'POST', '/v1/responses', first)).toBe(200)
    asked.length = 0
    const next = { model: 'responses/m', input: 'Who am I?', previous_response_id: 'resp_ann' }
    expect(await ask('bob', 'POST', '/v1/responses', next)).toMatchObject({ status: 404 })
    expect(asked).toEqual([])
    expect(await status('ann', 'POST', '/v1/responses', next)).toBe(200)
  })
})

test('what is passed on is the same to the byte', async () => {
  const lengths: [told: string | null, sent: number][] = []
  const provider: Fetch = async (input, init) => {
    const request = new Request(input, init)
    lengths.push([request.headers.get('content-length'), (await request.arrayBuffer()).byteLength])
    return Response.json({ id: 'made' })
  }
  const app = gateway({ endpoints, server: { keys: [{ name: 'ann', key: KEY }, bob] } }, { fetchFor: () => provider })
  const body = new TextEncoder().encode('\uFEFF{}')
  const headers = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json', 'content-length': String(body.length) }
  // What is known to have been made has the next body looked through.
  for (let i = 0; i < 2; i++) await (await app('http://localhost/v1/embeddings', { method: 'POST', headers, body })).text()
  expect(lengths).toEqual([
    ['5', 5],
    ['5', 5],
  ])
})

test('a text is read only where one of the ids may be in it', () => {
  const makers = createMakers(2)
  makers.note('file-1', 'ann')
  const mayBe = (text: string) => makers.mayBeIn(JSON.stringify({ text }))
  expect([mayBe('hello'), mayBe('file-2'), mayBe('\u0001')]).toEqual([false, true, true])
  for (let i = 0; i < 20; i++) makers.note(`${i}-of-no-kind`, 'ann')
  expect([mayBe('hello'), makers.of('file-1'), makers.of('19-of-no-kind')]).toEqual([true, undefined, 'ann'])
})

test('JSON within JSON, of which tool calls are full, is not parsed to find ids', () => {
  const parse = vi.spyOn(JSON, 'parse')
  const call = JSON.stringify({ file_path: 'src/a.ts', modes: ['read', 'write'] })
  const found = [...idsInJson(JSON.stringify({ arguments: call, deeper: JSON.stringify(call), id: 'file-1' }))]
  expect(parse).not.toHaveBeenCalled()
  parse.mockRestore()
  expect(found).toContain('file-1')
  expect([...idsInJson(String.raw`["files\/a\u0062c"]`)]).toContain('files/abc')
})

test('an address tells of a file by its end, and a path of this machine does not', () => {
  const found = [...idsInJson(JSON.stringify(['https://google.example/v1beta/files/abc', '/home/ann/files/readme']))]
  expect(found).toContain('files/abc')
  expect(found).not.toContain('files/readme')
})
