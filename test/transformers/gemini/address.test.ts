import { expect, it } from 'vitest'
import { gemini } from '../../../src/transformers/gemini/index.ts'

const at = (base: string, model = 'gemini-3-pro', stream = false, dialect = 'gemini') =>
  gemini.address(base, { model, stream, dialect: { name: dialect } })

it.each([
  ['https://generativelanguage.googleapis.com', '/v1beta/models/gemini-3-pro:generateContent'],
  ['https://generativelanguage.googleapis.com/', '/v1beta/models/gemini-3-pro:generateContent'],
  ['https://generativelanguage.googleapis.com/v1beta', '/v1beta/models/gemini-3-pro:generateContent'],
  ['https://generativelanguage.googleapis.com/v1/', '/v1/models/gemini-3-pro:generateContent'],
  ['https://host/gem/v1alpha/models', '/gem/v1alpha/models/gemini-3-pro:generateContent'],
  ['https://host/v1beta/models/other:streamGenerateContent?alt=sse', '/v1beta/models/gemini-3-pro:generateContent'],
])('asks %s at %s', (base, path) => expect(at(base)).toBe(new URL(base).origin + path))

it('asks for events, and keeps what the address says', () => {
  expect(at('https://h/?key=k', 'm', true)).toBe('https://h/v1beta/models/m:streamGenerateContent?key=k&alt=sse')
  expect(at('https://h', 'tunedModels/x')).toBe('https://h/v1beta/tunedModels/x:generateContent')
  expect(at('https://h', 'models/x')).toBe('https://h/v1beta/models/x:generateContent')
})

it.each([
  ['https://aiplatform.googleapis.com', '/v1/publishers/google/models/m:generateContent'],
  [
    'https://aiplatform.googleapis.com/v1/projects/p/locations/global',
    '/v1/projects/p/locations/global/publishers/google/models/m:generateContent',
  ],
  [
    'https://aiplatform.googleapis.com/v1beta1/projects/p/locations/l/publishers/google/models',
    '/v1beta1/projects/p/locations/l/publishers/google/models/m:generateContent',
  ],
])('asks Vertex %s at %s', (base, path) => expect(at(base, 'm', false, 'vertex')).toBe(`https://aiplatform.googleapis.com${path}`))

const route = (path: string, method = 'POST') => gemini.route(method, new URL(path, 'http://h'))

it('knows its clients by the path', () => {
  expect(route('/v1beta/models/gemini-3-pro:generateContent')).toEqual({ action: 'generate', model: 'gemini-3-pro', stream: false })
  expect(route('/v1/models/a/b:c:streamGenerateContent?alt=sse')).toMatchObject({ model: 'a/b:c', stream: true, framing: 'sse' })
  expect(route('/v1alpha/models/m:streamGenerateContent')).toMatchObject({ framing: 'json-array' })
  expect(route('/any/where/models/m:countTokens')).toMatchObject({ action: 'count-tokens' })
  expect(route('/v1/projects/p/locations/l/publishers/google/models/m:generateContent')).toMatchObject({ model: 'm' })
  expect(route('/v1/publishers/anthropic/models/m:rawPredict')).toBeUndefined()
  expect(route('/v1beta/models/m:embedContent')).toBeUndefined()
  expect(route('/v1beta/models/m:generateContent', 'GET')).toBeUndefined()
  expect(route('/v1/messages')).toBeUndefined()
})

it('sends the key as the upstream wants it', () => {
  expect(gemini.credentials('k', { name: 'gemini' })).toEqual({ 'x-goog-api-key': 'k' })
  expect(gemini.credentials('k', { name: 'vertex' })).toEqual({ authorization: 'Bearer k' })
  expect(gemini.credentials(undefined, { name: 'gemini' })).toEqual({})
})

it('counts tokens and names the types of its streams', () => {
  expect(gemini.encodeTokenCount(7)).toEqual({ totalTokens: 7 })
  expect(gemini.streamType({ framing: 'sse' })).toBe('text/event-stream')
  expect(gemini.streamType({ framing: 'json-array' })).toBe('application/json')
})
