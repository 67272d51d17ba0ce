import { describe, expect, it } from 'vitest'
import { router } from '../../../src/router/routing/router.ts'
import { scene, whoAnswers, type AskOptions } from './scene.ts'

const LONG = 'word '.repeat(60_000)
const IMAGE = { role: 'user', content: [{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } }] }

/** What makes a request fit each rule, in the order in which the rules are asked. */
const RULES: readonly [rule: string, ask: AskOptions][] = [
  ['header x-ccn-endpoint', { headers: { 'x-ccn-endpoint': 'explicit' } }],
  ['choose', { headers: { 'x-choose': 'yes' } }],
  ['mine', { headers: { 'x-mine': 'yes' } }],
  ['models routed-*', { model: 'routed-claude-haiku' }],
  ['subagent tag', { body: { system: '<CCR-SUBAGENT-MODEL>tagged,m</CCR-SUBAGENT-MODEL>Be brief.' } }],
  ['subagent', { headers: { 'x-claude-code-agent-id': 'a1' } }],
  ['longContext', { body: { messages: [{ role: 'user', content: LONG }] } }],
  ['background', { model: 'claude-haiku-4-5' }],
  ['webSearch', { body: { tools: [{ type: 'web_search_20250305', name: 'web_search' }] } }],
  ['image', { body: { messages: [IMAGE] } }],
  ['think', { body: { thinking: { type: 'enabled', budget_tokens: 2000 } } }],
  ['tiers.big', { model: 'claude-opus-5' }],
  ['default', {}],
]

/** Two rules' requests in one; what both say of messages stands side by side. */
function both(a: AskOptions, b: AskOptions): AskOptions {
  const messages = [a, b].flatMap(({ body }) => (body?.['messages'] as unknown[] | undefined) ?? [])
  const model = a.model ?? b.model
  return {
    ...(model !== undefined && { model }),
    headers: { ...a.headers, ...b.headers },
    body: { ...b.body, ...a.body, ...(messages.length && { messages }) },
  }
}

describe('the order of the rules', () => {
  const { target } = scene()
  const app = router({
    default: target('default'),
    endpoints: { explicit: target('explicit'), tagged: target('tagged') },
    choose: ({ headers }) => (headers.has('x-choose') ? target('chosen') : undefined),
    rules: [{ name: 'mine', when: { header: { 'X-Mine': true } }, to: target('mine') }],
    models: { 'routed-*': target('routed') },
    subagent: target('subagent'),
    longContext: target('long'),
    background: target('background'),
    webSearch: target('web'),
    image: target('image'),
    think: target('think'),
    tiers: { big: target('big'), middle: target('middle'), small: target('small') },
  })

  it.each(RULES)('%s', async (rule, ask) => {
    expect(await whoAnswers(app, ask)).toMatch(new RegExp(` by ${rule.replaceAll('*', '\\*')}$`))
  })

  // models can only be asked for one at a time
  const conflicts = RULES.flatMap(([rule, ask], index) =>
    RULES.slice(index + 1).flatMap(([other, weaker]) => (ask.model && weaker.model ? [] : [[rule, other, both(ask, weaker)] as const])),
  )
  it.each(conflicts)('%s is stronger than %s', async (rule, _, ask) => {
    expect(await whoAnswers(app, ask)).toMatch(new RegExp(` by ${rule.replaceAll('*', '\\*')}$`))
  })

  it('sends a long request for Haiku to the long context, not to the background', async () => {
    expect(await whoAnswers(app, { model: 'claude-3-5-haiku-20241022', text: LONG })).toBe('long by longContext')
  })

  it('asks what is absent of nobody', async () => {
    const plain = router({ default: target('only') })
    for (const [, ask] of RULES.slice(5)) expect(await whoAnswers(plain, ask)).toBe('only by default')
  })
})
