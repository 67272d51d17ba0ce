import { describe, expect, test } from 'vitest'
import type { ResponseStore } from '../../../src/router/sessions/store.ts'
import { memoryStore } from '../../../src/router/sessions/memory-store.ts'
import { sessions } from '../../../src/router/sessions/sessions.ts'
import { cutStream } from '../../../src/testing/index.ts'
import { call, setUp, tools } from './provider.ts'

const ASK = { model: 'gpt-5.4' }
const NOT_FOUND = { status: 404, type: 'invalid_request_error' }

describe('a stored response', () => {
  test('is retrieved as it was given', async () => {
    const { openai } = setUp('claude', ['one', 'two'])
    const first = await openai.responses.create({ ...ASK, input: 'a', metadata: { key: 'value' } })
    expect(await openai.responses.retrieve(first.id)).toEqual(first)
    const second = await openai.responses.stream({ ...ASK, input: 'b', previous_response_id: first.id }).finalResponse()
    const retrieved = await openai.responses.retrieve(second.id)
    expect(retrieved).toMatchObject({ id: second.id, output: [{ content: [{ text: 'two' }] }], previous_response_id: first.id })
    expect(retrieved.output_text).toBe('two')
  })

  test('is deleted, and with it what goes on from it', async () => {
    const { openai, app } = setUp('claude', ['one', 'two'])
    const first = await openai.responses.create({ ...ASK, input: 'a' })
    const second = await openai.responses.create({ ...ASK, input: 'b', previous_response_id: first.id })
    const response = await app(`http://here/v1/responses/${first.id}`, { method: 'DELETE', headers: { authorization: 'Bearer mine' } })
    expect(await response.json()).toEqual({ id: first.id, object: 'response', deleted: true })
    await expect(openai.responses.retrieve(first.id)).rejects.toMatchObject(NOT_FOUND)
    await expect(openai.responses.delete(first.id)).rejects.toMatchObject(NOT_FOUND)
    // Without its beginning a conversation is another one.
    const third = openai.responses.create({ ...ASK, input: 'c', previous_response_id: second.id })
    await expect(third).rejects.toMatchObject({ code: 'previous_response_not_found' })
  })

  test('cannot be cancelled', async () => {
    const { openai } = setUp('claude', ['one'])
    const { id } = await openai.responses.create({ ...ASK, input: 'a' })
    await expect(openai.responses.cancel(id)).rejects.toMatchObject({ status: 400, message: '400 Cannot cancel a synchronous response.' })
    await expect(openai.responses.cancel('resp_gone')).rejects.toMatchObject(NOT_FOUND)
  })

  test('is there as soon as the client has read the event that ends it', async () => {
    const { openai, heard } = setUp('openai-responses', ['one', 'two'])
    for await (const event of await openai.responses.create({ ...ASK, input: 'a', stream: true })) {
      if (event.type !== 'response.completed') continue
      await openai.responses.create({ ...ASK, input: 'b', previous_response_id: event.response.id })
      break
    }
    expect(heard[1]).toEqual(['user: a', 'assistant: one', 'user: b'])
  })

  test('is there although the store takes its time', async () => {
    const memory = memoryStore()
    const slow: ResponseStore = {
      ...memory,
      async put(owner, stored) {
        await new Promise((resolve) => setTimeout(resolve, 20))
        return memory.put(owner, stored)
      },
    }
    const { openai, heard } = setUp('claude', ['one', 'two'], { store: slow })
    const { id } = await openai.responses.create({ ...ASK, input: 'a' })
    await openai.responses.create({ ...ASK, input: 'b', previous_response_id: id })
    expect(heard[1]).toHaveLength(3)
  })
})

describe('replayed', () => {
  const everything = {
    parts: [
      { type: 'reasoning' as const, text: 'Hm.', opaque: { by: 'claude' as const, data: 'signature' } },
      { type: 'text' as const, text: 'Let me see.' },
      ...call('call_1').parts!,
    ],
    stop: { reason: 'tool-calls' as const },
  }

  test('as a stream that the official client takes', async () => {
    const { openai } = setUp('claude', [everything])
    const first = await openai.responses.create({ ...ASK, tools, reasoning: { effort: 'low', summary: 'auto' }, input: 'a' })
    const types: string[] = []
    const stream = openai.responses.stream({ response_id: first.id })
    stream.on('event', ({ type }) => types.push(type))
    expect((await stream.finalResponse()).output).toMatchObject(first.output)
    expect(types.slice(0, 2)).toEqual(['response.created', 'response.in_progress'])
    expect(types).toContain('response.output_text.delta')
    expect(types).toContain('response.reasoning_summary_text.delta')
    expect(types).toContain('response.function_call_arguments.delta')
    expect(types.at(-1)).toBe('response.completed')
  })

  test('from an event on', async () => {
    const { openai } = setUp('claude', [everything])
    const { id } = await openai.responses.create({ ...ASK, tools, input: 'a' })
    const numbers = async (starting_after?: number) => {
      const seen: number[] = []
      for await (const event of await openai.responses.retrieve(id, {
        stream: true,
        ...(starting_after !== undefined && { starting_after }),
      }))
        seen.push(event.sequence_number)
      return seen
    }
    const all = await numbers()
    expect(all).toEqual(all.map((_, index) => index))
    expect(await numbers(3)).toEqual(all.slice(4))
    expect(await numbers(1000)).toEqual(all.slice(-1))
  })
})

