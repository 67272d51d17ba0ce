import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { buildCommand, type Command } from './command.ts'

let command: Command
let server: Server
let url: string
let asked: IncomingMessage[]
let answer: { status: number; body: unknown } | 'nothing'

beforeAll(async () => {
  command = await buildCommand()
  server = createServer((request, response) => {
    asked.push(request)
    if (answer === 'nothing') return void response.destroy()
    response.writeHead(answer.status, { 'content-type': 'application/json', ...(answer.status === 302 && { location: '/elsewhere' }) })
    response.end(JSON.stringify(answer.body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}, 60_000)
afterAll(() => {
  server.close()
  command.remove()
})

const TOLD = {
  session: 's/1',
  totals: { input: 5000, cacheRead: 40_000, cacheWrite: 1000, output: 1234, cacheHitRate: 0.8695, cost: '0.418', unpriced: 0 },
  last: { asked: 'sonnet', served: 'gpt-5.4', endpoint: 'openai' },
}
const GIVEN = JSON.stringify({ session_id: 's/1', cwd: '/', model: { id: 'claude-sonnet-5', display_name: 'Sonnet 5' } })

beforeEach(() => {
  asked = []
  answer = { status: 200, body: TOLD }
})

const line = (env: Record<string, string>, input = GIVEN) => command.run(['statusline'], env, input)

test('one line of the conversation, from the server that Claude Code asks, with its key', async () => {
  const told = await line({ ANTHROPIC_BASE_URL: `${url}/`, ANTHROPIC_AUTH_TOKEN: 'the-token' })
  expect(told).toEqual({ code: 0, err: '', out: 'gpt-5.4 @ openai · 46.0k in, 1.2k out · 87% cached · $0.42\n' })
  expect(asked.map((request) => [request.method, request.url, request.headers.authorization])).toEqual([
    ['GET', '/usage/sessions/s%2F1', 'Bearer the-token'],
  ])
  await line({ ANTHROPIC_BASE_URL: `${url}/anthropic`, ANTHROPIC_API_KEY: 'the-key' })
  expect(asked[1]).toMatchObject({ url: '/usage/sessions/s%2F1', headers: { 'x-api-key': 'the-key' } })
})

test('what has no price, no caches, and names that would do things to a terminal', async () => {
  const totals = { input: 10, output: 1, cacheHitRate: 0, cost: '0', unpriced: 1 }
  answer = { status: 200, body: { totals, last: { asked: 'a\u001B[2Jb\n' } } }
  expect((await line({ ANTHROPIC_BASE_URL: url })).out).toBe('a [2Jb  · 10 in, 1 out · 0% cached · $0+\n')
  answer = { status: 200, body: { totals: {}, last: {} } }
  expect((await line({ ANTHROPIC_BASE_URL: url })).out).toBe('0 in, 0 out\n')
})

test('before the first request, that it will be asked', async () => {
  answer = { status: 200, body: { session: 's/1', totals: { requests: 0 }, last: null } }
  expect(await line({ ANTHROPIC_BASE_URL: url })).toEqual({ code: 0, err: '', out: 'Sonnet 5 via cc-route\n' })
})

const SILENT = { code: 0, out: '', err: '' }

test('nothing where there is nothing to tell, and never an error', async () => {
  const env = { ANTHROPIC_BASE_URL: url }
  expect(await Promise.all(['', '[]', '{"session_id":7}'].map((given) => line(env, given)))).toEqual([SILENT, SILENT, SILENT])
  expect(asked).toEqual([])
  for (const given of [
    // Somebody else's gateway.
    { status: 404, body: { error: { message: 'no such path' } } },
    { status: 302, body: {} },
    { status: 200, body: 'text' },
    'nothing',
  ] as const) {
    answer = given
    expect(await line(env)).toEqual(SILENT)
  }
  // Nobody listens; no address; no server that runs; the vendor's own, which is never asked.
  const addresses = ['http://127.0.0.1:9', 'nonsense', '', 'https://api.anthropic.com']
  const told = await Promise.all(addresses.map((address) => line({ ANTHROPIC_BASE_URL: address, ANTHROPIC_API_KEY: 'the-key' })))
  expect(told).toEqual(addresses.map(() => SILENT))
})
