import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { version } from '../../../src/server/version.ts'
import { clients, post } from '../clients.ts'
import { buildCommand, eventually, type Command } from './command.ts'

let command: Command
beforeAll(async () => void (command = await buildCommand()), 60_000)
afterAll(() => command.remove())

const config = (value: unknown): string => command.write('config.json', typeof value === 'string' ? value : JSON.stringify(value))
const logged = (err: string) =>
  err
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>)

describe('what it says', () => {
  test.each([[[]], [['--help']], [['-h']], [['help']]])('%j is help', async (args) => {
    const { code, out } = await command.run(args)
    expect(code).toBe(0)
    expect(out).toContain('Usage: cc-route COMMAND')
    expect(out).not.toContain('\u001B')
  })

  test.each([[['serve', '--help']], [['help', 'serve']]])('%j is that of the command', async (args) => {
    expect((await command.run(args)).out).toContain('--port PORT')
  })

  test.each(['--version', '-v', 'version'])('%s', async (arg) => {
    expect(await command.run([arg])).toEqual({ code: 0, out: `${version}\n`, err: '' })
  })

  test.each([
    [['srve'], 'There is no command "srve". Did you mean "serve"?'],
    [['help', 'confg'], 'There is no help about "confg".'],
    [['serve', '--port', '70000'], '--port takes a number from 0 to 65535, not "70000".'],
    [['serve', '--port', 'x'], '--port takes a number'],
    [['serve', '--host', 'a b'], '--host takes a host name'],
    [['serve', '--bogus'], 'serve has no flag --bogus.'],
    [['--port', '1'], 'A command is missing'],
  ])('%j is misuse', async (args, message) => {
    const { code, out, err } = await command.run(args)
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toContain(message)
    expect(err).toMatch(/cc-route .*--help/)
    expect(err).not.toContain('    at ')
  })
})

describe('a configuration', () => {
  test('that is not there', async () => {
    const { code, err } = await command.run(['serve', '--config', 'nope.json'])
    expect(code).toBe(1)
    expect(err).toMatch(/nope\.json cannot be used:\n {2}it cannot be read: there is no such file/)
  })

  test('that is not JSON', async () => {
    const { code, err } = await command.run(['serve', '--config', config('{\n "endpoints": }')])
    expect(code).toBe(1)
    expect(err).toMatch(/config\.json cannot be used:\n {2}\S+config\.json:2:15: not valid JSON: /)
  })

  test('with mistakes: all of them, with their places', async () => {
    const { code, err } = await command.run(['serve', '--config', config({ endpoints: { gpt: { protocol: 'x', baseUrl: 'y' } } })])
    expect(code).toBe(1)
    expect(err).toContain('endpoints.gpt.protocol: expected one of claude, openai, openai-responses, gemini, found "x"')
    expect(err).not.toContain('    at ')
  })

  test('with a dialect that nobody knows', async () => {
    const endpoints = { gpt: { protocol: 'openai', baseUrl: 'https://x.example/v1', dialect: 'nope' } }
    const { code, err } = await command.run(['serve', '--config', config({ endpoints })])
    expect(code).toBe(1)
    expect(err).toContain('nope')
    expect(err).not.toContain('    at ')
  })

  test('that works: what is printed names no key', async () => {
    const endpoint = { protocol: 'openai', baseUrl: 'https://x.example/v1?key=secret', apiKey: 'sk-secret', model: 'gpt-5.4' }
    const endpoints = { gpt: endpoint, other: { ...endpoint, apiKey: '${OTHER_KEY}' } }
    const file = config({ endpoints, routes: { default: 'other' } })
    const { out, url, stop } = await command.start(['--config', file], { OTHER_KEY: 'sk-secret-too' })
    expect(out).toContain(`cc-route ${version} listens on http://127.0.0.1:`)
    expect(out).toMatch(/\* other +openai +https:\/\/x\.example\/v1 +gpt-5\.4 +key: OTHER_KEY/)
    expect(out).toContain(`export ANTHROPIC_BASE_URL=${url}`)
    expect(out).not.toContain('secret')
    expect(out).not.toContain('WARNING')
    expect(await (await fetch(`${url}/v1/models`)).json()).toMatchObject({ data: [{ id: 'gpt-5.4' }, { id: 'gpt/gpt-5.4' }] })
    const { code, err } = await stop()
    expect(code).toBe(0)
    expect(logged(err)).toMatchObject([{ level: 'info', message: 'GET /v1/models', status: 200 }])
  })
})

