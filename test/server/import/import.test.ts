import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { loadText } from '../../../src/server/config/load.ts'
import { readSource, type Format } from '../../../src/server/config/source.ts'
import { importConfig, type SeedName } from '../../../src/server/import/index.ts'
import { folder } from '../config/folder.ts'
import { ccBridge, ccgate, ccnexus, ccProxy, ccproxy, claudeCodeRouter } from './examples.ts'
import { imported, inMemory } from './importing.ts'

const upstreams = ccgate['upstreams.json']
const EXAMPLES: [SeedName, string, unknown][] = [
  ['claude-code-router', 'config.json', claudeCodeRouter],
  ['ccnexus', 'export.json', ccnexus],
  ['cc-bridge', 'config.json', ccBridge],
  ['ccproxy', 'config.json', ccproxy],
  ['ccgate', 'upstreams.json', upstreams],
  ['cc-proxy', 'providers.toml', ccProxy],
]

describe('whose a file is', () => {
  test.each(EXAMPLES)('%s is told by what stands in it', async (expected, name, contents) => {
    expect((await imported(contents, { name })).from).toBe(expected)
  })

  test('providers in small letters are told apart by the router', async () => {
    const providers = [{ name: 'a', api_base_url: 'https://a.example', api_key: 'k', models: ['m'] }]
    expect((await imported({ providers, Router: { default: 'a,m' } })).from).toBe('claude-code-router')
    expect((await imported({ providers, routes: { default: { provider: 'a', model: 'm' } } })).from).toBe('ccproxy')
  })

  test('--from is stronger', async () => {
    expect((await imported({ providers: [{ name: 'a', api_base_url: 'https://a.example' }] }, { from: 'claude-code-router' })).from).toBe(
      'claude-code-router',
    )
  })
})

