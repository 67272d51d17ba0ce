/** What providers keep for the whole account, where several have keys. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { gzipSync } from 'node:zlib'
import { describe, expect, test, vi } from 'vitest'
import type { Fetch } from '../../../src/router/fetch.ts'
import type { ConfigInput } from '../../../src/server/config/schema.ts'
import { gateway } from '../../../src/server/gateway.ts'
import { idsInJson } from '../../../src/server/tenants/ids.ts'
import { createMakers } from '../../../src/server/tenants/makers.ts'

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
    expect(await send(body, { 'content-encoding': 'identity' })).toBe(404)
    const in16Bits = new Uint8Array(body.length * 2)
    for (let index = 0; index < body.length; index++) in16Bits[index * 2] = body.charCodeAt(index)
    expect(await send(in16Bits)).toBe(400)
    expect(asked).toEqual([])
  })

  test('goes into no body of others that is not said to be JSON, and no query', async () => {
    const { app, status } = setUp()
    await status('ann', 'POST', '/v1/files', { any: 1 })
    await status('ann', 'POST', '/v1/images/edits', { any: 1 })
    asked.length = 0
    /** In pieces of 100 bytes. */
    const send = async (type: string, text: string) => {
      let rest = new TextEncoder().encode(text)
      const body = new ReadableStream<Uint8Array>({
        pull(controller) {
          if (!rest.length) return controller.close()
          controller.enqueue(rest.slice(0, 100))
          rest = rest.slice(100)
        },
      })
      const headers = { authorization: `Bearer ${KEYS.bob}`, 'content-type': type, 'content-length': String(rest.length) }
      return (await app('http://localhost/v1/files', { method: 'POST', headers, body, duplex: 'half' } as RequestInit)).status
    }
    const form = (part: string) => `--x\r\ncontent-disposition: form-data; name="a"\r\n\r\n${part}`
    const escaped = LONG_ID.replaceAll(/./g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`)
    for (const id of ['file-ann1', LONG_ID, escaped]) {
      expect(await send('text/json', JSON.stringify({ file_id: id }).replaceAll('\\\\', '\\'))).toBe(404)
      expect(await send('multipart/form-data; boundary=x', `${form(`{"body":{"file_id":"${id}"}}\n`)}\r\n--x--\r\n`)).toBe(404)
    }
    expect(await send('multipart/form-data; boundary=x', form('file-ann1'))).toBe(404)
    expect(await status('bob', 'POST', '/v1/videos?file_id=file-ann1', { any: 1 })).toBe(404)
    expect(asked).toEqual([])
    expect(await send('multipart/form-data; boundary=x', form('file-bob1'))).toBe(200)
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

describe('what a generation has made', () => {
  const KEYS = { ann: KEY, bob: bob.key }
  const bytesOf = (text: string) => new TextEncoder().encode(text)
  /** `answer` in pieces of as many bytes. */
  function setUp(answer: string, type: string, piece = 7) {
    const asked: string[] = []
    const provider: Fetch = async (input, init) => {
      const request = new Request(input, init)
      asked.push(`${request.method} ${new URL(request.url).pathname}`)
      if (request.method !== 'POST' || request.headers.get('content-type')!.startsWith('multipart/')) {
        await request.arrayBuffer()
        return Response.json({ id: 'made-of-a-form' })
      }
      let rest = bytesOf(answer)
      const body = new ReadableStream<Uint8Array>({
        pull(controller) {
          if (!rest.length) return controller.close()
          controller.enqueue(rest.slice(0, piece))
          rest = rest.slice(piece)
        },
      })
      return new Response(body, { headers: { 'content-type': type } })
    }
    const responses = { protocol: 'openai-responses', baseUrl: 'https://gpt.example/v1', apiKey: 'k' } as const
    const keys = Object.entries(KEYS).map(([name, key]) => ({ name, key }))
    const app = gateway({ endpoints: { responses, ...endpoints }, server: { keys } }, { fetchFor: () => provider })
    const send = async (
      name: keyof typeof KEYS,
      path: string,
      init: Omit<RequestInit, 'headers'> & { headers?: Record<string, string> },
    ) => {
      const headers = { authorization: `Bearer ${KEYS[name]}`, ...init.headers }
      const response = await app(`http://localhost${path}`, { ...init, headers })
      await response.text()
      return response.status
    }
    const ask = (name: keyof typeof KEYS, path: string, body: object) =>
      send(name, path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
    return { asked, send, ask }
  }
  const messages = [{ role: 'user', content: 'Hi' }]
  const chunk = (content: string) =>
    `data: ${JSON.stringify({ id: 'chatcmpl-ann', object: 'chat.completion.chunk', model: 'm', choices: [{ index: 0, delta: { content }, finish_reason: null }] })}\n\n`
  const WHOLE = {
    id: 'chatcmpl-ann',
    object: 'chat.completion',
    model: 'm',
    choices: [{ index: 0, message: { role: 'assistant', content: '{"container_id":"said"}' }, finish_reason: 'stop' }],
  }

  test.each([
    ['streamed', `${chunk('Hel')}${chunk('lo')}data: [DONE]\n\n`, 'text/event-stream'],
    ['whole', JSON.stringify(WHOLE), 'application/json'],
    ['whole, in lines', JSON.stringify(WHOLE, null, 2), 'application/json'],
  ])('a stored chat completion, %s', async (_, answer, type) => {
    const { asked, send, ask } = setUp(answer, type)
    const stream = type === 'text/event-stream'
    expect(await ask('ann', '/v1/chat/completions', { model: 'gpt/m', messages, store: true, stream })).toBe(200)
    asked.length = 0
    expect(await send('bob', '/v1/chat/completions/chatcmpl-ann', {})).toBe(404)
    expect(await send('bob', '/v1/chat/completions/chatcmpl-ann', { method: 'DELETE' })).toBe(404)
    expect(asked).toEqual([])
    expect(await send('ann', '/v1/chat/completions/chatcmpl-ann', { method: 'DELETE' })).toBe(200)
    // What the model says makes nothing.
    expect(await send('bob', '/v1/containers/said', {})).toBe(200)
  })

  test('nothing, where nothing is to be stored', async () => {
    const { send, ask } = setUp(JSON.stringify(WHOLE), 'application/json')
    await ask('ann', '/v1/chat/completions', { model: 'gpt/m', messages })
    expect(await send('bob', '/v1/chat/completions/chatcmpl-ann', {})).toBe(200)
  })

  test('containers, and what runs in them', async () => {
    const call = { type: 'code_interpreter_call', id: 'ci_1', status: 'completed', code: '1', container_id: 'cntr_ann', outputs: null }
    const response = { id: 'resp_ann', object: 'response', status: 'completed', model: 'm', output: [call] }
    const { send, ask } = setUp(JSON.stringify(response), 'application/json')
    const tools = [{ type: 'code_interpreter', container: { type: 'auto' } }]
    expect(await ask('ann', '/v1/responses', { model: 'responses/m', input: 'Hi', tools })).toBe(200)
    expect(await send('bob', '/v1/containers/cntr_ann/files', {})).toBe(404)
    const mine = [{ type: 'code_interpreter', container: 'cntr_ann' }]
    expect(await ask('bob', '/v1/responses', { model: 'responses/m', input: 'Hi', tools: mine })).toBe(404)
    expect(await ask('ann', '/v1/responses', { model: 'responses/m', input: 'Hi', tools: mine })).toBe(200)
  })

  test('a container that was named before stays whose it was', async () => {
    const call = { type: 'code_interpreter_call', id: 'ci_1', status: 'completed', code: '1', container_id: 'cntr_old', outputs: null }
    const response = { id: 'resp_ann', object: 'response', status: 'completed', model: 'm', output: [call] }
    const { send, ask } = setUp(JSON.stringify(response), 'application/json')
    const tools = [{ type: 'code_interpreter', container: 'cntr_old' }]
    expect(await ask('ann', '/v1/responses', { model: 'responses/m', input: 'Hi', tools })).toBe(200)
    expect(await send('bob', '/v1/containers/cntr_old', {})).toBe(200)
  })

  test('files of Claude’s code', async () => {
    const content = [
      {
        type: 'bash_code_execution_tool_result',
        tool_use_id: 'srvtoolu_1',
        content: { type: 'bash_code_execution_result', content: [{ type: 'bash_code_execution_output', file_id: 'file_ann' }] },
      },
    ]
    const message = { id: 'msg_1', type: 'message', role: 'assistant', model: 'm', content, stop_reason: 'end_turn', stop_sequence: null }
    const usage = { input_tokens: 1, output_tokens: 1 }
    const container = { id: 'container_ann', expires_at: '2026-01-01T00:00:00Z' }
    const { send, ask } = setUp(JSON.stringify({ ...message, usage, container }), 'application/json')
    const tools = [{ type: 'code_execution_20250825', name: 'code_execution' }]
    expect(await ask('ann', '/v1/messages', { model: 'claude/m', max_tokens: 9, messages, tools })).toBe(200)
    expect(await send('bob', '/v1/files/file_ann/content', { headers: { 'anthropic-version': '2023-06-01' } })).toBe(404)
    expect(await ask('bob', '/v1/messages', { model: 'claude/m', max_tokens: 9, messages, container: 'container_ann' })).toBe(404)
    expect(await ask('bob', '/v1/messages', { model: 'claude/m', max_tokens: 9, messages, container: 'container_old' })).toBe(200)
  })

  test.each([
    ['small', 10],
    ['that goes through as it comes', 2 * 1024 * 1024],
  ])('goes into no form of others, %s', async (_, size) => {
    const { send, ask } = setUp(JSON.stringify(WHOLE), 'application/json')
    await ask('ann', '/v1/chat/completions', { model: 'gpt/m', messages, store: true })
    const form = async (id: string) => {
      const fields = new FormData()
      fields.set('file', new Blob(['x'.repeat(size)]), 'a.txt')
      fields.set('file_id', id)
      const written = new Response(fields)
      return { method: 'POST', body: await written.arrayBuffer(), headers: { 'content-type': written.headers.get('content-type')! } }
    }
    expect(await send('bob', '/v1/containers/cntr_1/files', await form('chatcmpl-ann'))).toBe(404)
    expect(await send('bob', '/v1/containers/cntr_1/files', await form('chatcmpl-bob'))).toBe(200)
    expect(await send('ann', '/v1/containers/cntr_1/files', await form('chatcmpl-ann'))).toBe(200)
    // The answer to both is the same: what a form made is noted, too.
    expect(await send('bob', '/v1/files/made-of-a-form', {})).toBe(404)
    expect(await send('ann', '/v1/containers/cntr_1/files', await form('made-of-a-form'))).toBe(200)
  })
})

