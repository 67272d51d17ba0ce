import { expect, it } from 'vitest'
import { claude } from '../../../src/transformers/claude/index.ts'

const ask = { model: 'm', stream: true, dialect: { name: 'claude' } }

it.each([
  ['https://api.anthropic.com', 'https://api.anthropic.com/v1/messages'],
  ['https://api.anthropic.com/', 'https://api.anthropic.com/v1/messages'],
  ['https://api.anthropic.com/v1', 'https://api.anthropic.com/v1/messages'],
  ['https://api.anthropic.com/v1/', 'https://api.anthropic.com/v1/messages'],
  ['https://api.anthropic.com/v1/messages', 'https://api.anthropic.com/v1/messages'],
  ['https://host/anthropic', 'https://host/anthropic/v1/messages'],
  ['https://host/gw/v1beta?x=1', 'https://host/gw/v1beta/messages?x=1'],
])('asks at %s', (base, url) => expect(claude.address(base, ask)).toBe(url))

it('knows its clients by the end of the path', () => {
  const route = (method: string, path: string) => claude.route(method, new URL(path, 'http://localhost'))?.action
  expect(route('POST', '/v1/messages?beta=true')).toBe('generate')
  expect(route('POST', '/any/where/v1/messages')).toBe('generate')
  expect(route('POST', '/v1/messages/count_tokens?beta=true')).toBe('count-tokens')
  expect(route('GET', '/v1/messages')).toBeUndefined()
  expect(route('POST', '/v1/chat/completions')).toBeUndefined()
})

it('sends the key as the upstream wants it', () => {
  expect(claude.credentials('k', { name: 'claude' })).toEqual({ 'x-api-key': 'k', 'anthropic-version': '2023-06-01' })
  expect(claude.credentials('k', { name: 'x', auth: 'bearer' })).toMatchObject({ authorization: 'Bearer k' })
  expect(claude.credentials(undefined, { name: 'x' })).toEqual({ 'anthropic-version': '2023-06-01' })
})
