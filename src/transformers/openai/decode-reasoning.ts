/**
 * How much a request wants the model to think, read from OpenAI's field or from those of other providers.
 *
 * @module
 */
import type { Effort, Located, ReasoningAsk } from '../../core/chat.ts'
import { isObject, numberOf, restOf, stringOf, type JsonObject } from '../../core/json.ts'

const EFFORTS: ReadonlySet<string> = new Set<Effort>(['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'])
const isEffort = (value: unknown): value is Effort => typeof value === 'string' && EFFORTS.has(value)

/** The request fields that say it. */
export const REASONING_ASKS: ReadonlySet<string> = new Set([
  'reasoning_effort',
  'reasoning',
  'thinking',
  'enable_thinking',
  'thinking_budget',
  'include_reasoning',
])

export interface ReadAsk {
  ask?: ReasoningAsk
  /** The fields as they were, where {@link ReasoningAsk} alone would not write them back. */
  spelling?: JsonObject
  /** Fields, or what is in them, that the neutral model cannot say. */
  extra?: JsonObject
  groups: Located[]
}

export function decodeReasoning(body: JsonObject): ReadAsk {
  const ask: ReasoningAsk = { at: '' }
  const names: Record<string, string> = {}
  const spelling: JsonObject = {}
  const extra: JsonObject = {}
  const groups: Located[] = []
  const say = <K extends 'mode' | 'effort' | 'budget' | 'show'>(field: K, value: ReasoningAsk[K], path: string) => {
    if (value === undefined) return
    ask[field] ??= value
    names[field] ??= path
  }
  const effort = body.reasoning_effort
  if (isEffort(effort)) {
    say('effort', effort, 'reasoning_effort')
    if (effort === 'none') say('mode', 'off', 'reasoning_effort')
  } else if (effort !== undefined && effort !== null) extra.reasoning_effort = effort

  for (const field of ['reasoning', 'thinking'] as const) {
    const object = body[field]
    if (!isObject(object)) continue
    spelling[field] = object
    const word = stringOf(object.effort)
    if (isEffort(word)) say('effort', word, `${field}/effort`)
    say('budget', numberOf(object.max_tokens) ?? numberOf(object.budget_tokens) ?? numberOf(object.budget), budgetPath(field, object))
    if (object.enabled === false || object.type === 'disabled' || word === 'none')
      say('mode', 'off', `${field}/${object.type ? 'type' : 'enabled'}`)
    else if (object.enabled === true || object.type === 'enabled') say('mode', 'on', `${field}/${object.type ? 'type' : 'enabled'}`)
    else if (object.type === 'adaptive') say('mode', 'adaptive', `${field}/type`)
    if (object.exclude === true) say('show', 'hidden', `${field}/exclude`)
    const rest = restOf(object, READ)
    if (rest) groups.push({ at: `/${field}`, extra: { openai: rest } })
  }
  if (typeof body.enable_thinking === 'boolean') {
    say('mode', body.enable_thinking ? 'on' : 'off', 'enable_thinking')
    spelling.enable_thinking = body.enable_thinking
  }
  if (typeof body.thinking_budget === 'number') {
    say('budget', body.thinking_budget, 'thinking_budget')
    spelling.thinking_budget = body.thinking_budget
  }
  if (body.include_reasoning === false) {
    say('show', 'hidden', 'include_reasoning')
    spelling.include_reasoning = false
  } else if (body.include_reasoning !== undefined) spelling.include_reasoning = body.include_reasoning
  const said = Object.keys(names).length > 0
  return { ...(said && { ask: { ...ask, wireNames: names } }), spelling, extra, groups }
}
const READ = new Set(['effort', 'max_tokens', 'budget_tokens', 'budget', 'enabled', 'type', 'exclude'])

const budgetPath = (field: string, object: JsonObject): string =>
  `${field}/${['max_tokens', 'budget_tokens', 'budget'].find((key) => typeof object[key] === 'number') ?? 'max_tokens'}`
