import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { findConfig, usualPath } from '../../../src/server/config/find.ts'
import { loadConfig, type LoadOptions } from '../../../src/server/config/load.ts'
import { problemText } from '../../../src/server/config/problem.ts'
import { folder } from './folder.ts'

const write = (text: string, { name = 'config.jsonc', mode = 0o600 } = {}): string => {
  const path = join(folder(), name)
  writeFileSync(path, text)
  chmodSync(path, mode)
  return path
}
const load = (text: string, options: LoadOptions & { name?: string; mode?: number } = {}) =>
  loadConfig(write(text, options), { variables: {}, ...options })

const openai = (apiKey: unknown, rest = {}) => JSON.stringify({ endpoints: { openai: { apiKey, ...rest } } })

describe('where the file is', () => {
  const there = (...files: string[]) => ({ home: '/home/me', exists: (path: string) => files.includes(path) })

  test.each<[string, string | undefined, Record<string, string>, string[], string | undefined]>([
    ['a flag is strongest', 'mine.toml', { CC_ROUTE_CONFIG: 'other.json' }, ['/home/me/.config/cc-route/config.jsonc'], 'mine.toml'],
    ['then the variable', undefined, { CC_ROUTE_CONFIG: 'other.json' }, ['/home/me/.config/cc-route/config.jsonc'], 'other.json'],
    [
      "then the user's own",
      undefined,
      {},
      ['/etc/cc-route/config.jsonc', '/home/me/.config/cc-route/config.yaml'],
      '/home/me/.config/cc-route/config.yaml',
    ],
    [
      'wherever that is',
      undefined,
      { XDG_CONFIG_HOME: '/x' },
      ['/x/cc-route/config.toml', '/home/me/.config/cc-route/config.yaml'],
      '/x/cc-route/config.toml',
    ],
    ["then the machine's", undefined, {}, ['/etc/cc-route/config.json'], '/etc/cc-route/config.json'],
    ['never the working directory', undefined, {}, ['cc-route.json', 'config.json', './config.jsonc'], undefined],
  ])('%s', (_, flag, variables, files, expected) => {
    expect(findConfig(flag, { variables, ...there(...files) })).toBe(expected)
  })

  test('a new one goes where it is found', () => {
    const path = usualPath({ variables: {}, home: '/home/me' })
    expect(findConfig(undefined, { variables: {}, ...there(path) })).toBe(path)
  })

  test('one that is not there, or is none', async () => {
    const nowhere = join(folder(), 'no.json')
    await expect(loadConfig(nowhere)).rejects.toThrow(`${nowhere} cannot be used:\n  it cannot be read: there is no such file`)
    await expect(loadConfig(folder())).rejects.toThrow('it is a folder')
  })
})

describe('what is stronger than the file', () => {
  const text = JSON.stringify({ endpoints: { ollama: {}, vllm: {} }, server: { port: 1, host: 'localhost' }, log: { level: 'warn' } })
  const variables = {
    CC_ROUTE_PORT: '2',
    CC_ROUTE_LOG_LEVEL: 'debug',
    CC_ROUTE_KEYS: 'a, b',
    CC_ROUTE_DEFAULT: 'vllm',
    CC_ROUTE_ADMIN: 'no',
  }

  test('a flag, then a variable, then the file', async () => {
    const flags = [{ path: ['server', 'port'], value: 3, origin: '--port' }]
    expect((await load(text)).config.server).toEqual({ port: 1, host: 'localhost' })
    expect((await load(text, { variables })).config).toMatchObject({
      server: {
        port: 2,
        host: 'localhost',
        admin: false,
        keys: [
          { name: 'key-1', key: 'a' },
          { name: 'key-2', key: 'b' },
        ],
      },
      log: { level: 'debug' },
      routes: { default: 'vllm' },
    })
    expect((await load(text, { variables, flags })).config.server.port).toBe(3)
  })

  test('a mistake is named by where it is from', async () => {
    await expect(load(text, { variables: { CC_ROUTE_LOG_LEVEL: 'loud' } })).rejects.toThrow(
      '  CC_ROUTE_LOG_LEVEL: log.level: expected one of silent',
    )
    await expect(load(text, { flags: [{ path: ['server', 'port'], value: -1, origin: '--port' }] })).rejects.toThrow(
      '  --port: server.port: expected a port',
    )
  })

  test('a variable that means nothing is doubted', async () => {
    const { warnings } = await load(text, { variables: { CC_ROUTE_POTR: '2', CC_ROUTE_SOMETHING_ELSE: '1' } })
    expect(warnings.map((warning) => problemText(warning, ''))).toEqual([
      'CC_ROUTE_POTR: this variable means nothing. Did you mean "CC_ROUTE_PORT"?',
    ])
  })
})

