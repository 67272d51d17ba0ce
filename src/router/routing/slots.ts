/**
 * The routes that everybody needs, by name, and when each of them is meant.
 *
 * @module
 */
import type { Effort } from '../../core/chat.ts'
import { backgroundBy } from './background.ts'
import type { RouteFacts } from './facts.ts'
import { reaches } from './reasoning.ts'
import type { Route, Target } from './target.ts'

/** Targets for kinds of requests. What is absent leaves its requests to the next rule. */
export interface Slots {
  /** Requests of sub-agents. A tag in their prompt, `<CCR-SUBAGENT-MODEL>endpoint,model</CCR-SUBAGENT-MODEL>`, is stronger, and works without this. */
  subagent?: Target
  /** Requests of more than `above` input tokens by estimate. Default 60 000. */
  longContext?: Target | (Route & { above?: number })
  /** Requests that programs make besides the conversation: those for `models` (default: any Claude Haiku), titles, choices of a model. */
  background?: Target | (Route & { models?: readonly string[] })
  /** Requests that want the provider to search the web. */
  webSearch?: Target
  /** Requests with images, in results of tools, too. */
  image?: Target
  /** Requests that ask for reasoning, `effort` at least. Default `low`. */
  think?: Target | (Route & { effort?: Effort })
  /** By the size of the Claude model that is asked for. */
  tiers?: Tiers
}

export interface Tiers {
  /** Opus, and the larger ones that came after it. */
  big?: Target
  /** Sonnet. */
  middle?: Target
  /** Haiku. */
  small?: Target
}

export const LONG_CONTEXT = 60_000

/** A slot that its facts fill. */
export interface Slot {
  name: string
  target: Target
  fits(facts: RouteFacts): boolean
}

/** What a slot's own settings say, where its target has any. */
const settingOf = (target: Target | undefined, name: 'above' | 'models' | 'effort'): unknown =>
  typeof target === 'object' ? Object.getOwnPropertyDescriptor(target, name)?.value : undefined

/** When each slot is meant, in the order in which they are asked. */
export function slotsOf(slots: Slots): Slot[] {
  const above = (settingOf(slots.longContext, 'above') as number | undefined) ?? LONG_CONTEXT
  const least = (settingOf(slots.think, 'effort') as Effort | undefined) ?? 'low'
  const fits: [keyof Omit<Slots, 'tiers'>, Slot['fits']][] = [
    ['subagent', ({ subagent }) => subagent],
    // to count tokens is cheap however many there are
    ['longContext', (facts) => facts.action === 'generate' && facts.tokens > above],
    ['background', ({ background }) => background],
    ['webSearch', ({ webSearch }) => webSearch],
    ['image', ({ images }) => images],
    ['think', ({ reasoning }) => reaches(reasoning, least)],
  ]
  return [
    ...fits.flatMap(([name, test]) => {
      const target = slots[name]
      return target === undefined ? [] : [{ name, target, fits: test }]
    }),
    ...tierSlots(slots.tiers ?? {}),
  ]
}

/** The tiers by the words in models' names; a Claude of another name is taken for a large one. */
const TIERS: readonly (readonly [keyof Tiers, RegExp])[] = [
  ['small', /haiku/i],
  ['middle', /sonnet/i],
  ['big', /opus|claude/i],
]

export const tierOf = (model: string | undefined): keyof Tiers | undefined =>
  model === undefined ? undefined : TIERS.find(([, words]) => words.test(model))?.[0]

const tierSlots = (tiers: Tiers): Slot[] =>
  TIERS.flatMap(([tier]) => {
    const target = tiers[tier]
    return target === undefined ? [] : [{ name: `tiers.${tier}`, target, fits: ({ model }) => tierOf(model) === tier }]
  })

/** The test of what is background, as the slot says it. */
export const backgroundTestOf = ({ background }: Slots): ReturnType<typeof backgroundBy> =>
  backgroundBy(settingOf(background, 'models') as readonly string[] | undefined)
