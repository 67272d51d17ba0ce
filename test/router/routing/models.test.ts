import { describe, expect, it } from 'vitest'
import { router } from '../../../src/router/routing/router.ts'
import { PROTOCOLS } from '../../fixtures/index.ts'
import { requestWith, scene, whoAnswers } from './scene.ts'

describe('routes by model', () => {
  const { target } = scene()
  const endpoints = { openai: target('openai'), lab: target('lab') }
  const app = router({
    default: target('default'),
    endpoints,
    models: {
      'gpt-*': 'openai/gpt-*',
      'gpt-5*': { to: 'openai', model: '*' },
      '*': 'lab',
      'gpt-4.1': 'openai/gpt-4.1-turbo',
      '*-mini': 'lab/small',
      'lab-*-x': 'lab/*',
    },
  })

  it.each([
    ['gpt-4.1', 'openai/gpt-4.1-turbo by models gpt-4.1'],
    ['GPT-4.1', 'openai/gpt-4.1-turbo by models gpt-4.1'],
    ['gpt-4o', 'openai/gpt-4o by models gpt-*'],
    // of two patterns the one that says more
    ['gpt-5.2', 'openai/.2 by models gpt-5*'],
    ['o4-mini', 'lab/small by models *-mini'],
    ['gpt-4-mini', 'lab/small by models *-mini'],
    ['lab-big-x', 'lab/big by models lab-*-x'],
    ['anything', 'lab by models *'],
    ['a.b', 'lab by models *'],
  ])('%s', async (model, expected) => {
    expect(await whoAnswers(app, { model })).toBe(expected)
  })

  it('asks a target without a model of its own for what the client asked for', async () => {
    const { target: fresh, seen } = scene()
    const plain = router({ default: { to: fresh('a', { model: 'own' }), model: '*' }, models: { x: fresh('b', { model: 'own' }) } })
    for (const protocol of PROTOCOLS) await plain(requestWith({ protocol, model: 'wanted' }))
    await plain(requestWith({ model: 'x' }))
    expect(seen.map(({ model }) => model)).toEqual(['wanted', 'wanted', 'wanted', 'wanted', 'own'])
  })

  it('tells at once what leads nowhere', () => {
    const build = (models: Record<string, string>) => () => router({ default: target('default'), endpoints, models })
    expect(build({ 'gpt-5': 'opnai/gpt-5' })).toThrow(
      'router: models gpt-5 leads to "opnai/gpt-5", and no endpoint has that name. Known: openai, lab.',
    )
  })
})

describe('aliases', () => {
  it.each(PROTOCOLS)('stand for what they name, for a client of %s', async (protocol) => {
    const { target, seen } = scene()
    const app = router({
      default: target('default'),
      aliases: { Fast: 'quick', quick: 'gemini-flash' },
      models: { 'gemini-*': target('google') },
    })
    expect(await whoAnswers(app, { protocol, model: 'fast' })).toBe('google by models gemini-*')
    // as if the client had asked for it
    expect(seen[0]!.model).toBe('gemini-flash')
    expect(seen[0]!.chat.model ?? seen[0]!.facts.route.model).toBe('gemini-flash')
  })

  it('may name an endpoint', async () => {
    const { target } = scene()
    const app = router({ default: target('default'), aliases: { best: 'lab/opus' }, endpoints: { lab: target('lab') } })
    expect(await whoAnswers(app, { model: 'best' })).toBe('lab/opus by model endpoint/model')
  })

  it('do not go round in a circle', () => {
    const { target } = scene()
    expect(() => router({ default: target('d'), aliases: { a: 'b', b: 'c', c: 'A' } })).toThrow(
      'the aliases a -> b -> c -> a go round in a circle',
    )
    expect(() => router({ default: target('d'), aliases: { Opus: 'opus' } })).not.toThrow()
  })
})

describe('tiers', () => {
  const { target } = scene()
  const app = router({ default: target('default'), tiers: { big: target('big'), middle: target('middle'), small: target('small') } })

  it.each([
    ['claude-opus-4-1-20250805', 'big'],
    ['claude-opus-5-5', 'big'],
    ['claude-fable-5-1', 'big'],
    ['anthropic/claude-sonnet-5', 'middle'],
    ['claude-3-5-sonnet-20241022', 'middle'],
    ['claude-3-5-haiku-20241022', 'small'],
    ['claude-haiku-4-5', 'small'],
    ['sonnet', 'middle'],
  ])('%s', async (model, tier) => {
    expect(await whoAnswers(app, { model })).toBe(`${tier} by tiers.${tier}`)
  })

  it.each(['gpt-5', 'gemini-3-pro', 'deepseek-chat'])('leave %s alone', async (model) => {
    expect(await whoAnswers(app, { model })).toBe('default by default')
  })

  it('leave a size that has no target to the default', async () => {
    const some = router({ default: target('default'), tiers: { small: target('small') } })
    expect(await whoAnswers(some, { model: 'claude-opus-5' })).toBe('default by default')
  })
})
