import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createDemo } from '../../../src/server/demo/demo.ts'
import { serve, type Served } from '../../../src/server/serve.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildCommand, type Command } from './command.ts'

let command: Command
let provider: Served
let refusing: Server
beforeAll(async () => {
  command = await buildCommand()
  provider = await serve(createDemo(), { port: 0, models: [{ id: 'demo-1' }, { id: 'demo-2' }] })
  refusing = createServer((_, response) =>
    response
      .writeHead(401, { 'content-type': 'application/json' })
      .end('{"error":{"message":"wrong key\\u001b[31m","type":"authentication_error"}}'),
  ).listen(0, '127.0.0.1')
  await new Promise((resolve) => refusing.once('listening', resolve))
}, 60_000)
afterAll(async () => {
  await provider.close()
  refusing.close()
  command.remove()
})

interface Report {
  ok: boolean
  endpoints: { endpoint: string; ok: boolean; checks: { name: string; result: string; ms: number; detail?: string }[] }[]
}

const write = (endpoints: Record<string, unknown>) => command.write('doctor.json', JSON.stringify({ endpoints }))
const own = () => ({ protocol: 'openai', baseUrl: `${provider.url}/v1`, model: 'demo', apiKey: 'sk-demo-key-1' })
const refused = () => ({ ...own(), baseUrl: `http://127.0.0.1:${(refusing.address() as AddressInfo).port}/v1` })
const doctor = async (...args: string[]) => {
  const { code, out } = await command.run(['doctor', '--config', 'doctor.json', '--json', ...args])
  return { code, report: JSON.parse(out) as Report }
}

test('every check of an endpoint that works, with its time', async () => {
  write({ demo: own() })
  const { code, report } = await doctor()
  expect(code).toBe(0)
  const { checks } = report.endpoints[0]!
  expect(checks.map(({ name }) => name)).toEqual([
    'key',
    'protocol',
    'streaming',
    'tools',
    'parallel-tools',
    'images',
    'reasoning',
    'caching',
    'token-counting',
  ])
  const result = Object.fromEntries(checks.map(({ name, result }) => [name, result]))
  expect(result).toMatchObject({ key: 'yes', protocol: 'yes', streaming: 'yes', tools: 'yes', 'token-counting': 'yes' })
  // It has neither eyes nor a cache.
  expect(result).toMatchObject({ images: 'unsure', caching: 'unsure' })
  for (const { ms } of checks) expect(ms).toBeGreaterThanOrEqual(0)
})

test('a key that is refused: nothing else is tried, and the exit code says so', async () => {
  write({ demo: own(), wrong: refused(), off: { ...own(), enabled: false } })
  const { code, report } = await doctor('--only', 'key,streaming')
  expect(code).toBe(1)
  expect(report).toMatchObject({
    ok: false,
    endpoints: [
      { endpoint: 'demo', ok: true },
      { endpoint: 'wrong', ok: false },
    ],
  })
  expect(report.endpoints.map(({ checks }) => checks.map(({ name, result }) => `${name} ${result}`))).toEqual([
    ['key yes', 'streaming yes'],
    ['key no'],
  ])
  expect(report.endpoints[1]!.checks[0]!.detail).toContain('wrong key')
  expect((await doctor('demo', '--only', 'key')).code).toBe(0)
  const { out } = await command.run(['doctor', '--config', 'doctor.json', 'wrong'])
  expect(out).toMatch(/^wrong {2}openai {2}http:\/\/127\.0\.0\.1:\d+\n {2}✗ key +\d+ ms .*wrong key/)
  expect(out).not.toContain('\u001B')
})

test('an endpoint where nobody is', async () => {
  write({ gone: { ...own(), baseUrl: 'http://127.0.0.1:1/v1' } })
  const { code, report } = await doctor()
  expect(code).toBe(1)
  expect(report.endpoints[0]!.checks.map(({ name, result }) => `${name} ${result}`)).toEqual(['key unsure', 'protocol no'])
  const only = await doctor('--only', 'key')
  expect(only.code).toBe(1)
  expect(only.report.endpoints[0]!.checks).toMatchObject([
    { name: 'key' },
    { name: 'protocol', detail: expect.stringContaining('no answer from') as string },
  ])
})

test.each([
  [['--only', 'strming'], 2, 'There is no check "strming". Did you mean "streaming"?'],
  [['nobody'], 1, 'There is no endpoint "nobody"'],
])('%j', async (args, code, message) => {
  write({ demo: own() })
  const result = await command.run(['doctor', '--config', 'doctor.json', ...args])
  expect(result).toMatchObject({ code, out: '' })
  expect(result.err).toContain(message)
})

test('the models that a provider lists', async () => {
  write({ demo: own(), wrong: refused() })
  const { code, out } = await command.run(['models', '--live', '--config', 'doctor.json'])
  expect(code).toBe(1)
  expect(out).toMatch(/^demo\/demo-1\ndemo\/demo-2\nwrong: 127\.0\.0\.1:\d+ answered with 401 to \/v1\/models\n$/)
})
