/**
 * Gemini answers "Request contains an invalid argument." where the `maxItems` of all schemas of a request add up to about
 * a thousand. The largest are told in the description instead.
 * @see https://github.com/googleapis/python-genai/issues/2170
 *
 * @module
 */
import { isObject, type JsonObject } from '../../../core/json.ts'
import { said } from './hints.ts'

export const MAX_ITEMS_BUDGET = 900

export interface Limit {
  /** Which schema of the request. */
  schema: number
  /** JSON Pointer of the node inside it. */
  at: string
  maxItems: number
}

/** The limits that must go so that the rest fits, largest first. */
export function overBudget(limits: readonly Limit[], budget = MAX_ITEMS_BUDGET): Limit[] {
  let sum = limits.reduce((total, { maxItems }) => total + maxItems, 0)
  if (sum <= budget) return []
  return [...limits]
    .sort((a, b) => b.maxItems - a.maxItems)
    .filter(({ maxItems }) => {
      if (sum <= budget) return false
      sum -= maxItems
      return true
    })
}

/** `schema` with `maxItems` told in the description at each of `places`. Never changes its input. */
export const withoutLimits = (schema: JsonObject, places: readonly string[]): JsonObject =>
  places.reduce(
    (current, place) => changeAt(current, place.split('/').slice(1), (node) => ('maxItems' in node ? said(node, 'maxItems') : node)),
    schema,
  )

function changeAt(node: JsonObject, steps: string[], change: (node: JsonObject) => JsonObject): JsonObject {
  const [step, ...rest] = steps
  if (step === undefined) return change(node)
  const key = step.replaceAll('~1', '/').replaceAll('~0', '~')
  const value = node[key]
  if (Array.isArray(value) && rest.length) {
    const [index = '', ...below] = rest
    return {
      ...node,
      [key]: value.map((item: unknown, i) => (String(i) === index && isObject(item) ? changeAt(item, below, change) : item)),
    }
  }
  return isObject(value) ? { ...node, [key]: changeAt(value, rest, change) } : node
}