test('bodies may be as large as the configuration says, for whoever looks at them', async () => {
  const limits = { bodyBytes: '34MiB' }
  const keys = [{ name: 'ann', key: KEY, requestsPerMinute: 9 }, bob]
  const answer = { id: 'c', object: 'chat.completion', model: 'm', choices: [] }
  const app = gateway({ endpoints, server: { keys, limits } }, { fetchFor: () => async () => Response.json(answer) })
  for (const key of [KEY, bob.key]) {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
    const body = JSON.stringify({ model: 'gpt/m', messages: [{ role: 'user', content: 'x'.repeat(33 * 1024 * 1024) }] })
    expect((await app('http://localhost/v1/chat/completions', { method: 'POST', headers, body })).status).toBe(200)
  }
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

test('a busy key pushes out its own, and nobody else’s', () => {
  const makers = createMakers(10)
  makers.note('file-of-bob', 'bob')
  for (let i = 0; i < 100; i++) makers.note(`file-${i}`, 'ann')
  expect(['file-of-bob', 'file-90', 'file-91', 'file-99'].map((id) => makers.of(id))).toEqual(['bob', undefined, 'ann', 'ann'])
  for (let i = 0; i < 100; i++) makers.note('file-99', i % 2 ? 'bob' : 'ann')
  expect(['file-99', 'file-of-bob', 'file-91'].map((id) => makers.of(id))).toEqual(['bob', 'bob', 'ann'])
})

test('an id that is remembered keeps nothing of the answer that it stood in', () => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const used = () => {
    collect()
    return process.memoryUsage().heapUsed
  }
  const makers = createMakers()
  const before = used()
  for (let i = 0; i < 500; i++) makers.note(`${i} chatcmpl-0123456789abcdef${'x'.repeat(64_000)}`.slice(0, 25), 'ann')
  expect(used() - before).toBeLessThan(10_000_000)
  expect(makers.of('499 chatcmpl-0123456789abcdef'.slice(0, 25))).toBe('ann')
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
  const beginning = 'https://google.example/v1beta/files'
  for (const end of ['abc', 'abc/', 'abc?x=1', 'abc#x', 'abc:download?alt=media'])
    expect([...idsInJson(JSON.stringify([`${beginning}/${end}`]))]).toContain('files/abc')
  const found = [...idsInJson(JSON.stringify(['/home/ann/files/readme']))]
  expect(found).not.toContain('files/readme')
})
