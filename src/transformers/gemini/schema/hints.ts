/**
 * What a schema can no longer say in its own words is said in its description.
 *
 * @module
 */
import type { JsonObject } from '../../../core/json.ts'

/** Told of each loss: the JSON Pointer inside the schema, and what became of it. */
export type OnLoss = (pointer: string, reason: string) => void

/** Gives the node without the trouble that `key` makes; never changes `node`. `lose` is told where meaning is lost. */
export type Repair = (node: JsonObject, key: string, lose: (reason: string, below?: string) => void) => JsonObject

const LONGEST = 200

/** The description with a hint behind it, once. */
export function withHint(description: unknown, hint: string): string {
  const text = typeof description === 'string' ? description : ''
  if (text.includes(hint)) return text
  return text ? `${text} (${hint})` : hint
}

/** A keyword and its value as a hint. */
export function hintOf(key: string, value: unknown): string {
  const json = JSON.stringify(value)
  return `${key}: ${json.length > LONGEST ? `${json.slice(0, LONGEST)}…` : json}`
}

export const without = (node: JsonObject, key: string): JsonObject => {
  const { [key]: _, ...rest } = node
  return rest
}

/** A new node without `key`, which its description now tells. */
export const said = (node: JsonObject, key: string, hint = hintOf(key, node[key])): JsonObject => ({
  ...without(node, key),
  description: withHint(node.description, hint),
})
