import { describe, expect, it } from 'vitest'
import { explain } from '../../../src/router/explain.ts'
import { setTenant } from '../../../src/router/caller.ts'
import { withBody, factsOf } from '../../../src/router/facts.ts'
import { outcomeOf } from '../../../src/router/outcome.ts'
import { conversationOf } from '../../../src/router/pool/conversation-key.ts'
import { router } from '../../../src/router/routing/router.ts'
import { createGateway } from '../../../src/server/gateway.ts'
import { passOn } from '../../../src/router/trip.ts'
import { requestWith, scene, whoAnswers, type AskOptions } from './scene.ts'

const IMAGE = { messages: [{ role: 'user', content: [{ type: 'image', source: { type: 'url', url: 'https://i.test/a.png' } }] }] }

describe('an answer tells how it came about', () => {
  function setUp() {
    const { target } = scene()
    const blind = target('blind', { can: { lacks: ['images'] } })
    const inner = router({
      name: 'inner',
      default: { to: target('a', { answers: [{ kind: 'overloaded' }] }), fallbacks: [target('b', { model: 'm' })] },
      think: target('unasked'),
    })
    return router({ name: 'outer', default: blind, image: { to: blind, fallbacks: [inner] }, tenantOf: () => 'team' })
  }

  it('just as the explanation does, through routers behind one another', async () => {
    const app = setUp()
    const told = outcomeOf(await app(requestWith({ body: IMAGE })))!
    expect(told.route).toBe('image > default')
    const record = told.explain!()
    expect(record).toMatchObject({
      kind: 'router',
      name: 'outer',
      facts: { images: true, tenant: 'team', protocol: 'claude' },
      rules: [
        { rule: 'explicit', matched: false },
        { rule: 'subagent tag', matched: false },
        { rule: 'image', matched: true, to: 'inner/some-model' },
      ],
      candidates: [
        {
          name: 'inner',
          rules: [
            { rule: 'explicit' },
            { rule: 'subagent tag' },
            { rule: 'think', matched: false },
            { rule: 'default', matched: true, to: 'a' },
          ],
          candidates: [{ name: 'a' }, { name: 'b', model: 'm' }],
        },
        { name: 'blind', skipped: 'cannot do images' },
      ],
    })
    const before = await explain(app, requestWith({ body: IMAGE }))
    const { time: _at, ...facts } = record.facts!
    expect(before).toMatchObject({ facts, candidates: [{ candidates: [{ name: 'a' }, { name: 'b' }] }, { skipped: 'cannot do images' }] })
    expect(before.rules!.map(({ rule, matched }) => [rule, matched])).toEqual(record.rules!.map(({ rule, matched }) => [rule, matched]))
  })

  it('where it is a refusal, too: of all targets, or of the router', async () => {
    const { target } = scene()
    const refused = await router({ default: target('a', { answers: [{ kind: 'invalid-request', status: 400 }] }) })(requestWith())
    expect(outcomeOf(refused)).toMatchObject({ route: 'default', failure: { kind: 'invalid-request' } })
    const nobody = await router({ name: 'front', default: target('blind', { can: { lacks: ['images'] } }) })(requestWith({ body: IMAGE }))
    expect(nobody.status).toBe(400)
    expect(outcomeOf(nobody)).toMatchObject({ endpoint: 'front', route: 'default', failure: { kind: 'unsupported' } })
    expect(outcomeOf(nobody)!.explain!()).toMatchObject({
      skipped: 'no target can take this request',
      candidates: [{ skipped: 'cannot do images' }],
    })
  })
})

describe('whose request it is', () => {
  const ask = { headers: { 'x-claude-code-session-id': 's' } }

  it('is told with the request, and rules may ask for it', async () => {
    const { target } = scene()
    const rules = [{ name: 'theirs', when: { tenant: 'team-*' }, to: target('theirs') }]
    const app = router({ default: target('all'), rules })
    const request = requestWith(ask)
    setTenant(request, 'team-a')
    expect(outcomeOf(await app(request))?.route).toBe('theirs')
    expect(await whoAnswers(app, ask)).toBe('all by default')
    const own = router({ default: target('all'), rules, tenantOf: ({ headers }) => headers.get('x-team') ?? undefined })
    expect(await whoAnswers(own, { headers: { 'x-team': 'team-b' } })).toBe('theirs by theirs')
  })

  it('is known to all layers below, in whatever form the request gets there', async () => {
    const { target, seen } = scene()
    const app = router({ default: router({ default: target('a') }), tenantOf: () => 'team' })
    await app(requestWith(ask))
    const { request, facts } = seen[0]!
    const plain = requestWith(ask)
    const stranger: Request[] = []
    await router({ default: async (input) => (stranger.push(input as Request), new Response('{}')), tenantOf: () => 'team' })(
      requestWith(ask),
    )
    const keys = [request, withBody(request, facts), passOn(request, facts, {}), stranger[0]!].map((each) => conversationOf(each, facts))
    expect(new Set(keys).size).toBe(1)
    expect(conversationOf(plain, await factsOf(plain))).not.toBe(keys[0])
  })

  it('is the name of the key that a client shows to the server', async () => {
    const { target } = scene()
    const app = router({ default: target('all'), rules: [{ name: 'theirs', when: { tenant: 'alice' }, to: target('theirs') }] })
    const gateway = createGateway({
      app,
      keys: [
        { name: 'alice', key: 'alice-has-a-key-of-her-own-0001' },
        { name: 'bob', key: 'bob-has-a-key-of-his-own-000002' },
      ],
    })
    const by = async (key: string, ask: AskOptions = {}) =>
      await (await gateway(requestWith({ ...ask, headers: { 'x-api-key': key } }))).text()
    expect(await by('alice-has-a-key-of-her-own-0001')).toContain('theirs')
    expect(await by('bob-has-a-key-of-his-own-000002')).toContain('all')
    // which passes the layer of sessions, too
    expect(await by('alice-has-a-key-of-her-own-0001', { protocol: 'openai-responses' })).toContain('theirs')
  })
})
