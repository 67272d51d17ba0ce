import { describe, expect, test } from 'vitest'
import type { Fetch } from '../../../src/router/fetch.ts'
import { createAuth, generateKey, type ClientKey } from '../../../src/server/safety/auth.ts'
import { attachConnection, clientOf } from '../../../src/server/safety/connection.ts'
import { createGateway, type GatewayOptions } from '../../../src/server/gateway.ts'
import { virtualClock } from '../../../src/testing/clock.ts'
import { clientOf as clientNamed, clients } from '../clients.ts'

const key = 'ann-has-a-long-key'
const keys: ClientKey[] = [{ name: 'ann', key }]
const origin = 'http://localhost'
const json = { 'content-type': 'application/json' }

/** A gateway over an app that remembers what it was asked. */
function open(options: Partial<GatewayOptions> = {}) {
  const seen: Request[] = []
  const app: Fetch = async (input) => (seen.push(input as Request), Response.json({ ok: true }))
  return { seen, gateway: createGateway({ app, keys, sessions: false, ...options }) }
}

describe.each(clients)('a client of $protocol', ({ path, body, errorOf, headers }) => {
  const ask = (gateway: Fetch, more: Record<string, string>) =>
    gateway(origin + path, { method: 'POST', body: JSON.stringify(body), headers: { ...json, ...more } })

  test('is let in with the key where its SDK puts it, and its key goes no further', async () => {
    const { gateway, seen } = open()
    const own = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value.replace(/\bk$/, key)]))
    expect((await ask(gateway, own)).status).toBe(200)
    expect(clientOf(seen[0]!)).toEqual({ name: 'ann' })
    expect(JSON.stringify([seen[0]!.url, ...seen[0]!.headers])).not.toContain(key)
    expect(await seen[0]!.json()).toEqual(body)
  })

  test.each([
    ['without a key', {}, 'asks for a key'],
    ['with another key', { authorization: 'Bearer sk-of-a-provider-1234' }, 'not one of'],
    ['with the beginning of a key', { 'x-api-key': key.slice(0, -1) }, 'not one of'],
    ['with more than a key', { 'x-api-key': `${key}x` }, 'not one of'],
  ])('is refused %s, in its own words', async (_, more, words) => {
    const { gateway, seen } = open()
    const response = await ask(gateway, more)
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toBe('Bearer realm="cc-route"')
    expect(errorOf(await response.json())).toContain(words)
    expect(seen).toEqual([])
  })
})

describe('where a key may stand', () => {
  const gemini = clientNamed('gemini')
  test('in the URL of Gemini, from which it is taken', async () => {
    const { gateway, seen } = open()
    const response = await gateway(`${origin}${gemini.path}?key=${key}&alt=json`, {
      method: 'POST',
      body: '{"contents":[]}',
      headers: json,
    })
    expect(response.status).toBe(200)
    expect(seen[0]!.url).toBe(`${origin}${gemini.path}?alt=json`)
    expect(await seen[0]!.text()).toBe('{"contents":[]}')
  })

  test('beside one that is wrong: programs that are set up twice send two', async () => {
    const { gateway } = open()
    const headers = { ...json, authorization: 'Bearer something-else-entirely', 'x-api-key': key }
    expect((await gateway(`${origin}/v1/messages`, { method: 'POST', body: '{}', headers })).status).toBe(200)
  })

  test('a request that somebody made is left as it was', async () => {
    const { gateway } = open()
    const request = new Request(`${origin}/v1/models/m`, { headers: { 'x-api-key': key } })
    await gateway(request)
    expect(request.headers.get('x-api-key')).toBe(key)
  })
})

test('Claude Code is shown the words rather than asked to log in', async () => {
  const { gateway } = open()
  const headers = { ...json, 'user-agent': 'claude-cli/2.1.329 (external, cli)', authorization: 'Bearer wrong-key-of-some-kind' }
  const response = await gateway(`${origin}/v1/messages?beta=true`, { method: 'POST', body: '{}', headers })
  expect([response.status, response.headers.get('www-authenticate'), response.headers.get('x-should-retry')]).toEqual([400, null, 'false'])
  expect(clientNamed('claude').errorOf(await response.json())).toContain('ANTHROPIC_AUTH_TOKEN')
})

test.each(['/', '/health', '/api/hello'])('%s tells anybody that the server is there', async (path) => {
  const { gateway } = open()
  expect((await gateway(origin + path)).status).toBe(200)
})

test('the list of models is for clients only', async () => {
  const { gateway } = open({ models: [{ id: 'm' }] })
  expect((await gateway(`${origin}/v1/models`)).status).toBe(401)
  expect((await gateway(`${origin}/v1/models`, { headers: { authorization: `bearer ${key}` } })).status).toBe(200)
})

