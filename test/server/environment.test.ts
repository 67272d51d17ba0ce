import { expect, test } from 'vitest'
import { readEnvironment } from '../../src/server/environment.ts'

test('no key, no set-up', () => {
  expect(readEnvironment({ PATH: '/bin', OPENAI_API_KEY: ' ', GITHUB_TOKEN: 'ghp' })).toBeUndefined()
})

test('an endpoint for each key, the first of the table is the default', () => {
  const setup = readEnvironment({ GROQ_API_KEY: 'g', GOOGLE_API_KEY: 'x', OPENAI_API_KEY: 'sk\n', ZHIPU_API_KEY: 'z' })
  expect(setup?.default).toBe('openai')
  expect(setup?.endpoints.map(({ name, protocol, apiKey, keyFrom }) => [name, protocol, apiKey, keyFrom])).toEqual([
    ['openai', 'openai', 'sk', 'OPENAI_API_KEY'],
    ['gemini', 'gemini', 'x', 'GOOGLE_API_KEY'],
    ['groq', 'openai', 'g', 'GROQ_API_KEY'],
    ['zhipu', 'openai', 'z', 'ZHIPU_API_KEY'],
  ])
})

test('another address and another model', () => {
  const variables = { OPENAI_API_KEY: 'k', OPENAI_BASE_URL: 'https://eu.example/v1', OPENAI_MODEL: 'gpt-x' }
  expect(readEnvironment(variables)?.endpoints[0]).toMatchObject({ baseUrl: 'https://eu.example/v1', model: 'gpt-x' })
})

test('an address that leads back to this server is not followed', () => {
  const at = (address: string) => readEnvironment({ ANTHROPIC_API_KEY: 'k', ANTHROPIC_BASE_URL: address }, 3456)?.endpoints[0]?.baseUrl
  expect(at('http://127.0.0.1:3456')).toBe('https://api.anthropic.com')
  expect(at('http://localhost:3456/')).toBe('https://api.anthropic.com')
  expect(at('http://[::1]:3456')).toBe('https://api.anthropic.com')
  expect(at('http://127.0.0.1:4000')).toBe('http://127.0.0.1:4000')
  expect(at('not a URL')).toBe('https://api.anthropic.com')
})