describe('input items', () => {
  const start = async () => {
    const { openai } = setUp('claude', ['one', 'two'])
    const first = await openai.responses.create({ ...ASK, input: [{ role: 'user', content: 'a' }] })
    const second = await openai.responses.create({ ...ASK, input: 'b', previous_response_id: first.id })
    const list = (query: object) => openai.responses.inputItems.list(second.id, query)
    return { first, list }
  }
  const textOf = (item: object) => (item as { content: { text: string }[] }).content[0]!.text

  test('are all that the model was given, the latest first', async () => {
    const { first, list } = await start()
    const { data } = await list({})
    expect(data.map(textOf)).toEqual(['b', 'one', 'a'])
    expect(data[2]).toMatchObject({ type: 'message', role: 'user', status: 'completed', content: [{ type: 'input_text', text: 'a' }] })
    expect(data[1]!.id).toBe(first.output[0]!.id)
    expect(new Set(data.map(({ id }) => id)).size).toBe(3)
  })

  test('come in pages', async () => {
    const { list } = await start()
    const texts: string[] = []
    for await (const item of list({ order: 'asc', limit: 1 })) texts.push(textOf(item))
    expect(texts).toEqual(['a', 'one', 'b'])
    const page = await list({ order: 'asc', limit: 2 })
    expect(page.has_more).toBe(true)
    await expect(list({ after: 'msg_gone' })).rejects.toMatchObject({ status: 400 })
  })
})

describe('an owner', () => {
  test('finds nothing of another', async () => {
    const { client } = setUp('claude', ['one'])
    const { id } = await client('mine').responses.create({ ...ASK, input: 'a' })
    const other = client('other').responses
    await expect(other.retrieve(id)).rejects.toMatchObject(NOT_FOUND)
    await expect(other.inputItems.list(id)).rejects.toMatchObject(NOT_FOUND)
    await expect(other.delete(id)).rejects.toMatchObject(NOT_FOUND)
    await expect(other.create({ ...ASK, input: 'b', previous_response_id: id })).rejects.toMatchObject({ status: 400 })
    const reference = { type: 'item_reference' as const, id: 'msg_1' }
    await expect(other.create({ ...ASK, input: [reference] })).rejects.toMatchObject({ status: 400 })
    expect(await client('mine').responses.retrieve(id)).toMatchObject({ id })
  })

  test('is never stored as a key', async () => {
    const owners: string[] = []
    const memory = memoryStore()
    const store: ResponseStore = { ...memory, put: (owner, stored) => (owners.push(owner), memory.put(owner, stored)) }
    const { client } = setUp('claude', [], { store })
    for (const key of ['secret', 'secret', 'other']) await client(key).responses.create({ ...ASK, input: 'a' })
    expect(owners.join()).not.toContain('secret')
    expect(new Set(owners).size).toBe(2)
  })

  test('may be told otherwise', async () => {
    const { client } = setUp('claude', ['one'], { owner: () => 'everybody' })
    const { id } = await client('mine').responses.create({ ...ASK, input: 'a' })
    expect(await client('other').responses.retrieve(id)).toMatchObject({ id })
  })
})

describe('answers that did not end', () => {
  test.each(['claude', 'openai-responses'] as const)('of %s are not kept', async (protocol) => {
    const kept: string[] = []
    const memory = memoryStore()
    const store: ResponseStore = { ...memory, put: (owner, stored) => (kept.push(stored.id), memory.put(owner, stored)) }
    const { openai } = setUp(protocol, ['one'], { store, cut: 400 })
    const stream = await openai.responses.create({ ...ASK, input: 'a', stream: true })
    const read = async () => {
      for await (const _ of stream);
    }
    await read().catch(() => {})
    expect(kept).toEqual([])
  })

  test('because there was no more room are kept', async () => {
    const { openai, heard } = setUp('claude', [{ parts: [{ type: 'text', text: 'one' }], stop: { reason: 'max-tokens' } }, 'two'])
    const first = await openai.responses.stream({ ...ASK, input: 'a' }).finalResponse()
    expect(first.status).toBe('incomplete')
    await openai.responses.create({ ...ASK, input: 'go on', previous_response_id: first.id })
    expect(heard[1]).toEqual(['user: a', 'assistant: one', 'user: go on'])
  })
})

