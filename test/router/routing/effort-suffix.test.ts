import { describe, expect, it } from 'vitest'
import { endpoint } from '../../../src/router/endpoint/endpoint.ts'
import { router, type RouterOptions } from '../../../src/router/routing/router.ts'
import { fixtures, PROTOCOLS } from '../../fixtures/index.ts'
import { requestWith, scene, whoAnswers, type AskOptions } from './scene.ts'

function setUp(options: Partial<RouterOptions> = {}) {
  const { target, seen } = scene()
  const app = router({ default: target('default'), endpoints: { work: target('work') }, ...options })
  const asked = async (ask: AskOptions) => {
    await app(requestWith(ask))
    const { name, model, chat } = seen.at(-1)!
    return [name, model, chat.reasoning?.effort ?? chat.reasoning?.mode]
  }
  return { app, asked, target }
}

describe("an effort behind a model's name", () => {
  it.each<[string, unknown[]]>([
    ['gpt-5.4(high)', ['default', 'gpt-5.4', 'high']],
    ['gpt-5.4 (HIGH)', ['default', 'gpt-5.4', 'high']],
    ['gpt-5.4(none)', ['default', 'gpt-5.4', 'off']],
    ['work/gpt-5.4(low)', ['work', 'gpt-5.4', 'low']],
    ['@work/gpt-5.4(max)', ['work', 'gpt-5.4', 'max']],
    ['work,gpt-5.4(xhigh)', ['work', 'gpt-5.4', 'xhigh']],
    ['a(b)(medium)', ['default', 'a(b)', 'medium']],
    ['gpt-5.4(turbo)', ['default', 'gpt-5.4(turbo)', undefined]],
    ['(high)', ['default', '(high)', undefined]],
    ['gpt-5.4', ['default', 'gpt-5.4', undefined]],
  ])('asked for as %s', async (model, expected) => {
    expect(await setUp().asked({ model })).toEqual(expected)
  })

  it.each(PROTOCOLS)('reaches the provider of a client of %s, who said another', async (protocol) => {
    const sent: Record<string, unknown>[] = []
    const up = endpoint({
      protocol: 'openai',
      baseUrl: 'https://api.openai.com/v1',
      fetch: async (_, init) => (
        sent.push(JSON.parse(String(init?.body)) as Record<string, unknown>),
        Response.json(fixtures.openai.replies.text)
      ),
    })
    await router({ default: up })(
      requestWith({ protocol, model: 'gpt-5.4(low)', body: protocol === 'openai' ? { reasoning_effort: 'high' } : {} }),
    )
    expect(sent).toMatchObject([{ model: 'gpt-5.4', reasoning_effort: 'low' }])
  })

  it('is a fact, for the slot of thinking', async () => {
    const { target, app } = setUp({ think: { to: scene().target('thinker'), effort: 'high' } })
    expect(await whoAnswers(app, { model: 'm(high)' })).toBe('thinker by think')
    expect(await whoAnswers(app, { model: 'm(low)' })).toBe('default by default')
    expect(
      await whoAnswers(router({ default: target('d'), think: target('t') }), {
        model: 'm(none)',
        body: { thinking: { type: 'adaptive' } },
      }),
    ).toBe('d by default')
  })

  it('may stand in targets, aliases and tags; the last to say it counts, and what a route sets', async () => {
    const asked = async (options: Partial<RouterOptions>, ask: AskOptions) => setUp(options).asked(ask)
    expect(await asked({ models: { x: 'work/gpt(low)' } }, { model: 'x' })).toEqual(['work', 'gpt', 'low'])
    expect(await asked({ models: { 'x-*': { to: 'work', model: 'g-*(low)' } } }, { model: 'x-1(high)' })).toEqual(['work', 'g-1', 'low'])
    expect(await asked({ models: { x: { to: 'work', model: 'gpt(low)', set: { reasoning: 'high', seed: 1 } } } }, { model: 'x' })).toEqual([
      'work',
      'gpt',
      'high',
    ])
    expect(await asked({ aliases: { smart: 'work/gpt(max)' } }, { model: 'smart' })).toEqual(['work', 'gpt', 'max'])
    const system = '<CCR-SUBAGENT-MODEL>work,gpt(medium)</CCR-SUBAGENT-MODEL>Be brief.'
    expect(await asked({}, { body: { system } })).toEqual(['work', 'gpt', 'medium'])
  })

  it('belongs to the name where a route names just this model', async () => {
    expect(await setUp({ models: { 'm(high)': { to: 'work' } } }).asked({ model: 'm(high)' })).toEqual(['work', 'm(high)', undefined])
  })
})
