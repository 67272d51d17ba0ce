import { expect, test } from 'vitest'
import { answerIn, raw } from '../raw.ts'
import { openScene } from '../security/scene.ts'

const BODY = '{"model":"claude,m","max_tokens":9,"messages":[{"role":"user","content":"Hi"}]}'
const send = (port: number, lines: string[], body = BODY) =>
  raw(
    port,
    `${['POST /v1/messages HTTP/1.1', 'host: 127.0.0.1', 'content-type: application/json', 'connection: close', ...lines].join('\r\n')}\r\n\r\n${body}`,
  )

/** What two servers may read differently is how a second request is smuggled into a first. */
test.each([
  ['two lengths', [`content-length: ${BODY.length}`, 'content-length: 3']],
  ['a length and chunks', [`content-length: ${BODY.length}`, 'transfer-encoding: chunked']],
  ['an encoding that is none', ['transfer-encoding: xchunked']],
  ['chunks within chunks', ['transfer-encoding: chunked, chunked, x']],
  ['a length with a sign', [`content-length: +${BODY.length}`]],
  ['a blank before the colon', [`content-length : ${BODY.length}`]],
  ['a line that goes on in the next', ['x-a: 1\r\n content-length: 3', `content-length: ${BODY.length}`]],
  ['a line feed alone', [`x-a: 1\nx-api-key: 2`, `content-length: ${BODY.length}`]],
  ['a zero in a value', ['x-a: 1\u00002', `content-length: ${BODY.length}`]],
])('%s: the request is refused', async (_, lines) => {
  const scene = await openScene()
  expect(/^HTTP\/1\.1 (\d+)/.exec(await send(scene.port, lines))?.[1]).toBe('400')
  expect(scene.received).toEqual([])
})

test('what is meant for one hop, or tells of a network, goes no further', async () => {
  const scene = await openScene()
  const passed = ['anthropic-version: 2023-06-01', 'anthropic-beta: kept-2026-01-01', 'x-app: cli']
  const stays = [
    'te: trailers',
    'keep-alive: 1',
    'proxy-connection: x',
    'via: x',
    'x-forwarded-for: 10.0.0.1',
    'x-forwarded-host: x',
    'forwarded: for=10.0.0.1',
    'x-real-ip: 10.0.0.1',
    'cookie: a=b',
    'referer: http://x',
    'x-cc-route-notices: list',
    'x-internal: x',
  ]
  const answer = await send(scene.port, [
    ...passed,
    ...stays,
    'x-stainless-lang: js',
    'connection: x-stainless-lang',
    `content-length: ${BODY.length}`,
  ])
  expect(answer).toMatch(/^HTTP\/1\.1 200/)
  const { headers } = scene.received[0]!
  expect(headers).toMatchObject({ 'anthropic-beta': 'kept-2026-01-01', 'x-app': 'cli' })
  for (const line of [...stays, 'x-stainless-lang: js']) expect(Object.keys(headers)).not.toContain(line.split(':')[0])
})

test('a provider’s own headers of its connection and its cookies do not reach the client', async () => {
  const headers = {
    'set-cookie': 'a=b',
    server: 'x',
    via: 'x',
    'x-powered-by': 'x',
    'alt-svc': 'h3=":443"',
    'access-control-allow-origin': '*',
    'request-id': 'req_1',
  }
  const scene = await openScene({
    answer: () => Promise.resolve(Response.json({ type: 'message', role: 'assistant', content: [], usage: {} }, { headers })),
  })
  const response = await fetch(`${scene.url}/v1/messages`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: BODY })
  expect(response.headers.get('request-id')).toBe('req_1')
  for (const name of Object.keys(headers).slice(0, -1)) expect([name, response.headers.get(name)]).toEqual([name, null])
})

test('names that objects have of themselves are names like others', async () => {
  const scene = await openScene()
  const evil = '{"__proto__":{"polluted":true,"stream":true},"constructor":{"prototype":{"polluted":true}},'
  for (const path of ['/v1/messages', '/v1/chat/completions', '/v1/responses'])
    for (const to of ['claude', 'openai', 'openai-responses', 'gemini']) {
      const body = `${evil}"model":"${to},m","max_tokens":9,"messages":[{"role":"user","content":"Hi"}],"input":"Hi","metadata":${evil}"a":"b"}}`
      const text = await raw(
        scene.port,
        `POST ${path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
      )
      expect([path, to, text.slice(0, 12)]).toEqual([path, to, expect.stringMatching(/^HTTP\/1\.1 [24]/)])
    }
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
  // Nothing is inherited: a stream was not asked for.
  for (const { body, url } of scene.received) {
    expect((JSON.parse(body) as { stream?: boolean }).stream).not.toBe(true)
    expect(url).not.toContain('stream')
  }
  expect(scene.received.length).toBeGreaterThan(6)
  expect(answerIn(await raw(scene.port, 'GET /v1/models/__proto__ HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n')).status).toBe(
    404,
  )
})