describe('a stream', () => {
  const terminal = { id: 'resp_1', object: 'response', status: 'completed', output: [{ type: 'message', id: 'msg_1', text: 'ü🌞' }] }
  const item = { type: 'response.output_item.done', output_index: 0, item: terminal.output[0] }
  const event = (data: object) => `data: ${JSON.stringify(data)}\n\n`
  const created = event({ type: 'response.created', response: { status: 'in_progress', tools: [{ name: '"response.completed"' }] } })
  const told = (text: string) => event({ type: 'response.output_text.delta', delta: text })
  const noise = `${created}${told('event: response.completed\n\n')}${event({ type: 'response.completed' })}`
  const streams: [string, string][] = [
    ['with names', `${noise}event: response.completed\n${event({ type: 'response.completed', response: terminal })}`],
    ['without names, the type last', `${noise}${event({ response: terminal, type: 'response.completed' })}data: [DONE]\n\n`],
    ['with carriage returns', `${noise}${event({ type: 'response.completed', response: terminal })}`.replaceAll('\n', '\r\n')],
    ['without a blank line at its end', `${noise}${event({ type: 'response.completed', response: terminal })}`.trimEnd()],
    ['without output in the end', `${noise}${event(item)}${event({ type: 'response.completed', response: { ...terminal, output: [] } })}`],
  ]

  test.each(streams)('%s passes as it is, cut anywhere, and is understood', async (_, text) => {
    for (let size = 1; size <= text.length; size += size < 12 ? 1 : 97) {
      const store = memoryStore()
      const app = sessions(async () => new Response(cutStream(text, size), { headers: { 'content-type': 'text/event-stream' } }), { store })
      const response = await app('http://here/v1/responses', { method: 'POST', body: '{"model":"m","input":"a","stream":true}' })
      expect(await response.text()).toBe(text)
      const kept = await app('http://here/v1/responses/resp_1')
      expect(await kept.json(), `cut every ${size} bytes`).toEqual(terminal)
    }
  })

  test('is cancelled at its source when the client goes', async () => {
    let cancelled: unknown
    const source = new ReadableStream({
      pull: (to) => to.enqueue(new TextEncoder().encode(told('x'))),
      cancel: (why) => void (cancelled = why),
    })
    const app = sessions(async () => new Response(source, { headers: { 'content-type': 'text/event-stream' } }))
    const response = await app('http://here/v1/responses', { method: 'POST', body: '{"model":"m","input":"a","stream":true}' })
    const reader = response.body!.getReader()
    await reader.read()
    await reader.cancel('gone')
    expect(cancelled).toBe('gone')
  })
})

describe('a store that fails', () => {
  const broken: ResponseStore = {
    get: () => Promise.reject(new Error('no connection')),
    put: () => Promise.reject(new Error('no connection')),
    delete: () => Promise.reject(new Error('no connection')),
    // eslint-disable-next-line require-yield
    async *list() {
      throw new Error('no connection')
    },
  }

  test('costs no answer, and tells', async () => {
    const errors: unknown[] = []
    const { openai } = setUp('claude', ['one'], { store: broken, onError: (error) => errors.push(error) })
    expect((await openai.responses.create({ ...ASK, input: 'a' })).output_text).toBe('one')
    await new Promise((resolve) => setTimeout(resolve))
    expect(errors).toEqual([new Error('no connection')])
  })

  test('fails what needs it, in the client’s format', async () => {
    const { openai } = setUp('claude', [], { store: broken })
    const failed = { status: 500, message: expect.stringContaining('no connection') as string }
    await expect(openai.responses.retrieve('resp_1')).rejects.toMatchObject(failed)
    await expect(openai.responses.create({ ...ASK, input: 'a', previous_response_id: 'resp_1' })).rejects.toMatchObject(failed)
    await expect(openai.responses.create({ ...ASK, input: [{ type: 'item_reference', id: 'x' }] })).rejects.toMatchObject(failed)
  })
})

test('a fetch that keeps responses itself is asked for those that are unknown here', async () => {
  const app = sessions(async (input) => Response.json({ asked: `${(input as Request).method} ${(input as Request).url}` }))
  const url = 'http://here/v1/responses/resp_theirs'
  expect(await (await app(url)).json()).toEqual({ asked: `GET ${url}` })
  expect(await (await app(url, { method: 'DELETE' })).json()).toEqual({ asked: `DELETE ${url}` })
})
