import { describe, expect, test } from 'vitest'
import { endpoint } from '../../../src/router/endpoint/endpoint.ts'
import { memoryStore } from '../../../src/router/sessions/memory-store.ts'
import { sessions } from '../../../src/router/sessions/sessions.ts'
import type { ResponseStore } from '../../../src/router/sessions/store.ts'
import { virtualClock } from '../../../src/testing/index.ts'
import { createProvider, setUp } from './provider.ts'

const ASK = { model: 'gpt-5.4' }

describe('memory', () => {
  const response = (id: string, text = '') => ({ id, input: [], response: { id, text } })
  const ids = async (store: ResponseStore, owner = 'me') => {
    const found: string[] = []
    for await (const { id } of store.list(owner)) found.push(id)
    return found
  }

  test('keeps what was used last', async () => {
    const store = memoryStore({ maxEntries: 2 })
    await store.put('me', response('a'))
    await store.put('me', response('b'))
    await store.get('me', 'a')
    await store.put('me', response('c'))
    expect(await ids(store)).toEqual(['c', 'a'])
  })

  test('is bounded in size', async () => {
    const store = memoryStore({ maxBytes: 10_000 })
    for (const id of ['a', 'b', 'c']) await store.put('me', response(id, 'x'.repeat(4000)))
    expect(await ids(store)).toEqual(['c', 'b'])
    await store.put('me', response('d', 'x'.repeat(20_000)))
    expect(await ids(store)).toEqual(['c', 'b'])
    await store.put('me', response('c', 'x'))
    await store.put('me', response('e', 'x'.repeat(4000)))
    expect(await ids(store)).toEqual(['e', 'c', 'b'])
  })

  test('forgets after a while without use', async () => {
    const clock = virtualClock()
    const store = memoryStore({ ttlMs: 1000, clock })
    await store.put('me', response('a'))
    await store.put('me', response('b'))
    await clock.advance(900)
    expect(await store.get('me', 'a')).toBeDefined()
    await clock.advance(900)
    expect(await store.get('me', 'b')).toBeUndefined()
    expect(await ids(store)).toEqual(['a'])
    await clock.advance(1000)
    expect(await ids(store)).toEqual([])
  })

  test('keeps a conversation as long as it goes on', async () => {
    const clock = virtualClock()
    const { fetch, heard } = createProvider('claude', ['one', 'two', 'three'])
    const app = sessions(endpoint({ protocol: 'claude', baseUrl: 'https://provider.example', fetch }), {
      store: memoryStore({ ttlMs: 1000, clock }),
    })
    let previous_response_id: string | undefined
    for (const input of ['a', 'b', 'c']) {
      const body = JSON.stringify({ ...ASK, input, previous_response_id })
      const response = await app('http://here/v1/responses', { method: 'POST', body })
      previous_response_id = ((await response.json()) as { id: string }).id
      await clock.advance(900)
    }
    expect(heard[2]).toHaveLength(5)
    await clock.advance(200)
    const late = await app('http://here/v1/responses', {
      method: 'POST',
      body: JSON.stringify({ ...ASK, input: 'd', previous_response_id }),
    })
    expect(late.status).toBe(400)
  })

  test('does not mix up owners', async () => {
    const store = memoryStore()
    await store.put('me', response('a'))
    await store.put('you', response('a', 'yours'))
    expect(await store.get('you', 'a')).toMatchObject({ response: { text: 'yours' } })
    expect(await store.delete('me', 'a')).toBe(true)
    expect(await store.delete('me', 'a')).toBe(false)
    expect(await ids(store, 'you')).toEqual(['a'])
  })

  test('a turn keeps its own items only', async () => {
    const memory = memoryStore()
    const sizes: number[] = []
    const store: ResponseStore = { ...memory, put: (owner, stored) => (sizes.push(stored.input.length), memory.put(owner, stored)) }
    const { openai } = setUp('claude', [], { store })
    let previous_response_id: string | null = null
    for (const input of ['a', 'b', 'c']) previous_response_id = (await openai.responses.create({ ...ASK, input, previous_response_id })).id
    expect(sizes).toEqual([1, 1, 1])
  })
})
