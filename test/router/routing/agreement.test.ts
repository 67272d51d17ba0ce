import fc from 'fast-check'
import { expect, it } from 'vitest'
import { explain } from '../../../src/router/explain.ts'
import { outcomeOf } from '../../../src/router/outcome.ts'
import { router, type RouterOptions } from '../../../src/router/routing/router.ts'
import type { Target } from '../../../src/router/routing/target.ts'
import { PROTOCOLS } from '../../fixtures/index.ts'
import { requestWith, scene, type AskOptions } from './scene.ts'

const NAMES = ['a', 'b', 'c', 'd'] as const
const SLOTS = ['subagent', 'longContext', 'background', 'webSearch', 'image', 'think'] as const

const name = fc.constantFrom(...NAMES)
const target: fc.Arbitrary<Target> = fc.oneof(
  name,
  fc.tuple(name, fc.constantFrom('m', 'm(high)', '*')).map(([to, model]) => `${to}/${model}`),
  fc.record({ to: name, fallbacks: fc.array(name, { maxLength: 2 }), set: fc.constant({ temperature: 0.5 }) }, { requiredKeys: ['to'] }),
  fc.record({ split: fc.array(fc.record({ to: name, weight: fc.constantFrom(1, 3) }), { minLength: 1, maxLength: 3 }) }),
)
const can = fc.record(
  { lacks: fc.subarray(['images', 'tools', 'web-search'] as const), contextWindow: fc.constantFrom(2000, 100_000) },
  { requiredKeys: [] },
)
const slots = fc.subarray([...SLOTS]).chain((chosen) => fc.record(Object.fromEntries(chosen.map((slot) => [slot, target]))))
const ask: fc.Arbitrary<AskOptions> = fc.record({
  protocol: fc.constantFrom(...PROTOCOLS),
  model: fc.constantFrom('gpt-5.4', 'claude-haiku-4-5', 'claude-opus-5(low)', 'a/x', '@b/y', 'd,z(high)'),
  text: fc.constantFrom('Hi', 'word '.repeat(3000), 'word '.repeat(60_000)),
  headers: fc.record(
    { 'x-claude-code-session-id': fc.constantFrom('1', '2', '3'), 'x-claude-code-agent-id': fc.constant('a') },
    { requiredKeys: ['x-claude-code-session-id'] },
  ),
})

it('does what its explanation says, whatever the rules and the request', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(can, { minLength: 4, maxLength: 4 }),
      target,
      slots,
      target,
      ask,
      async (abilities, usual, chosen, modelTarget, asked) => {
        const { target: make, seen } = scene()
        const endpoints = Object.fromEntries(NAMES.map((each, index) => [each, make(each, { can: abilities[index]! })]))
        const app = router({ endpoints, default: usual, models: { 'gpt-*': modelTarget }, ...(chosen as Partial<RouterOptions>) })
        const told = await explain(app, requestWith(asked))
        expect(seen).toEqual([])
        const answer = await app(requestWith(asked))
        const { route, endpoint, explain: record } = outcomeOf(answer)!
        expect(told.rules!.find(({ matched }) => matched)?.rule).toBe(route)
        expect(answer.ok).toBe(told.skipped === undefined)
        if (answer.ok) expect([seen[0]!.name, endpoint]).toEqual([told.candidates![0]!.name, told.candidates![0]!.name])
        else expect(seen).toEqual([])
        const said = ({ candidates = [] }: typeof told) => candidates.map(({ name: who, skipped }) => [who, skipped])
        expect(said(record!())).toEqual(said(told))
      },
    ),
  )
})