describe('keys', () => {
  test('are made of 256 random bits and kept as a hash', async () => {
    const made = generateKey()
    expect(made.key).toMatch(/^ccr_[\w-]{43}$/)
    expect(made.hash).toMatch(/^sha256:[\da-f]{64}$/)
    expect(generateKey().key).not.toBe(made.key)
    const { gateway } = open({ keys: [...keys, { name: 'bob', key: made.hash }] })
    const ask = (credential: string) => gateway(`${origin}/v1/models/m`, { headers: { 'x-api-key': credential } })
    expect((await ask(made.key)).status).toBe(200)
    expect((await ask(made.hash)).status).toBe(401)
    expect((await ask(key)).status).toBe(200)
  })

  test.each<[string, ClientKey[], RegExp]>([
    ['none', [], /empty/],
    ['an empty one', [{ name: 'a', key: '' }], /shorter than 16/],
    ['a short one', [{ name: 'a', key: 'test' }], /shorter than 16/],
    ['one with blanks', [{ name: 'a', key: 'a long key with blanks' }], /blanks/],
    ['no name', [{ name: '', key }], /needs a name/],
    ['a name twice', [...keys, { name: 'ann', key: `${key}2` }], /twice/],
    ['a key twice', [...keys, { name: 'bob', key }], /same key as "ann"/],
    ['half a hash', [{ name: 'a', key: 'sha256:abcd' }], /64 hexadecimal/],
  ])('%s cannot be used', (_, given, message) => expect(() => open({ keys: given })).toThrow(message))

  test('no error has a key in it', () => {
    for (const given of ['short-secret', 'a secret with blanks in it', 'sha256:0123'])
      expect(() => open({ keys: [{ name: 'a', key: given }] })).toThrow(
        expect.not.objectContaining({ message: expect.stringContaining(given.slice(7)) }),
      )
  })
})

describe('a key that may not be used now', () => {
  const until = Date.parse('2027-01-31T00:00:00Z')
  const setUp = (own: Partial<ClientKey>) => {
    const clock = virtualClock(until - 1)
    const admit = createAuth({ keys: [{ name: 'ann', key, ...own }], addressOf: () => '10.0.0.1', clock })
    const tell = (credential = key, more: Record<string, string> = {}) => {
      const admitted = admit(new Request(`${origin}/v1/messages`, { headers: { 'x-api-key': credential, ...more } }))
      return admitted instanceof Request ? 'in' : `${admitted.status} ${admitted.message}`
    }
    return { clock, tell }
  }

  test('expires at the moment that it says', async () => {
    const { clock, tell } = setUp({ expires: until })
    expect(tell()).toBe('in')
    await clock.advance(1)
    expect(tell()).toBe('403 cc-route: The key of "ann" expired on 2027-01-31T00:00:00Z. Ask whoever runs this server for a new one.')
  })

  test('is switched off', () => expect(setUp({ disabled: true }).tell()).toMatch(/^403 .*The key of "ann" is switched off/))

  test('was replaced, and works on until its time of grace has ended', async () => {
    const old = 'the-key-that-ann-had-before'
    const { clock, tell } = setUp({ previous: { key: old, until } })
    expect([tell(), tell(old)]).toEqual(['in', 'in'])
    await clock.advance(1)
    expect(tell()).toBe('in')
    expect(tell(old)).toMatch(/^403 .*was replaced, and could be used until 2027-01-31T00:00:00Z. Use the new one/)
    const both = { authorization: `Bearer ${key}` }
    expect(tell(old, both)).toBe('in')
    expect(setUp({ previous: { key: old, until }, disabled: true }).tell(old)).toMatch(/switched off/)
    expect(() => setUp({ previous: { key, until } })).toThrow(/same key/)
  })

  test('is no attempt to guess one', () => {
    const { tell } = setUp({ disabled: true })
    for (let i = 0; i < 30; i++) expect(tell()).toMatch(/^403/)
    for (let i = 0; i < 4; i++) expect(tell('wrong-key-of-some-kind')).toMatch(/^401/)
    expect(tell()).toMatch(/^403/)
  })
})

test.each([
  ['x-api-key', 'claude', 'x-api-key'],
  ['x-goog-api-key', 'gemini', 'x-goog-api-key'],
  ['authorization', 'openai', 'authorization'],
])('a key in %s tells what a client speaks, also after it was taken away', async (_, protocol, header) => {
  const { gateway } = open({ models: [{ id: 'm' }] })
  const value = header === 'authorization' ? `Bearer ${key}` : key
  const request = new Request(`${origin}/v1/models`, { headers: { [header]: value } })
  attachConnection(request, { address: '127.0.0.1' })
  const body = (await (await gateway(request)).json()) as Record<string, unknown>
  const told = 'models' in body ? 'gemini' : 'has_more' in body ? 'claude' : 'openai'
  expect([told, request.headers.get(header)]).toEqual([protocol, null])
})

