import { describe, expect, test } from 'vitest'
import { cutStream, record, replay, type Cassette } from '../../src/testing/index.ts'
import { errorOf } from './asking.ts'

const SECRET = 'sk-live-4f9a"8/ü+7'
const URL_OF = 'https://provider.example/v1/messages'

/** A fetch that says everything back that it is told, in pieces of `size` bytes. */
const echo =
  (size = 1000) =>
  async (input: Request | URL | string, init?: RequestInit): Promise<Response> => {
    const request = new Request(input, init)
    const told = `${request.url} ${JSON.stringify([...request.headers])} ${await request.text()}`
    return new Response(cutStream(told, size), {
      headers: { 'x-echo': request.headers.get('x-plain') ?? '', 'set-cookie': 'session=cookie-secret-9; Max-Age=31536000' },
    })
  }

const textOf = (cassette: Cassette): string => JSON.stringify(cassette)

describe('credentials never reach a cassette', () => {
  test.each([
    ['authorization', `Bearer sk-live-1234567890`, 'sk-live-1234567890'],
    ['authorization', `Basic ${btoa('user:password-1234')}`, 'password-1234'],
    ['x-api-key', 'sk-ant-1234567890', 'sk-ant-1234567890'],
    ['api-key', 'azure-1234567890', 'azure-1234567890'],
    ['x-goog-api-key', 'AIza1234567890', 'AIza1234567890'],
    ['cookie', 'a=1; sid=session-1234567890', 'session-1234567890'],
    ['proxy-authorization', 'Bearer proxy-1234567890', 'proxy-1234567890'],
    ['x-amz-security-token', 'aws-1234567890', 'aws-1234567890'],
    ['x-portkey-virtual-key', 'virtual-1234567890', 'virtual-1234567890'],
    ['openai-organization', 'org-1234567890', 'org-1234567890'],
  ])('in %s: %s', async (name, value, secret) => {
    for (const size of [1, 7, 1000]) {
      const recorder = record(echo(size))
      // The secret is everywhere: in its header, in a plain one, in the address, in the body, and in what comes back.
      const response = await recorder(`${URL_OF}/${encodeURIComponent(secret)}`, {
        method: 'POST',
        headers: { [name]: value, 'x-plain': secret },
        body: JSON.stringify({ prompt: `My key is ${secret}.` }),
      })
      expect(await response.text()).toContain(secret)
      const recorded = textOf(recorder.cassette())
      const joined = recorder
        .cassette()
        .exchanges[0]!.response!.chunks.map((chunk) => ('text' in chunk ? chunk.text : '?'))
        .join('')
      expect(recorded).not.toContain(secret)
      expect(joined).not.toContain(secret)
      expect(joined).toContain(`My key is ${'*'.repeat(secret.length)}.`)
      expect(recorder.cassette().exchanges[0]!.request.headers[name]).toBe('REDACTED')
    }
  })

  test.each(['key', 'api_key', 'access_token', 'x-amz-signature', 'sig'])('in the parameter %s', async (name) => {
    const recorder = record(echo())
    await (await recorder(`${URL_OF}?alt=sse&${name}=AIza1234567890`)).text()
    expect(textOf(recorder.cassette())).not.toContain('AIza1234567890')
    expect(recorder.cassette().exchanges[0]!.request.url).toBe(`${URL_OF}?alt=sse&${name}=REDACTED`)
  })

  test('in cookies that are set', async () => {
    const recorder = record(echo())
    await (await recorder(URL_OF)).text()
    expect(recorder.cassette().exchanges[0]!.response!.headers).toContainEqual(['set-cookie', 'REDACTED'])
    await (await recorder(URL_OF, { method: 'POST', body: 'cookie-secret-9 lives 31536000 s' })).text()
    expect(recorder.cassette().exchanges[1]!.request.body).toEqual({ text: '*************** lives 31536000 s' })
  })

  test('in errors', async () => {
    const recorder = record(async () => {
      throw new TypeError('fetch failed', { cause: new Error('cannot reach https://x.example/?key=AIza1234567890') })
    })
    await errorOf(recorder(URL_OF, { headers: { 'x-goog-api-key': 'AIza1234567890' } }))
    expect(textOf(recorder.cassette())).not.toContain('AIza1234567890')
    expect(recorder.cassette().exchanges[0]!.end.error).toMatchObject({
      cause: { message: 'cannot reach https://x.example/?key=**************' },
    })
  })

  test('in an exchange before the one that shows them', async () => {
    const recorder = record(echo())
    await (await recorder(URL_OF, { method: 'POST', body: 'told too early: later-secret' })).text()
    await (await recorder(URL_OF, { headers: { 'x-api-key': 'later-secret' } })).text()
    expect(textOf(recorder.cassette())).not.toContain('later-secret')
  })

  test('given by value, in any spelling', async () => {
    const recorder = record(echo(3), { secrets: [SECRET] })
    const body = JSON.stringify({
      raw: SECRET,
      url: `https://x.example/?a=${encodeURIComponent(SECRET)}`,
      form: new URLSearchParams({ a: SECRET }).toString(),
    })
    await (await recorder(URL_OF, { method: 'POST', body: `${SECRET} ${body}` })).text()
    const said = recorder.cassette().exchanges[0]!.request.body as { text: string }
    expect(said.text).not.toContain('live')
    expect(JSON.parse(said.text.slice(said.text.indexOf('{')))).toHaveProperty('form')
    expect(textOf(recorder.cassette())).not.toContain('live')
  })

  test('given by value that holds another', async () => {
    const recorder = record(echo(), { secrets: ['abcd', 'abcd-efgh'] })
    await (await recorder(URL_OF, { method: 'POST', body: 'abcd-efgh abcd' })).text()
    expect(recorder.cassette().exchanges[0]!.request.body).toEqual({ text: '********* ****' })
  })

  test('in headers that are named', async () => {
    const recorder = record(echo(), { redactHeaders: ['X-Tenant'] })
    await (await recorder(URL_OF, { headers: { 'x-tenant': 'a customer of ours' } })).text()
    expect(textOf(recorder.cassette())).not.toContain('customer')
  })
})

