/**
 * How much to think, said to a Claude model: each generation takes another form of it.
 *
 * @see https://platform.claude.com/docs/en/build-with-claude/extended-thinking
 * @see https://platform.claude.com/docs/en/build-with-claude/effort
 * @module
 */
import type { Effort, ReasoningAsk } from '../../core/chat.ts'
import { effortOfBudget } from '../../core/effort.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Notes } from '../../core/notice.ts'
import type { ModelTraits } from './models.ts'

/** The fewest tokens that thinking can be given. */
const LEAST_BUDGET = 1024

/** Tokens of thinking for a word, where the model takes tokens. */
const BUDGETS: Record<Exclude<Effort, 'none'>, number> = {
  minimal: 1024,
  low: 1024,
  medium: 8192,
  high: 24_576,
  xhigh: 32_000,
  max: 60_000,
}

const DISPLAY = { summary: 'summarized', hidden: 'omitted' } as const

export interface Thinking {
  thinking?: JsonObject
  effort?: Effort
}

/**
 * Translates another protocol's wish; `maxTokens` is the limit of the whole answer, thinking included. Where a tool call is
 * `forced`, which a budget does not go with, a model that can do without a budget does; and where the turn goes on `amid` calls without
 * thinking before them, which are refused beside a budget.
 */
export function encodeThinking(
  ask: ReasoningAsk | undefined,
  traits: ModelTraits,
  { maxTokens, forced, amid }: { maxTokens: number; forced: boolean; amid: boolean },
  notes: Notes,
): Thinking {
  if (!ask) return {}
  if (ask.mode === 'off' || ask.effort === 'none') return switchOff(ask, traits, notes)
  if (traits.thinking === 'none') {
    drop(ask, 'this model does not think', notes)
    return {}
  }
  const prefersBudget = traits.thinking === 'either' && ask.budget !== undefined && ask.effort === undefined && !forced && !amid
  const byBudget = traits.thinking === 'budget' || prefersBudget
  if (!byBudget) return adaptive(ask, traits, notes)
  if (!amid) return withBudget(ask, maxTokens, notes)
  drop(ask, 'the turn has begun to call tools without thinking, and Claude does not begin to think amid one', notes)
  return {}
}

function switchOff(ask: ReasoningAsk, traits: ModelTraits, notes: Notes): Thinking {
  if (ask.show === 'summary') notes.dropped(ask, 'show', 'nothing is thought, so that nothing can be shown')
  if (traits.thinking === 'none') return {}
  if (traits.canRest) return { thinking: { type: 'disabled' } }
  notes.approximated(ask, asked(ask), 'this model always thinks; it was asked to think as little as it can')
  return { effort: 'low' }
}

function adaptive(ask: ReasoningAsk, traits: ModelTraits, notes: Notes): Thinking {
  const wanted = ask.effort ?? (ask.budget === undefined ? undefined : effortOfBudget(ask.budget))
  const effort = wanted && strongest(wanted, traits.efforts)
  if (ask.budget !== undefined) notes.approximated(ask, 'budget', 'this model takes no budget; an effort stands for it')
  if (ask.effort !== undefined && effort !== ask.effort)
    notes.approximated(ask, 'effort', `this model takes the efforts ${traits.efforts.join(', ')}; ${effort} is the nearest`)
  return { thinking: { type: 'adaptive', ...display(ask) }, ...(effort && { effort }) }
}

function withBudget(ask: ReasoningAsk, maxTokens: number, notes: Notes): Thinking {
  // only a wish about how thinking is shown: these models do not think unless they are told to
  if (ask.mode === undefined && ask.effort === undefined && ask.budget === undefined) {
    notes.dropped(ask, 'show', 'this model thinks only where a budget or an effort is given')
    return {}
  }
  const effort = ask.effort === undefined || ask.effort === 'none' ? 'medium' : ask.effort
  const wanted = Math.max(ask.budget ?? BUDGETS[effort], LEAST_BUDGET)
  const budget = Math.min(wanted, maxTokens - 1)
  if (budget < LEAST_BUDGET) {
    drop(ask, `thinking needs ${LEAST_BUDGET} tokens, and the whole answer may have only ${maxTokens}`, notes)
    return {}
  }
  if (ask.budget === undefined) notes.approximated(ask, asked(ask), `this model takes a budget; ${budget} tokens stand for it`)
  else if (budget !== ask.budget) notes.approximated(ask, 'budget', `the budget must be at least ${LEAST_BUDGET} and less than max_tokens`)
  return { thinking: { type: 'enabled', budget_tokens: budget, ...display(ask) } }
}

const display = (ask: ReasoningAsk): JsonObject => (ask.show ? { display: DISPLAY[ask.show] } : {})

function drop(ask: ReasoningAsk, reason: string, notes: Notes): void {
  notes.dropped(ask, asked(ask), reason)
  if (ask.show !== undefined && asked(ask) !== 'show') notes.dropped(ask, 'show', reason)
  if (ask.effort !== undefined && ask.budget !== undefined) notes.dropped(ask, 'budget', reason)
}

/** The field that a notice is about. */
const asked = (ask: ReasoningAsk): string =>
  ask.effort !== undefined ? 'effort' : ask.budget !== undefined ? 'budget' : ask.mode !== undefined ? 'mode' : 'show'

/** The wanted effort, or the strongest below it that the model takes, or its weakest. */
function strongest(wanted: Effort, efforts: readonly Effort[]): Effort | undefined {
  const scale: readonly Effort[] = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']
  const limit = scale.indexOf(wanted)
  return efforts.findLast((effort) => scale.indexOf(effort) <= limit) ?? efforts[0]
}
