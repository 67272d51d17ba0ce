import { describe, expect, test } from 'vitest'
import { ConfigError, problemText } from '../../../src/server/config/problem.ts'
import { parseConfig, type ParseOptions } from '../../../src/server/config/parse.ts'
import { readConfig } from '../../../src/server/config/read.ts'
import { setupOf } from '../../../src/server/config/setup-of.ts'

const gpt = { protocol: 'openai', baseUrl: 'https://api.openai.com/v1', apiKey: 'sk-secret', model: 'gpt-5.4' }

/** What a configuration is refused for, a line each. */
function problems(value: unknown, variables: Record<string, string> = {}): string[] {
  try {
    readConfig(value, { variables })
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError)
    return (error as ConfigError).problems.map((problem) => problemText(problem, ''))
  }
  return []
}

/** What a text is refused for, with its places. */
const refusal = async (text: string, options: ParseOptions = {}): Promise<string[]> => {
  const error: unknown = await parseConfig(text, options).then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(ConfigError)
  return (error as Error).message.split('\n').slice(1)
}

describe('what a configuration says', () => {
  test('endpoints and the default route, as they have always been written', () => {
    const config = readConfig({
      endpoints: { gpt, other: { ...gpt, headers: { 'x-team': 'a' }, dialect: 'azure' } },
      routes: { default: 'other' },
    })
    expect(setupOf(config)).toMatchObject({
      default: 'other',
      endpoints: [
        { name: 'gpt', ...gpt, keyFrom: 'the configuration' },
        { name: 'other', ...gpt, keyFrom: 'the configuration', headers: { 'x-team': 'a' }, dialect: 'azure' },
      ],
    })
  })

  test('the first endpoint that is switched on is the default where none is named', () => {
    expect(setupOf(readConfig({ endpoints: { off: { ...gpt, enabled: false }, gpt, other: gpt } }))).toMatchObject({
      default: 'gpt',
      endpoints: [{ name: 'gpt' }, { name: 'other' }],
    })
  })

  test('durations and sizes become milliseconds and bytes', () => {
    const { endpoints, server } = readConfig({
      endpoints: { gpt: { ...gpt, timeouts: { connectMs: '1.5s', totalMs: '2h', headersMs: 250 } } },
      server: { port: '8080', limits: { bodyBytes: '32MiB', depth: 9 }, graceMs: '5m' },
    })
    expect(endpoints.gpt!.timeouts).toEqual({ connectMs: 1500, totalMs: 7_200_000, headersMs: 250 })
    expect(server).toEqual({ port: 8080, limits: { bodyBytes: 33_554_432, depth: 9 }, graceMs: 300_000 })
  })

  test('nobody can change it', () => {
    const config = readConfig({ endpoints: { gpt } })
    expect(() => Object.assign(config.endpoints.gpt!, { baseUrl: 'https://elsewhere.example' })).toThrow(TypeError)
  })
})

describe('presets', () => {
  const read = (endpoints: unknown, variables = {}) => readConfig({ endpoints }, { variables }).endpoints

  test('a name and a key are enough', () => {
    expect(read({ deepseek: { apiKey: 'k' } }).deepseek).toMatchObject({
      protocol: 'openai',
      baseUrl: 'https://api.deepseek.com',
      keys: [{ key: 'k', from: 'the configuration' }],
    })
  })

  test("not even a key is needed where the provider's own variable has one", () => {
    expect(read({ work: { preset: 'Kimi' } }, { MOONSHOT_API_KEY: ' m\n' }).work!.keys).toEqual([{ key: 'm', from: 'MOONSHOT_API_KEY' }])
    expect(problems({ endpoints: { openai: {} } })).toEqual([
      'endpoints.openai.apiKey: there is no key. Set the environment variable OPENAI_API_KEY, or write "apiKey"',
    ])
  })

  test('a server of one’s own needs no key', () => {
    expect(read({ ollama: {} }).ollama).toMatchObject({ baseUrl: 'http://localhost:11434', keys: [], dialect: 'ollama' })
  })

  test("the environment's key goes to the provider's own address only", () => {
    const moved = { openai: { preset: 'openai', baseUrl: 'https://elsewhere.example/v1' } }
    expect(read(moved, { OPENAI_API_KEY: 'k' }).openai!.keys).toEqual([])
    expect(read({ openai: { preset: 'openai', baseUrl: 'https://api.openai.com/v2' } }, { OPENAI_API_KEY: 'k' }).openai!.keys).toHaveLength(
      1,
    )
  })

  test('an address that each account has of its own is asked for', () => {
    expect(problems({ endpoints: { azure: { apiKey: 'k' } } })).toEqual([
      'endpoints.azure.baseUrl: expected the address of your account, such as https://RESOURCE.openai.azure.com, found nothing',
    ])
    expect(read({ azure: { baseUrl: 'https://me.openai.azure.com' } }, { AZURE_OPENAI_API_KEY: 'k' }).azure).toMatchObject({
      dialect: 'azure',
      keys: [{ key: 'k' }],
    })
  })

  test('a preset that is none', () => {
    expect(problems({ endpoints: { a: { preset: 'opnai' } } })[0]).toMatch(
      /^endpoints\.a\.preset: there is no preset "opnai"\. Did you mean "openai"\?/,
    )
  })
})