describe('failed attempts', () => {
  const from = (address: string, headers: Record<string, string>) => {
    const request = new Request(`${origin}/v1/messages`, { headers })
    attachConnection(request, { address })
    return request
  }
  const setup = () => {
    const clock = virtualClock(1_000_000)
    const admit = createAuth({ keys, addressOf: (request) => request.headers.get('x-test-address') ?? undefined, clock })
    const attempt = (address: string, credential: string) => {
      const admitted = admit(from(address, { 'x-test-address': address, 'x-api-key': credential }))
      return admitted instanceof Request ? 200 : [admitted.status, admitted.retryAfter]
    }
    const fail = (address: string, times: number) => {
      for (let i = 0; i < times; i++) attempt(address, `wrong-${i}`)
    }
    return { clock, attempt, fail }
  }

  test('make an address wait, longer each time', async () => {
    const { clock, attempt, fail } = setup()
    fail('10.0.0.1', 4)
    expect(attempt('10.0.0.1', 'wrong')).toEqual([401, undefined])
    expect(attempt('10.0.0.1', 'wrong')).toEqual([429, 60])
    expect(attempt('10.0.0.1', key)).toEqual([429, 60])
    expect(attempt('10.0.0.2', key)).toBe(200)
    await clock.advance(60_000)
    fail('10.0.0.1', 5)
    expect(attempt('10.0.0.1', key)).toEqual([429, 60])
    for (let i = 0; i < 4; i++) {
      await clock.advance(60_000)
      fail('10.0.0.1', 1)
    }
    expect(attempt('10.0.0.1', key)).toEqual([429, 300])
    await clock.advance(300_000)
    expect(attempt('10.0.0.1', key)).toBe(200)
  })

  test('with the same wrong key again at once are one: Claude Code sends it six times', async () => {
    const { clock, attempt } = setup()
    for (let i = 0; i < 20; i++) expect(attempt('10.0.0.1', 'wrong')).toEqual([401, undefined])
    await clock.advance(30_000)
    for (let i = 0; i < 3; i++) attempt('10.0.0.1', `other-${i}`)
    expect(attempt('10.0.0.1', 'wrong')).toEqual([401, undefined])
    expect(attempt('10.0.0.1', key)).toEqual([429, 60])
  })

  test('do not lock out who used a key well from there before', () => {
    const { attempt, fail } = setup()
    expect(attempt('10.0.0.1', key)).toBe(200)
    fail('10.0.0.1', 5)
    expect(attempt('10.0.0.1', 'wrong')).toEqual([429, 60])
    expect(attempt('10.0.0.1', key)).toBe(200)
  })

  test('are forgotten after an hour', async () => {
    const { clock, attempt, fail } = setup()
    fail('10.0.0.1', 4)
    await clock.advance(61 * 60_000)
    fail('10.0.0.1', 4)
    expect(attempt('10.0.0.1', key)).toBe(200)
  })

  test('count for all of the addresses that one household has', () => {
    const { attempt, fail } = setup()
    for (let i = 0; i < 5; i++) fail(`2001:db8:0:1::${i}`, 1)
    expect(attempt('2001:db8:0:1:ffff::9', key)).toEqual([429, 60])
    expect(attempt('2001:db8:0:2::1', key)).toBe(200)
  })

  test('without a key at all are no attempts', () => {
    const { clock, attempt } = setup()
    const admit = createAuth({ keys, addressOf: () => '10.0.0.1', clock })
    for (let i = 0; i < 30; i++) admit(new Request(origin))
    expect(attempt('10.0.0.1', key)).toBe(200)
  })

  test('from addresses without end take no memory without end', () => {
    const { attempt, fail } = setup()
    for (let i = 0; i < 30_000; i++) fail(`10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`, 1)
    fail('10.9.9.9', 5)
    expect(attempt('10.9.9.9', key)).toEqual([429, 60])
  })
})

test('conversations belong to the key, not to the header it came in', async () => {
  const response = { id: 'resp_1', object: 'response', status: 'completed', model: 'm', output: [], created_at: 1 }
  const gateway = createGateway({ app: async () => Response.json(response), keys: [...keys, { name: 'bob', key: 'bob-has-a-long-key' }] })
  const create = { method: 'POST', body: '{"model":"m","input":"Hi"}', headers: { ...json, authorization: `Bearer ${key}` } }
  const { id } = (await (await gateway(`${origin}/v1/responses`, create)).json()) as { id: string }
  const read = async (headers: Record<string, string>) =>
    (await gateway(`${origin}/v1/responses/${id}/input_items`, { headers })).json() as Promise<object>
  expect(await read({ 'x-api-key': key })).toHaveProperty('data')
  expect(await read({ 'x-api-key': 'bob-has-a-long-key' })).not.toHaveProperty('data')
})
