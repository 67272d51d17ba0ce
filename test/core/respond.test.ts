/** Answers that make their Headers and their stream when somebody asks for them, side by side with ordinary ones. */
import { inspect } from 'node:util'
import { describe, expect, it, test } from 'vitest'
import { respondLazily, respondText, respondWith, takeSource, throughBody } from '../../src/core/respond.ts'

const GIVEN: HeadersInit[] = [
  {},
  { 'Content-Type': 'application/json', 'x-request-id': '1' },
  [
    ['Content-Type', 'text/plain'],
    ['x-twice', 'a'],
    ['X-Twice', 'b'],
    ['Set-Cookie', 'a=1, 2'],
    ['set-cookie', 'b=2'],
  ],
  new Headers({ 'content-type': 'text/plain', constructor: 'c' }),
]

const LOOKS: Record<string, (headers: Headers) => unknown> = {
  get: (headers) => ['content-type', 'X-TWICE', 'set-cookie', 'constructor', '__proto__', 'x-none'].map((name) => headers.get(name)),
  has: (headers) => ['Content-Type', 'constructor', 'x-none'].map((name) => headers.has(name)),
  forEach: (headers) => {
    const told: string[] = []
    headers.forEach((value, name, all) => void told.push(`${name}=${value} ${all === headers}`))
    return told.toSorted()
  },
  getSetCookie: (headers) => headers.getSetCookie(),
  entries: (headers) => [...headers.entries()],
  keys: (headers) => [...headers.keys()],
  values: (headers) => [...headers.values()],
  iterator: (headers) => [...headers],
  copy: (headers) => [...new Headers(headers)],
  kind: (headers) => headers instanceof Headers,
  inspect: (headers) => inspect(headers).startsWith('Headers {'),
}

const CHANGES: Record<string, (headers: Headers) => void> = {
  none: () => {},
  set: (headers) => headers.set('Content-Type', 'text/html'),
  append: (headers) => headers.append('x-twice', 'c'),
  delete: (headers) => headers.delete('set-cookie'),
}

describe.each(GIVEN)('headers made of %j', (given) => {
  it.each(Object.keys(CHANGES))('look as ordinary ones do after: %s', (change) => {
    respondLazily()
    const lazy = respondText('', { headers: given }).headers
    const plain = new Response(null, { headers: given }).headers
    for (const headers of [lazy, plain]) CHANGES[change]!(headers)
    for (const look of Object.values(LOOKS)) expect(look(lazy)).toEqual(look(plain))
  })
})

test('changed headers leave those alone that they were made of', () => {
  respondLazily()
  const given = new Headers({ a: '1' })
  const { headers } = respondText('', { headers: given })
  headers.set('a', '2')
  expect(given.get('a')).toBe('1')
})

const TEXT = '{"a":"ä"}'
const start = (sink: { write(chunk: string): void; end(): void }) => {
  sink.write(TEXT.slice(0, 3))
  sink.write(TEXT.slice(3))
  sink.end()
}
const MAKERS = {
  text: (init: ResponseInit) => respondText(TEXT, init),
  source: (init: ResponseInit) => respondWith({ start, pause() {}, resume() {}, cancel() {} }, init),
}

const READS: Record<string, (response: Response) => unknown> = {
  text: (response) => response.text(),
  json: (response) => response.json(),
  bytes: async (response) => [...new Uint8Array(await response.arrayBuffer())],
  form: (response) => response.formData().catch((error: unknown) => error instanceof TypeError),
  blob: async (response) => (await response.blob()).size,
  uint8: async (response) =>
    'bytes' in Response.prototype ? [...(await (response as Response & { bytes(): Promise<Uint8Array> }).bytes())] : [],
  clone: async (response) => Promise.all([response.clone().text(), response.text()]),
  body: (response) => new Response(response.body, response).text(),
  changed: async (response) => {
    const { body } = response
    response.headers.set('a', '2')
    const copy = response.clone()
    return [copy.headers.get('a'), await copy.text(), body === null]
  },
  again: async (response) => {
    await response.text()
    return response.text().catch((error: unknown) => error instanceof TypeError)
  },
}

describe.each(Object.keys(MAKERS) as (keyof typeof MAKERS)[])('an answer made of a %s', (maker) => {
  it.each(Object.keys(READS))('is read as an ordinary one: %s', async (read) => {
    respondLazily()
    const init = { status: 418, statusText: 'Teapot', headers: { 'content-type': 'application/json' } }
    const lazy = MAKERS[maker](init)
    const plain = new Response(TEXT, init)
    const shown = ({ status, statusText, ok, type, url, redirected, bodyUsed }: Response) => ({
      status,
      statusText,
      ok,
      type,
      url,
      redirected,
      bodyUsed,
    })
    expect(lazy).toBeInstanceOf(Response)
    expect(shown(lazy)).toEqual(shown(plain))
    expect(inspect(lazy)).toContain('content-type')
    expect(await READS[read]!(lazy)).toEqual(await READS[read]!(plain))
    expect(shown(lazy)).toEqual(shown(plain))
  })

  it('gives its source away once', async () => {
    respondLazily()
    const response = MAKERS[maker]({})
    expect(takeSource(response)).toBeDefined()
    expect(response.bodyUsed).toBe(true)
    expect(takeSource(response)).toBeUndefined()
  })

  it('keeps being itself with another body', async () => {
    respondLazily()
    const response = MAKERS[maker]({ headers: { a: '1' } })
    const changed = throughBody(response, (source) => ({
      ...source,
      start: (sink) =>
        source.start({
          write: (chunk) => sink.write(String(chunk).toUpperCase()),
          end: () => sink.end(),
          fail: (error) => sink.fail(error),
        }),
    }))
    expect(changed).toBe(response)
    expect(await changed.text()).toBe('{"A":"Ä"}')
  })
})

test.each([199, 600, 1234, Number.NaN])('no answer has status %d', (status) => {
  respondLazily()
  expect(() => respondText('', { status })).toThrow(RangeError)
})