describe('variables of the environment', () => {
  const read = (text: string, variables = {}) =>
    readConfig({ endpoints: { a: { ...gpt, headers: { 'x-a': text } } } }, { variables }).endpoints.a!.headers!['x-a']

  test.each([
    ['$NAME', 'v'],
    ['${NAME}', 'v'],
    ['Bearer $NAME!', 'Bearer v!'],
    ['${name}', 'w'],
    ['${MISSING:-default}', 'default'],
    ['${EMPTY:-default}', 'default'],
    ['${MISSING:-}', ''],
    ['$$NAME', '$NAME'],
    ['$5 and ^gpt$', '$5 and ^gpt$'],
  ])('%s is %j', (written, expected) => expect(read(written, { NAME: 'v', name: 'w', EMPTY: '' })).toBe(expected))

  test('what is not set is named, once, with its place', () => {
    const endpoint = { protocol: 'openai', baseUrl: 'https://${HOST}/v1', apiKey: '$KEY' }
    expect(problems({ endpoints: { a: endpoint } })).toEqual([
      'endpoints.a.baseUrl: the environment variable HOST is not set. Set it, or give a default: ${HOST:-default}',
      'endpoints.a.apiKey: the environment variable KEY is not set. Set it, or give a default: ${KEY:-default}',
    ])
    expect(readConfig({ endpoints: { gpt, a: { ...endpoint, enabled: false } } }).endpoints.a!.enabled).toBe(false)
  })

  test('the key is known by its variable', () => {
    const config = readConfig({ endpoints: { a: { ...gpt, apiKey: undefined, apiKeys: ['${K:-x}', { name: 'second', key: 'y' }] } } })
    expect(config.endpoints.a!.keys).toEqual([
      { key: 'x', from: 'K' },
      { key: 'y', name: 'second', from: 'the configuration' },
    ])
  })
})