describe('what is written', () => {
  const formats: [Format, string][] = [
    ['yaml', 'config.yaml'],
    ['yaml', 'config.yml'],
    ['json', 'config.jsonc'],
    ['json', 'config.json'],
    ['toml', 'config.toml'],
  ]
  const variables = { OPENROUTER_API_KEY: 'k', GEMINI_API_KEY: 'k', OPENAI_API_KEY: 'k' }

  describe.each(EXAMPLES)('%s', (_, name, contents) => {
    test.each(formats)('as %s, into %s, can be loaded and says the same', async (format, out) => {
      const { text, config, format: found } = await imported(contents, { name, out })
      expect(found).toBe(format)
      const { value, mistakes } = await readSource(text, format)
      expect(mistakes).toEqual([])
      expect(JSON.parse(JSON.stringify(value))).toEqual(config)
      const { warnings } = await loadText(out, text, { variables })
      expect(warnings).toEqual([])
    })
  })

  test('is YAML where nothing is said', async () => {
    const { format, text } = await imported(ccproxy)
    expect(format).toBe('yaml')
    expect(text).toMatch(/^# Made by "cc-route import" from the configuration of ccproxy in config\.json\./)
    expect(text).toContain('\n# Which request goes where.\nroutes:\n')
  })

  test('says what was not carried over, on top', async () => {
    const { text, notes } = await imported(ccproxy, { out: 'x.jsonc' })
    for (const { path, reason } of notes) expect(text).toContain(`// - ${path}: ${reason}`)
  })

  test('no word of the old file ends a comment, or reaches a terminal', async () => {
    const remark = 'a\nserver: { host: 0.0.0.0 }\u001B[31m\u2028b'
    const { text, config } = await imported({ endpoints: [{ ...ccnexus.endpoints[0], remark, name: 'x\ny: 1' }] })
    expect(text).toContain('# a server: { host: 0.0.0.0 } [31m b')
    const { value } = await readSource(text, 'yaml')
    expect(value).toEqual(config)
  })

  test('keys stand in it, and nowhere in what is printed', async () => {
    const { text, notes } = await imported(ccBridge)
    expect(text).toContain('sk-1')
    expect(JSON.stringify(notes)).not.toMatch(/sk-\d|token-of-an-account/)
  })
})

describe('variables that are missing', () => {
  test('are named, but for what is switched off', async () => {
    const provider = (name: string, more = {}) => ({
      name,
      api_base_url: 'https://a.example',
      api_key: `$${name.toUpperCase()}_KEY`,
      models: ['m'],
      ...more,
    })
    const contents = { Providers: [provider('one'), provider('two'), provider('three', { transformer: { use: ['gemini-cli'] } })] }
    expect((await imported(contents)).missing).toEqual(['ONE_KEY', 'TWO_KEY'])
    expect((await imported(contents, { variables: { ONE_KEY: 'k' } })).missing).toEqual(['TWO_KEY'])
  })
})

describe('files that cannot be imported say why', () => {
  test.each<[string, unknown, string]>([
    ['nothing', undefined, 'config.json: there is no such file, and no folder with one of config.json, ccnexus.db'],
    ['an empty file', '', 'config.json:1:1: the file is empty'],
    ['no JSON', '{"Providers": [\n  {"name": "a" "b"}\n]}', 'config.json:2:16: not valid JSON: a comma is missing before this'],
    ['a list', '[]', 'config.json: expected an object, found a list'],
    ['a number', '1', 'config.json: expected an object, found a single value'],
    ['something else', { name: 'a-package', version: '1.0.0' }, 'this is no configuration that is known'],
    [
      'our own',
      { endpoints: { openai: { apiKey: 'k' } } },
      'is a configuration of cc-route already. Use it as it is: cc-route serve --config config.json',
    ],
    ['no providers', { Providers: [] }, 'there is no provider in this configuration of claude-code-router'],
    [
      'none that is used',
      { endpoints: [{ name: 'a', apiUrl: 'https://a.example', enabled: false }] },
      'none of the providers in this configuration of ccNexus can be used',
    ],
    [
      'none that can be',
      { endpoints: [{ name: 'a', apiUrl: 'http://', authMode: 'token_pool' }] },
      'endpoints[0]: it signs in with accounts',
    ],
  ])('%s', async (_, contents, message) => {
    await expect(imported(contents)).rejects.toThrow(message)
    await expect(imported(contents)).rejects.toHaveProperty('name', 'ImportError')
  })

  test('names those that are known', async () => {
    await expect(imported({})).rejects.toThrow(
      'Known are those of claude-code-router, ccNexus, cc-bridge, ccproxy, CCGate, CC-Proxy. If it is one of them, say so with --from: claude-code-router, ccnexus, cc-bridge, ccproxy, ccgate, cc-proxy.',
    )
  })

  test('TOML', async () => {
    await expect(imported('[config\n', { name: 'providers.toml' })).rejects.toThrow(/providers\.toml:\d:\d+: not valid TOML/)
  })

  test('a file that is too large', async () => {
    await expect(imported(new Uint8Array(17 * 1024 * 1024))).rejects.toThrow('config.json is too large to be a configuration')
  })

  test('a file beside it that cannot be read', async () => {
    const files = inMemory({ 'c/upstreams.json': upstreams, 'c/tenants.json': '{' })
    await expect(importConfig('c/upstreams.json', { files })).rejects.toThrow('c/tenants.json:1:2: not valid JSON')
    const refusing = { ...inMemory({}), read: () => Promise.reject(new Error('not permitted')) }
    await expect(importConfig('c', { files: refusing })).rejects.toThrow('c cannot be read: not permitted')
  })
})

describe('real files', () => {
  test('a file, and the folder it lies in', async () => {
    const path = folder()
    writeFileSync(join(path, 'config.json'), JSON.stringify(claudeCodeRouter))
    const [file, inFolder] = [await importConfig(join(path, 'config.json')), await importConfig(path)]
    expect(file.config).toEqual(inFolder.config)
    await expect(importConfig(join(path, 'config.json', 'more'))).rejects.toThrow('there is no such file')
  })
})

describe('what a provider’s address may be', () => {
  const at = async (apiUrl: string) => {
    const { config, notes } = await imported({ endpoints: [{ name: 'a', apiUrl }, ccnexus.endpoints[0]] })
    const { baseUrl, enabled } = config.endpoints['a']!
    return { baseUrl, enabled, noted: notes.some(({ path }) => path === 'endpoints[0].apiUrl') }
  }
  test.each([
    ['api.example.com', 'https://api.example.com'],
    ['localhost:8080/v1', 'https://localhost:8080/v1'],
    ['http://10.0.0.1/v1', 'http://10.0.0.1/v1'],
  ])('%s', async (said, baseUrl) => {
    expect(await at(said)).toEqual({ baseUrl, enabled: undefined, noted: false })
  })
  test.each(['ftp://a.example', 'http://', 'https://user:word@a.example/v1', 'not an address'])('%s switches it off', async (said) => {
    expect(await at(said)).toMatchObject({ enabled: false, noted: true })
    expect((await at(said)).baseUrl).not.toContain('word')
  })
})