test('what is no secret stays', async () => {
  const recorder = record(
    async () =>
      new Response('fine', {
        headers: {
          'x-ratelimit-remaining-tokens': '150000',
          'anthropic-ratelimit-tokens-reset': '2027-01-15T08:01:30Z',
          'request-id': 'req_1',
        },
      }),
  )
  await (
    await recorder(URL_OF, { method: 'POST', headers: { 'x-api-key': 'unused', 'anthropic-version': '2023-06-01' }, body: 'unused' })
  ).text()
  const { request, response } = recorder.cassette().exchanges[0]!
  expect(request).toMatchObject({
    url: URL_OF,
    headers: { 'x-api-key': 'REDACTED', 'anthropic-version': '2023-06-01' },
    body: { text: 'unused' },
  })
  expect(Object.fromEntries(response!.headers)).toMatchObject({
    'x-ratelimit-remaining-tokens': '150000',
    'anthropic-ratelimit-tokens-reset': '2027-01-15T08:01:30Z',
    'request-id': 'req_1',
  })
})

test('a secret too short to be told from words is refused', () => {
  expect(() => record(echo(), { secrets: ['abc'] })).toThrow(/3 characters cannot be told from other text/)
})

test('what was masked matches the same request with another key', async () => {
  const recorder = record(async () => new Response('hello'))
  const ask = (key: string) => ({ method: 'POST', headers: { 'x-api-key': key }, body: JSON.stringify({ prompt: `My key is ${key}.` }) })
  await (await recorder(URL_OF, ask('sk-ant-the-first'))).text()
  expect(await (await replay(recorder.cassette())(URL_OF, ask('sk-ant-another-one'))).text()).toBe('hello')
})
