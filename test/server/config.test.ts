import { describe, expect, test } from 'vitest'
import { ConfigError, parseConfig, readConfig } from '../../src/server/config.ts'

const gpt = { protocol: 'openai', baseUrl: 'https://api.openai.com/v1', apiKey: 'sk-secret', model: 'gpt-5.4' }

/** What a configuration is refused for. */
function problems(value: unknown, variables: Record<string, string> = {}): readonly string[] {
  try {
    readConfig(value, { variables })
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError)
    return (error as ConfigError).problems
  }
  return []
}

test('endpoints and the default route', () => {
  const setup = readConfig({
    endpoints: { gpt, other: { ...gpt, headers: { 'x-team': 'a' }, dialect: 'azure' } },
    routes: { default: 'other' },
  })
  expect(setup.default).toBe('other')
  expect(setup.endpoints).toEqual([
    { name: 'gpt', ...gpt, keyFrom: 'the configuration' },
    { name: 'other', ...gpt, keyFrom: 'the configuration', headers: { 'x-team': 'a' }, dialect: 'azure' },
  ])
})

test('the first endpoint is the default where none is named', () => {
  expect(readConfig({ endpoints: { gpt, other: gpt } }).default).toBe('gpt')
})

test('variables of the environment', () => {
  const endpoint = { protocol: 'openai', baseUrl: 'https://${HOST}/v1', apiKey: '${KEY}', headers: { 'x-team': '${TEAM:-none}' } }
  const [read] = readConfig({ endpoints: { a: endpoint } }, { variables: { HOST: 'x.example', KEY: 'k' } }).endpoints
  expect(read).toMatchObject({ baseUrl: 'https://x.example/v1', apiKey: 'k', keyFrom: 'KEY', headers: { 'x-team': 'none' } })
  expect(problems({ endpoints: { a: endpoint } })).toEqual([
    'endpoints.a.baseUrl: the environment variable HOST is not set',
    'endpoints.a.apiKey: the environment variable KEY is not set',
  ])
})

describe('mistakes are named with their place', () => {
  test.each<[string, unknown, string[]]>([
    ['nothing', null, ['the file: expected an object, got null']],
    ['no endpoints', {}, ['endpoints: expected an object of endpoints by name, got nothing']],
    ['empty endpoints', { endpoints: {} }, ['endpoints: expected at least one endpoint']],
    ['endpoints as a list', { endpoints: [gpt] }, ['endpoints: expected an object of endpoints by name, got an array']],
    ['endpoint of the wrong type', { endpoints: { gpt: 3 } }, ['endpoints.gpt: expected an object, got a number']],
    [
      'unknown protocol',
      { endpoints: { gpt: { ...gpt, protocol: 'grpc' } } },
      ['endpoints.gpt.protocol: expected one of claude, openai, openai-responses, gemini, got "grpc"'],
    ],
    [
      'missing fields',
      { endpoints: { gpt: {} } },
      [
        'endpoints.gpt.protocol: expected one of claude, openai, openai-responses, gemini, got nothing',
        'endpoints.gpt.baseUrl: expected a URL such as https://api.example.com/v1, got nothing',
      ],
    ],
    ['unknown field', { endpoints: { gpt: { ...gpt, apikey: 'x' } } }, ['endpoints.gpt.apikey: no such field']],
    ['unknown top-level field', { endpoints: { gpt }, route: {} }, ['route: no such field']],
    [
      'no URL',
      { endpoints: { gpt: { ...gpt, baseUrl: 'api.openai.com' } } },
      ['endpoints.gpt.baseUrl: expected a URL such as https://api.example.com/v1, got "api.openai.com"'],
    ],
    [
      'wrong type of header',
      { endpoints: { gpt: { ...gpt, headers: { a: 1 } } } },
      ['endpoints.gpt.headers.a: expected a string, got a number'],
    ],
    ['unknown default', { endpoints: { gpt }, routes: { default: 'x' } }, ['routes.default: expected one of gpt, got "x"']],
    ['name that parts a model', { endpoints: { 'a/b': gpt } }, ['endpoints.a/b: a name takes letters, digits, ".", "-" and "_" only']],
  ])('%s', (_, value, expected) => expect(problems(value)).toEqual(expected))

  test('a key in the wrong place is not shown', () => {
    expect(problems({ endpoints: { gpt: { ...gpt, headers: 'sk-secret' } } }).join()).not.toContain('sk-secret')
    expect(problems({ endpoints: { gpt: 'sk-secret' } }).join()).not.toContain('sk-secret')
  })

  test('text that is not JSON', () => {
    expect(() => parseConfig('{\n  "endpoints": {,}\n}', { source: 'cc.json' })).toThrow(/^cc\.json cannot be used:\n {2}not valid JSON/)
  })
})