describe('mistakes are named with their place', () => {
  test.each<[string, unknown, string[]]>([
    ['nothing', null, ['expected an object, found null']],
    ['no endpoints', {}, ['endpoints: expected an object of endpoints by name, found nothing']],
    [
      'empty endpoints',
      { endpoints: {} },
      ['endpoints: expected at least one endpoint. { "openai": { "apiKey": "$OPENAI_API_KEY" } } is one'],
    ],
    ['endpoints as a list', { endpoints: [gpt] }, ['endpoints: expected an object of endpoints by name, found a list']],
    ['endpoint of the wrong type', { endpoints: { gpt: 3 } }, ['endpoints.gpt: expected an object, found the number 3']],
    [
      'unknown protocol',
      { endpoints: { gpt: { ...gpt, protocol: 'grpc' } } },
      ['endpoints.gpt.protocol: expected one of claude, openai, openai-responses, gemini, found "grpc"'],
    ],
    [
      'missing fields',
      { endpoints: { gpt: { apiKey: 'k' }, x: {} } },
      [
        'endpoints.x.protocol: expected one of claude, openai, openai-responses, gemini, found nothing. A preset would tell it: anthropic, claude, openai, gpt, gemini …',
        'endpoints.x.baseUrl: expected a URL such as https://api.example.com/v1, found nothing',
      ],
    ],
    [
      'unknown field',
      { endpoints: { gpt: { ...gpt, apikey: 'k' } } },
      ['endpoints.gpt.apikey: there is no such field. Did you mean "apiKey"?'],
    ],
    [
      'what is wrong with an object that may be a key, or tell where one is',
      { endpoints: { gpt: { ...gpt, apiKeys: [{ name: 'a', kye: 'k' }] } }, server: { keys: [{ name: 'a', key: 'k', modles: ['m'] }] } },
      [
        'server.keys[0].modles: there is no such field. Did you mean "models"?',
        expect.stringMatching(/^endpoints\.gpt\.apiKeys\[0\]\.key: expected a key, .*, found nothing$/) as string,
        'endpoints.gpt.apiKeys[0].kye: there is no such field. Did you mean "key"?',
      ],
    ],
    [
      'a field of such an object alone',
      { endpoints: { gpt }, server: { keys: [{ name: 'a', key: 'k', expires: 'soon' }] } },
      ['server.keys[0].expires: expected a time such as "2027-01-31" or "2027-01-31T18:00:00Z", found a text'],
    ],
    ['unknown top-level field', { endpoints: { gpt }, route: {} }, ['route: there is no such field. Did you mean "routes"?']],
    [
      'unknown field that is like none',
      { endpoints: { gpt }, log: { colour: 1 } },
      ['log.colour: there is no such field. Known: level, format, file, maxBytes, keep, bodies.'],
    ],
    [
      'no URL',
      { endpoints: { gpt: { ...gpt, baseUrl: 'api.openai.com' } } },
      ['endpoints.gpt.baseUrl: expected a URL such as https://api.example.com/v1, found "api.openai.com"'],
    ],
    [
      'password in a URL',
      { endpoints: { gpt: { ...gpt, baseUrl: 'https://u:p@x.example' } } },
      ['endpoints.gpt.baseUrl: a password in a URL ends up in logs. Use "apiKey" or "headers"'],
    ],
    [
      'wrong type of header',
      { endpoints: { gpt: { ...gpt, headers: { a: 1 } } } },
      ['endpoints.gpt.headers.a: expected a text, found the number 1'],
    ],
    [
      'duration',
      { endpoints: { gpt: { ...gpt, timeouts: { totalMs: '5 minutes' } } } },
      ['endpoints.gpt.timeouts.totalMs: expected milliseconds or a duration such as "30s", "5m" or "1h", found "5 minutes"'],
    ],
    ['port', { endpoints: { gpt }, server: { port: 70_000 } }, ['server.port: expected a port from 0 to 65535, found the number 70000']],
    [
      'dialect',
      { endpoints: { gpt: { ...gpt, protocol: 'gemini', dialect: 'vertx' } } },
      ['endpoints.gpt.dialect: unknown name "vertx" for the protocol gemini. Known: gemini, vertex.'],
    ],
    [
      'one key and several',
      { endpoints: { gpt: { ...gpt, apiKeys: ['k'] } } },
      ['endpoints.gpt.apiKeys: there is "apiKey", too. Put all keys into "apiKeys"'],
    ],
    [
      'unknown default',
      { endpoints: { gpt }, routes: { default: 'gtp/x' } },
      ['routes.default: there is no endpoint or pool "gtp". Did you mean "gpt"?'],
    ],
    ['name that parts a model', { endpoints: { 'a/b': gpt } }, ['endpoints.a/b: expected a name of letters, digits, ".", "-" and "_"']],
    [
      'names that differ in capitals only',
      { endpoints: { gpt }, pools: { GPT: { members: ['gpt'] } } },
      ['pools.GPT: there is another one called "gpt". Names differ in more than capitals, of endpoints and pools alike'],
    ],
    ['pool of nobody', { endpoints: { gpt }, pools: { p: { members: [] } } }, ['pools.p.members: expected at least one member']],
    [
      'pool of strangers',
      { endpoints: { gpt }, pools: { p: { members: ['gpt/gpt-5', { to: 'zzz' }] } } },
      ['pools.p.members[1].to: there is no endpoint or pool "zzz". There are: gpt, p.'],
    ],
    [
      'pools in a circle',
      { endpoints: { gpt }, pools: { a: { members: ['gpt', 'b'] }, b: { members: ['c'] }, c: { members: [{ to: 'b' }] } } },
      ['pools.c.members[0].to: the pool is a member of itself: b → c → b'],
    ],
    [
      'target that says nothing',
      { endpoints: { gpt }, routes: { think: { model: 'x' } } },
      ['routes.think: expected either "to" or "split"'],
    ],
    [
      'targets deep within',
      { endpoints: { gpt }, routes: { models: { 'a*': { split: [{ to: 'gpt' }, { to: { to: 'gpt', fallbacks: ['no'] } }] } } } },
      ['routes.models.a*.split[1].to.fallbacks[0]: there is no endpoint or pool "no". There are: gpt.'],
    ],
    [
      'all switched off',
      { endpoints: { gpt: { ...gpt, enabled: false } } },
      ['endpoints: all endpoints are switched off. Remove "enabled": false from one'],
    ],
  ])('%s', (_, value, expected) => expect(problems(value)).toEqual(expected))

  test('a key in the wrong place is not shown', () => {
    const wrong = [
      { headers: 'sk-secret' },
      { apiKey: { fil: 'sk-secret' } },
      { protocol: 'sk-secret' },
      { baseUrl: 'sk-secretsecretsecret' },
    ]
    for (const field of wrong) expect(problems({ endpoints: { gpt: { ...gpt, ...field } } }).join()).not.toContain('sk-secret')
    expect(problems({ endpoints: { gpt: 'sk-secret' } }).join()).not.toContain('sk-secret')
  })
})

