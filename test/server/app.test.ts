import { beforeEach, describe, expect, test } from 'vitest'
import type { Fetch } from '../../src/router/fetch.ts'
import { createApp } from '../../src/server/app.ts'
import { createDemo } from '../../src/server/demo/demo.ts'
import { readEnvironment } from '../../src/server/environment.ts'
import { clientOf } from './clients.ts'

/** Which origin was asked for which model, of the demo provider in all providers' places. */
let calls: string[] = []
beforeEach(() => void (calls = []))
const demo = createDemo()
const upstream: Fetch = async (input, init) => {
  const body = init?.body instanceof Uint8Array ? new TextDecoder().decode(init.body) : (init?.body as string)
  const url = new URL(input as string)
  const { model } = JSON.parse(body) as { model?: string }
  calls.push(`${url.host} ${model ?? /models\/(.*):/.exec(url.pathname)?.[1]}`)
  return demo(input, init)
}

const claude = clientOf('claude')
async function asked(app: { fetch: Fetch }, model: string): Promise<string | undefined> {
  const response = await app.fetch(`http://localhost${claude.path}`, { method: 'POST', body: JSON.stringify({ ...claude.body, model }) })
  expect(await response.json()).toMatchObject({ type: 'message' })
  return calls.at(-1)
}

describe('endpoints of a file', () => {
  const endpoints = [
    { name: 'gpt', protocol: 'openai' as const, baseUrl: 'https://gpt.example/v1', model: 'gpt-5.4' },
    { name: 'any', protocol: 'openai' as const, baseUrl: 'https://any.example/v1' },
  ]

  test('the default gets its own model, whatever the client asked for', async () => {
    expect(await asked(createApp({ endpoints, default: 'gpt' }, { fetch: upstream }), 'claude-x')).toBe('gpt.example gpt-5.4')
  })

  test('without a model of its own it gets the client’s', async () => {
    expect(await asked(createApp({ endpoints, default: 'any' }, { fetch: upstream }), 'claude-x')).toBe('any.example claude-x')
  })

  test.each([
    ['any/one', 'any.example one'],
    ['any,one', 'any.example one'],
    ['gpt/gpt-x', 'gpt.example gpt-x'],
    ['any/vendor/one', 'any.example vendor/one'],
    ['nobody/one', 'gpt.example gpt-5.4'],
    ['constructor/one', 'gpt.example gpt-5.4'],
  ])('%s goes to %s', async (model, expected) => {
    expect(await asked(createApp({ endpoints, default: 'gpt' }, { fetch: upstream }), model)).toBe(expected)
  })

  test('the models are listed, the default’s first and without a prefix', () => {
    const more = [...endpoints, { ...endpoints[0]!, name: 'other', model: 'x' }]
    expect(createApp({ endpoints: more, default: 'other' }).models.map(({ id }) => id)).toEqual(['x', 'gpt/gpt-5.4'])
  })

  test('each has an id that Claude Code shows, and it leads to the same', async () => {
    const more = [
      ...endpoints,
      { ...endpoints[0]!, name: 'other', model: 'claude-x' },
      { ...endpoints[1]!, name: 'more', model: 'vendor/y' },
    ]
    const app = createApp({ endpoints: more, default: 'gpt' }, { fetch: upstream })
    expect(app.models).toMatchObject([
      { id: 'gpt-5.4', alias: 'anthropic/gpt-5.4' },
      { id: 'other/claude-x' },
      { alias: 'anthropic/more/vendor/y' },
    ])
    expect(app.models[1]).not.toHaveProperty('alias')
    expect(await asked(app, 'anthropic/gpt-5.4')).toBe('gpt.example gpt-5.4')
    expect(await asked(app, 'anthropic/more/vendor/y')).toBe('any.example vendor/y')
  })

  test('a default that is not there', () => expect(() => createApp({ endpoints, default: 'x' })).toThrow(/"x" is not among gpt, any/))

  test('a request that cannot be read is refused in the client’s format', async () => {
    const app = createApp({ endpoints, default: 'gpt' }, { fetch: upstream })
    const response = await app.fetch(`http://localhost${claude.path}`, { method: 'POST', body: '{' })
    expect(response.status).toBe(400)
    expect(claude.errorOf(await response.json())).toContain('not valid JSON')
  })
})

describe('endpoints of the environment', () => {
  const setup = readEnvironment({ ANTHROPIC_API_KEY: 'a', OPENAI_API_KEY: 'o', GEMINI_API_KEY: 'g', GROQ_API_KEY: 'q' })!

  test.each([
    ['claude-opus-9', 'api.anthropic.com claude-opus-9'],
    ['gpt-9', 'api.openai.com gpt-9'],
    ['gemini-9-pro', 'generativelanguage.googleapis.com gemini-9-pro'],
    ['something-else', 'api.anthropic.com claude-sonnet-5'],
    ['groq/llama-9', 'api.groq.com llama-9'],
  ])('%s goes to %s', async (model, expected) => {
    expect(await asked(createApp(setup, { fetch: upstream }), model)).toBe(expected)
  })
})
