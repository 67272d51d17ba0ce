/**
 * How much a model should think, in the way that the model is told.
 * @see https://ai.google.dev/gemini-api/docs/thinking#levels-budgets
 *
 * @module
 */
import type { ReasoningAsk } from '../../core/chat.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Notes } from '../../core/notice.ts'
import { BUDGET_OF, levelOfBudget, levelOfEffort, nearestLevel, type Level, type ModelTraits } from './models.ts'

/** The model's `thinkingConfig`; `undefined` where nothing is to be said. Budget and level are never sent together: Gemini refuses that. */
export function encodeThinking(ask: ReasoningAsk, traits: ModelTraits, notes: Notes): JsonObject | undefined {
  const { thinking } = traits
  const off = ask.mode === 'off' || (ask.effort === 'none' && ask.mode !== 'on')
  if (thinking.by === 'none') {
    if (!off) notes.dropped(ask, undefined, 'this model does not think')
    return undefined
  }
  if (off && ask.effort !== undefined && ask.effort !== 'none') notes.dropped(ask, 'effort', 'thinking is off')
  if (off && ask.show === 'summary') notes.dropped(ask, 'show', 'there are no thoughts to show')
  const includeThoughts = !off && ask.show !== 'hidden'
  if (thinking.by === 'level') return { includeThoughts, ...levelFor(ask, off, thinking.levels, notes) }
  const wanted = off ? 0 : (ask.budget ?? (ask.effort === undefined ? -1 : BUDGET_OF[ask.effort]))
  if (wanted < 0) return { includeThoughts, ...(ask.mode !== undefined && { thinkingBudget: -1 }) }
  if (wanted === 0 && thinking.off) return { includeThoughts, thinkingBudget: 0 }
  const budget = Math.min(Math.max(wanted, thinking.min), thinking.max)
  const field = off ? 'mode' : ask.budget === undefined ? 'effort' : 'budget'
  if (budget !== wanted) notes.approximated(ask, field, `this model thinks with ${thinking.min} to ${thinking.max} tokens`)
  else if (field === 'effort') notes.approximated(ask, field, `this model is told tokens: ${budget}`)
  return { includeThoughts, thinkingBudget: budget }
}

function levelFor(ask: ReasoningAsk, off: boolean, levels: readonly Level[], notes: Notes): JsonObject {
  if (off) {
    notes.approximated(
      ask,
      ask.mode === 'off' ? 'mode' : 'effort',
      'this model cannot stop thinking; it thinks as little as it can, unseen',
    )
    return { thinkingLevel: levels[0] }
  }
  if (ask.effort === undefined && ask.budget === undefined) return {}
  const wanted = ask.effort === undefined ? levelOfBudget(ask.budget ?? 0) : levelOfEffort(ask.effort)
  const level = nearestLevel(wanted, levels)
  if (ask.budget !== undefined) notes.approximated(ask, 'budget', `this model is told a level: ${level}`)
  if (ask.effort !== undefined && level !== ask.effort) notes.approximated(ask, 'effort', `this model has no such level; it gets ${level}`)
  return { thinkingLevel: level }
}