describe('texts', () => {
  const json =
    '\uFEFF// mine\n{\n  "endpoints": {\n    "gpt": { "protocol": "openai", "baseUrl": "https://x.example", "apikey": "k" }, // one\n  },\n}'
  const toml = '# mine\n[endpoints.gpt]\nprotocol = "openai"\nbaseUrl = "https://x.example"\n\n  apikey = "k"\n'
  const yaml = '# mine\nendpoints:\n  gpt:\n    protocol: openai\n    baseUrl: https://x.example\n    apikey: k\n'

  test('places in JSON, TOML and YAML', async () => {
    const said = 'endpoints.gpt.apikey: there is no such field. Did you mean "apiKey"?'
    expect(await refusal(json, { source: 'a.jsonc' })).toEqual([`  a.jsonc:4:68: ${said}`])
    expect(await refusal(toml, { source: 'a.toml', format: 'toml' })).toEqual([`  a.toml:6:3: ${said}`])
    expect(await refusal(yaml, { source: 'a.yaml', format: 'yaml' })).toEqual([`  a.yaml:6:5: ${said}`])
  })

  test('the same configuration in each', async () => {
    const right = (text: string) => text.replace('apikey', 'apiKey')
    const read = async (text: string, format: 'json' | 'toml' | 'yaml') => (await parseConfig(right(text), { format })).config
    const config = await read(json, 'json')
    expect(config.endpoints.gpt).toMatchObject({ baseUrl: 'https://x.example', keys: [{ key: 'k' }] })
    expect(await read(toml, 'toml')).toEqual(config)
    expect(await read(yaml, 'yaml')).toEqual(config)
  })

  test.each([
    ['json', '{\n  "endpoints": {,}\n}', /^ {2}f:2:17: not valid JSON: expected a value$/],
    ['json', '', /^ {2}f:1:1: the file is empty$/],
    ['json', '{ "a": [{ "b": 1,\n "c": {}, "b": 2 }] }', /^ {2}f:2:11: there are two fields "b" in this object\. Remove one of them$/],
    ['json', '{ "a": 1, // first\n "a": 2 }', /^ {2}f:2:2: there are two fields "a" in this object/],
    ['toml', 'a = 1\nb = = 2', /^ {2}f:2:5: not valid TOML: Unexpected token$/],
    ['yaml', 'a: 1\n b: 2', /^ {2}f:\d:\d: not valid YAML/],
    ['yaml', '# nothing', /^ {2}f:1:1: the file is empty$/],
  ] as const)('text that is no %s', async (format, text, expected) => {
    expect((await refusal(text, { format, source: 'f' }))[0]).toMatch(expected)
  })

  test('what is missing is placed where it belongs', async () => {
    expect(await refusal('[endpoints.x]\nmodel = "m"\n[pools.p]\n', { format: 'toml', source: 'f' })).toEqual([
      '  f:3:2: pools.p.members: expected a list of members, found nothing',
    ])
  })

  test('what is from a flag or a variable is named by it', async () => {
    const text = '{ "endpoints": { "ollama": {} }, "server": { "port": 1 } }'
    const overrides = [{ path: ['server', 'port'], value: 'x', origin: 'CC_ROUTE_PORT' }]
    expect(await refusal(text, { overrides })).toEqual(['  CC_ROUTE_PORT: server.port: expected a port from 0 to 65535, found "x"'])
  })
})
