import { describe, expect, it } from 'vitest'
import { explain } from '../../../src/router/explain.ts'
import { endpoint } from '../../../src/router/endpoint/endpoint.ts'
import { router } from '../../../src/router/routing/router.ts'
import { compose } from '../../../src/server/compose.ts'
import { readConfig } from '../../../src/server/config/read.ts'
import { virtualClock } from '../../../src/testing/index.ts'
import { requestWith, scene } from './scene.ts'

describe('an explanation', () => {
  const image = { messages: [{ role: 'user', content: [{ type: 'image', source: { type: 'url', url: 'https://i.test/a.png' } }] }] }

  it('tells facts, rules and candidates, and sends nothing', async () => {
    const { target, seen } = scene()
    const app = router({
      name: 'front',
      default: { to: target('blind', { can: { lacks: ['images'] } }), model: 'm', fallbacks: [target('able', { model: 'own' })] },
      endpoints: { blind: target('x') },
      rules: [{ name: 'mine', when: { header: { 'x-mine': true } }, to: target('mine') }],
      longContext: target('long'),
      background: target('background'),
      clock: virtualClock(1000),
      tenantOf: () => 'team',
    })
    const request = requestWith({
      model: 'claude-opus-5',
      body: { ...image, tools: [{ name: 'Read', input_schema: {} }] },
      headers: { 'user-agent': 'claude-cli/2.1' },
    })
    const told = await explain(app, request)
    expect(told).toMatchObject({
      kind: 'router',
      name: 'front',
      model: 'own',
      facts: {
        model: 'claude-opus-5',
        protocol: 'claude',
        client: 'claude-code',
        tenant: 'team',
        time: 1000,
        images: true,
        tools: ['Read'],
        tokens: expect.any(Number) as number,
      },
      rules: [
        { rule: 'explicit', matched: false },
        { rule: 'mine', matched: false },
        { rule: 'subagent tag', matched: false },
        { rule: 'longContext', matched: false },
        { rule: 'background', matched: false },
        { rule: 'default', matched: true, to: 'able/own' },
      ],
      candidates: [
        { kind: 'endpoint', name: 'able', model: 'own' },
        { name: 'blind', model: 'm', skipped: 'cannot do images' },
        { name: 'long', skipped: 'only for requests that are too long for the others' },
      ],
    })
    expect(told.facts).not.toHaveProperty('headers')
    expect(JSON.parse(JSON.stringify(told))).toMatchObject({ kind: 'router' })
    expect(seen).toEqual([])
    // what is explained can still be sent
    expect((await app(request)).status).toBe(200)
  })

  it('reads headers, and goes down through what a router holds', async () => {
    const up = endpoint({
      name: 'up',
      protocol: 'openai',
      baseUrl: 'https://up.test',
      model: 'gpt-5',
      fetch: () => Promise.reject(new Error('not asked')),
    })
    const inner = router({ name: 'inner', default: up, endpoints: { a: up } })
    const outer = router({ name: 'outer', default: async () => new Response(), endpoints: { inner } })
    const told = await explain(outer, requestWith({ headers: { 'x-ccn-endpoint': 'inner' } }))
    expect(told.rules).toEqual([{ rule: 'header x-ccn-endpoint', matched: true, to: expect.stringMatching(/^inner/) as string }])
    expect(told.candidates).toMatchObject([
      {
        kind: 'router',
        name: 'inner',
        rules: [{ rule: 'explicit', matched: false }, { rule: 'subagent tag' }, { rule: 'default', matched: true }],
        candidates: [{ kind: 'endpoint', name: 'up', model: 'gpt-5' }],
      },
    ])
    expect(await explain(outer, requestWith())).toMatchObject({ candidates: [{ kind: 'fetch' }] })
  })

  it('has the target for long contexts among those that are asked where the request is too long for the others', async () => {
    const { target } = scene()
    const app = router({ default: target('small', { can: { contextWindow: 2000 } }), longContext: target('long') })
    const { candidates } = await explain(app, requestWith({ text: 'word '.repeat(3000) }))
    const about = expect.stringMatching(/^takes 2000 tokens, and the request has about 4\d{3}$/) as string
    expect(candidates).toEqual([
      { kind: 'endpoint', name: 'long', model: undefined },
      { kind: 'endpoint', name: 'small', model: undefined, skipped: about },
    ])
  })

  it('is there for what a configuration makes, with routes or without', async () => {
    for (const routes of [undefined, { default: 'up' }]) {
      const config = readConfig({
        endpoints: { up: { protocol: 'openai', baseUrl: 'https://up.test', apiKey: 'k', model: 'm' } },
        ...(routes && { routes }),
      })
      expect(await explain(compose(config).fetch, requestWith())).toMatchObject({
        kind: 'router',
        candidates: [{ kind: 'endpoint', name: 'up', model: 'm' }],
      })
    }
  })

  it('tells where nobody can take it', async () => {
    const { target } = scene()
    const app = router({ default: target('blind', { can: { lacks: ['images'] } }) })
    expect(await explain(app, requestWith({ body: image }))).toMatchObject({ skipped: 'no target can take this request' })
  })

  it('of a choice that leads nowhere is the refusal', async () => {
    const { target } = scene()
    await expect(explain(router({ default: target('a') }), requestWith({ model: '@nobody' }))).rejects.toThrow(
      'there is no endpoint "nobody" here',
    )
  })
})
