import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { version } from '../../src/server/version.ts'
import { clients, post } from './clients.ts'
import { buildCommand, type Command } from './command.ts'

let command: Command
beforeAll(async () => void (command = await buildCommand()), 60_000)
afterAll(() => command.remove())

const config = (value: unknown): string => {
  const path = join(command.folder, 'config.json')
  writeFileSync(path, typeof value === 'string' ? value : JSON.stringify(value), { mode: 0o600 })
  return path
}

describe('what it says', () => {
  test.each([[[]], [['--help']], [['-h']], [['serve', '--help']], [['help']]])('%j is help that fits a screen', async (args) => {
    const { code, out } = await command.run(args)
    expect(code).toBe(0)
    expect(out).toContain('cc-route serve [--config FILE]')
    const lines = out.split('\n')
    expect(lines.length).toBeLessThan(30)
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80)
  })

  test.each([['--version'], ['-v'], ['version']])('%s', async (arg) => {
    expect(await command.run([arg])).toEqual({ code: 0, out: `${version}\n`, err: '' })
  })

  test.each([
    [['srve'], 'There is no command "srve".'],
    [['serve', 'more'], 'serve takes no argument "more".'],
    [['serve', '--port', '70000'], '--port takes a number from 0 to 65535, not "70000".'],
    [['serve', '--port', 'x'], '--port takes a number'],
    [['serve', '--host', 'a b'], '--host takes a host name'],
    [['serve', '--bogus'], '--bogus'],
    [['serve', '--config'], '--config'],
    [['--port', '1'], 'A command is missing'],
  ])('%j is misuse', async (args, message) => {
    const { code, out, err } = await command.run(args)
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toContain(message)
    expect(err).toContain('cc-route --help')
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
    expect(await stop()).toEqual({ code: 0, err: '' })
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
    expect(await stop()).toEqual({ code: 0, err: '' })
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
  expect(await stopped).toEqual({ code: 0, err: '' })
})