describe('secrets', () => {
  test('from a file, beside the configuration', async () => {
    const path = write(openai('file:secrets/key'))
    mkdirSync(join(path, '../secrets'))
    writeFileSync(join(path, '../secrets/key'), 'sk-1\n')
    const { config, secretFiles } = await loadConfig(path, { variables: {} })
    expect(config.endpoints.openai!.keys).toEqual([{ key: 'sk-1', from: 'secrets/key' }])
    expect(secretFiles).toEqual([join(path, '../secrets/key')])
  })

  test('from a command, without a shell', async () => {
    const command = [process.execPath, '-e', 'process.stdout.write(process.argv[1] + "\\n")', '$HOME; echo no']
    const { config } = await load(openai({ command }), { variables: { HOME: '/home/me' } })
    expect(config.endpoints.openai!.keys).toEqual([{ key: '/home/me; echo no', from: `the command ${process.execPath}` }])
  })

  test('several keys, and those of the server', async () => {
    const path = write(
      JSON.stringify({
        server: { keys: ['file:k', { name: 'ci', key: { file: 'k' } }] },
        endpoints: { openai: { apiKeys: ['a', { file: 'k' }] } },
      }),
    )
    writeFileSync(join(path, '../k'), 'from-file')
    const { config } = await loadConfig(path, { variables: {} })
    expect(config.endpoints.openai!.keys.map(({ key }) => key)).toEqual(['a', 'from-file'])
    expect(config.server.keys).toEqual([
      { name: 'key-1', key: 'from-file' },
      { name: 'ci', key: 'from-file' },
    ])
  })

  const node = (code: string, timeoutMs = 5000) => ({ command: [process.execPath, '-e', code], timeoutMs })
  test.each<[string, unknown, RegExp]>([
    ['a file that is not there', 'file:nope', /config\.jsonc:1:\d+: endpoints\.openai\.apiKey: the file \S+nope cannot be read: ENOENT/],
    [
      'a program that is not there',
      { command: ['cc-route-no-such-program'] },
      /the command cc-route-no-such-program gave no key: there is no such program/,
    ],
    ['a program that fails', node('console.log("sk-half"); process.exit(3)'), /gave no key: it ended with code 3$/],
    ['a program that says nothing', node(''), /gave nothing; expected the key alone$/],
    ['a program that says too much', node('console.log("a\\nb")'), /gave more than one line; expected the key alone$/],
    ['a program that does not end', node('setInterval(() => {}, 1000)', 200), /gave no key: it did not end within 200 ms$/],
  ])('%s', async (_, apiKey, expected) => {
    const error = await load(openai(apiKey)).catch((thrown: unknown) => String(thrown))
    expect(error).toMatch(expected)
    expect(error).not.toContain('sk-half')
  })

  test('what is switched off needs none', async () => {
    const text = JSON.stringify({ endpoints: { ollama: {}, off: { preset: 'openai', enabled: false, apiKey: 'file:nope' } } })
    expect((await load(text)).config.endpoints.off!.keys).toEqual([])
  })
})

describe('warnings', () => {
  const warned = async (text: string, mode: number) =>
    (await load(text, { mode, variables: { K: 'x' } })).warnings.map(({ message }) => message)

  test.skipIf(process.platform === 'win32')('of keys that others can read', async () => {
    expect(await warned(openai('sk'), 0o644)).toEqual([
      expect.stringMatching(/^there are keys in it, and other users of this machine may read it \(mode 644\)\. Run: chmod 600 \//),
    ])
    expect(await warned(openai('sk'), 0o600)).toEqual([])
    expect(await warned(openai('$K'), 0o644)).toEqual([])
    expect(await warned(JSON.stringify({ server: { keys: [`sha256:${'0'.repeat(64)}`] }, endpoints: { ollama: {} } }), 0o644)).toEqual([])
    expect(await warned(JSON.stringify({ server: { keys: ['secret'] }, endpoints: { ollama: {} } }), 0o644)).toHaveLength(1)
  })

  test('of what works and is not meant', async () => {
    const text = JSON.stringify({
      endpoints: {
        far: { protocol: 'openai', baseUrl: 'http://far.example/v1', apiKey: '$K' },
        near: { protocol: 'openai', baseUrl: 'http://localhost:1/v1', apiKey: '$K' },
        off: { preset: 'ollama', enabled: false },
      },
      pools: { p: { members: ['off'] } },
    })
    const { warnings } = await load(text, { variables: { K: 'x' } })
    expect(warnings.map((warning) => problemText(warning, 'f').replace(/^f:1:\d+: /, ''))).toEqual([
      'endpoints.far.baseUrl: the key goes over the network unencrypted. Use https://',
      'pools.p.members: all members are switched off',
    ])
  })
})