describe('without a configuration', () => {
  test('the keys of the environment', async () => {
    const { out, stop } = await command.start([], { GEMINI_API_KEY: 'secret', OPENAI_API_KEY: 'secret' })
    expect(out).toMatch(/\* openai .*key: OPENAI_API_KEY\n {4}gemini .*key: GEMINI_API_KEY/)
    expect(out).not.toContain('secret')
    expect((await stop('SIGINT')).code).toBe(0)
  })

  test('the demo provider, for clients of all protocols', async () => {
    const { url, out, stop } = await command.start([])
    expect(out).toContain('demo provider')
    for (const client of clients) {
      const response = await post(url, client)
      expect(response.status, client.protocol).toBe(200)
      expect(await response.text()).toContain('demo provider')
    }
    const { code, err } = await stop()
    expect(code).toBe(0)
    expect(logged(err).map(({ protocol, status }) => ({ protocol, status }))).toEqual(
      clients.map(({ protocol }) => ({ protocol, status: 200 })),
    )
  })
})

test('a port in use', async () => {
  const { url, stop } = await command.start([])
  const { code, err } = await command.run(['serve', '--port', new URL(url).port])
  expect(code).toBe(1)
  expect(err).toMatch(/^cc-route: The port is in use \(127\.0\.0\.1:\d+\).* --port\.\n$/)
  await stop()
})

test('an address that others can reach is refused without keys', async () => {
  const { code, err } = await command.run(['serve', '--port', '0', '--host', '0.0.0.0'])
  expect(code).toBe(1)
  expect(err).toMatch(/^cc-route: Without keys the server does not listen on 0\.0\.0\.0/)
})

test('asked to stop amid a stream, it lets the stream end', async () => {
  const { url, stop } = await command.start([])
  const response = await fetch(`${url}/v1/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'm', max_tokens: 500, stream: true, messages: [{ role: 'user', content: 'Hi' }] }),
  })
  const stopped = stop()
  expect(await response.text()).toContain('message_stop')
  expect((await stopped).code).toBe(0)
})

describe('while it runs', () => {
  const endpoint = (model: string) => ({ protocol: 'openai', baseUrl: 'http://127.0.0.1:9/v1', model })
  const modelAt = async (url: string) => ((await (await fetch(`${url}/v1/models`)).json()) as { data: { id: string }[] }).data[0]!.id

  test('a changed file is used, and a bad one told of', async () => {
    const file = config({ endpoints: { a: endpoint('one') } })
    const { url, seen, stop } = await command.start(['--config', file])
    expect(await modelAt(url)).toBe('one')
    config({ endpoints: { a: endpoint('two') } })
    await eventually(async () => (await modelAt(url)) === 'two')
    config({ endpoints: { a: { protocol: 'nope' } } })
    await eventually(() => seen.err.includes('stays in use'))
    expect(await modelAt(url)).toBe('two')
    expect((await stop()).err).toContain('endpoints.a.protocol')
  })

  test('SIGHUP has it read the file, and secrets that no file shows', async () => {
    const printed = command.write('elsewhere/key.txt', 'sk-first-key')
    const apiKey = { command: ['cat', printed] }
    const file = config({ endpoints: { a: { ...endpoint('one'), apiKey } } })
    const { seen, pid, stop } = await command.start(['--config', file])
    command.write('elsewhere/key.txt', 'sk-second-key')
    process.kill(pid, 'SIGHUP')
    await eventually(() => seen.err.includes('has changed, and is in use'))
    expect((await stop()).code).toBe(0)
  })

  test('the log is written where the configuration says, from its own folder', async () => {
    const file = config({ endpoints: { a: endpoint('one') }, log: { file: 'logs/a.log', level: 'info' } })
    const { url, stop } = await command.start(['--config', file])
    await fetch(`${url}/v1/models`)
    expect(await stop()).toEqual({ code: 0, err: '' })
    const { out } = await command.run(['logs', '--config', file, '--json'])
    expect(logged(out)).toMatchObject([{ message: 'GET /v1/models', status: 200 }])
  })

  test('providers are called through the proxies that the configuration names', async () => {
    const asked: string[] = []
    const proxy = createServer((request, response) => {
      asked.push(request.url!)
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end('{"choices":[{"message":{"content":"via proxy"},"finish_reason":"stop"}]}')
    })
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
    const proxyUrl = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`
    const baseUrl = 'http://provider.example/v1'
    const file = config({
      server: { proxy: proxyUrl },
      endpoints: {
        a: { protocol: 'openai', baseUrl, model: 'm' },
        b: { protocol: 'openai', baseUrl, model: 'm', proxy: 'socks5://127.0.0.1:9' },
      },
    })
    const { url, stop } = await command.start(['--config', file])
    const ask = async (model: string) => (await post(url, { ...clients[0]!, body: { ...clients[0]!.body, model } })).text()
    expect(await ask('a/m')).toContain('via proxy')
    expect(asked).toEqual(['http://provider.example/v1/chat/completions'])
    // Its own proxy is another one, where nobody is.
    expect(await ask('b/m')).toContain('socks5://127.0.0.1:9')
    expect(asked).toHaveLength(1)
    await stop()
    proxy.close()
  })
})
