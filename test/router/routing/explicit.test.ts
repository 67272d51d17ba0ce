import { describe, expect, it } from 'vitest'
import type { ProtocolName } from '../../../src/core/chat.ts'
import { endpoint } from '../../../src/router/endpoint/endpoint.ts'
import { router } from '../../../src/router/routing/router.ts'
import { fixtures, PROTOCOLS } from '../../fixtures/index.ts'
import { requestWith, scene, whoAnswers, type AskOptions } from './scene.ts'

function setUp() {
  const { target, seen } = scene()
  const app = router({
    default: { to: target('default'), set: { temperature: 0.5 }, fallbacks: [target('fallback')] },
    endpoints: {
      Work: target('Work', { model: 'own' }),
      'a,b': target('comma'),
      'x:y': target('colon'),
      broken: target('broken', { answers: [{ kind: 'overloaded' }] }),
      off: false,
    },
    models: { 'work/special': target('special') },
  })
  return { app, seen, target }
}

describe('a client chooses an endpoint', () => {
  it.each<[string, AskOptions, string]>([
    ['in a header', { headers: { 'X-CCN-Endpoint': 'Work' } }, 'Work/own by header x-ccn-endpoint'],
    ['in the other header', { headers: { 'X-Endpoint-Name': 'work' } }, 'Work/own by header x-endpoint-name'],
    [
      'in the first header rather than the second',
      { headers: { 'x-endpoint-name': 'nobody', 'x-ccn-endpoint': 'WORK' } },
      'Work/own by header x-ccn-endpoint',
    ],
    ['by @endpoint', { model: '@work' }, 'Work/own by model @endpoint'],
    ['by @endpoint/model', { model: '@WORK/gpt-5/turbo' }, 'Work/gpt-5/turbo by model @endpoint/model'],
    ['by endpoint,model', { model: 'work,gpt-5' }, 'Work/gpt-5 by model endpoint,model'],
    ['by endpoint, model', { model: 'Work, gpt-5' }, 'Work/gpt-5 by model endpoint,model'],
    ['by endpoint:model', { model: 'work:llama3:8b' }, 'Work/llama3:8b by model endpoint:model'],
    ['by endpoint/model', { model: 'work/meta/llama' }, 'Work/meta/llama by model endpoint/model'],
    ['in the query', { query: '?endpoint=work' }, 'Work/own by query endpoint'],
    ['in the short query', { query: '?beta=true&ep=Work' }, 'Work/own by query ep'],
    ['in a header rather than the model', { model: '@broken/m', headers: { 'x-ccn-endpoint': 'work' } }, 'Work/m by header x-ccn-endpoint'],
    ['in the model rather than the query', { model: '@work/m', query: '?endpoint=broken' }, 'Work/m by model @endpoint/model'],
    ['with a comma in its name', { model: 'a,b,c' }, 'comma/c by model endpoint,model'],
    ['with a colon in its name', { model: 'x:y:c' }, 'colon/c by model endpoint:model'],
  ])('%s', async (_, ask, expected) => {
    expect(await whoAnswers(setUp().app, ask)).toBe(expected)
  })

  it.each<[string, AskOptions]>([
    ['a colon behind a name that is not known', { model: 'llama3:8b' }],
    ['a slash behind a name that is not known', { model: 'meta/llama' }],
    ['an empty header', { headers: { 'x-ccn-endpoint': ' ' } }],
    ["an endpoint's bare name", { model: 'Work' }],
  ])('not by %s', async (_, ask) => {
    expect(await whoAnswers(setUp().app, ask)).toMatch(/^default.* by default$/)
  })

  it('not by what is just a routed model', async () => {
    expect(await whoAnswers(setUp().app, { model: 'work/special' })).toBe('special by models work/special')
  })

  it.each(PROTOCOLS)('in a model of %s', async (protocol) => {
    const { app, seen } = setUp()
    expect(await whoAnswers(app, { protocol, model: 'work/gpt-5' })).toBe('Work/gpt-5 by model endpoint/model')
    expect(seen[0]!.model).toBe('gpt-5')
  })

  it.each<[ProtocolName, unknown]>([
    [
      'claude',
      {
        type: 'error',
        error: {
          type: 'invalid_request_error',
          message: expect.stringContaining('no endpoint "nobody" here. Known: Work, a,b, x:y, broken.') as string,
        },
        request_id: null,
      },
    ],
    [
      'openai',
      {
        error: expect.objectContaining({
          type: 'invalid_request_error',
          message: expect.stringContaining('"nobody"') as string,
        }) as unknown,
      },
    ],
    ['openai-responses', { error: expect.objectContaining({ message: expect.stringContaining('"nobody"') as string }) as unknown }],
    [
      'gemini',
      {
        error: expect.objectContaining({
          code: 400,
          status: 'INVALID_ARGUMENT',
          message: expect.stringContaining('"nobody"') as string,
        }) as unknown,
      },
    ],
  ])('and is told in the words of %s that there is none of that name', async (protocol, body) => {
    const { app, seen } = setUp()
    for (const ask of [
      { headers: { 'x-ccn-endpoint': 'nobody' } },
      { model: '@nobody' },
      { model: 'nobody,gpt-5' },
      { query: '?ep=nobody' },
    ]) {
      const response = await app(requestWith({ protocol, ...ask }))
      expect(response.status).toBe(400)
      expect(await response.json()).toEqual(body)
    }
    expect(seen).toEqual([])
  })

  it('and is told that it is switched off', async () => {
    expect(await whoAnswers(setUp().app, { model: 'off/m' })).toMatch(/^400: .*the endpoint \\"off\\" is switched off/)
  })

  it('and is told where that has no model, and none was said', async () => {
    const up = endpoint({ protocol: 'openai', baseUrl: 'https://up.test', fetch: async () => Response.json(fixtures.openai.replies.text) })
    const app = router({ default: up, endpoints: { bare: up } })
    expect(await whoAnswers(app, { model: '@bare' })).toMatch(/^400: .*the endpoint \\"bare\\" has no model of its own. Write @bare\/ and/)
    expect(await whoAnswers(app, { model: '@bare/m' })).toMatch(/ by model @endpoint\/model$/)
    expect(await whoAnswers(app, { headers: { 'x-endpoint-name': 'bare' } })).toMatch(/ by header x-endpoint-name$/)
  })

  it('which gets the parameters of the default route, and nobody else gets the request', async () => {
    const { app, seen } = setUp()
    expect(await whoAnswers(app, { model: 'broken/m' })).toMatch(/^529: .*broken failed/)
    expect(seen.map(({ name, chat }) => [name, chat.temperature])).toEqual([['broken', 0.5]])
  })

  it('with the fallbacks of the default route where that is configured', async () => {
    const { target } = scene()
    const broken = target('broken', { answers: [{ kind: 'overloaded' }] })
    const app = router({
      default: { to: target('default'), fallbacks: [target('fallback')] },
      endpoints: { broken },
      explicit: { fallbacks: true },
    })
    expect(await whoAnswers(app, { model: 'broken/m' })).toBe('fallback by model endpoint/model')
  })

  it('only where that is allowed', async () => {
    const { target } = scene()
    const app = router({ default: target('default'), endpoints: { work: target('work') }, explicit: false })
    expect(await whoAnswers(app, { model: 'work/m', headers: { 'x-ccn-endpoint': 'work' }, query: '?ep=work' })).toBe('default by default')
  })

  it('once: a router below does not read the choice again', async () => {
    const { target, seen } = scene()
    const inner = router({ name: 'inner', default: target('a'), endpoints: { a: target('other') } })
    const outer = router({ default: target('default'), endpoints: { inner } })
    expect(await whoAnswers(outer, { headers: { 'x-ccn-endpoint': 'inner' } })).toBe('a by header x-ccn-endpoint > default')
    expect(await whoAnswers(outer, { model: 'inner/gpt-5' })).toBe('a/gpt-5 by model endpoint/model > default')
    expect(seen).toHaveLength(2)
  })
})
