/**
 * `reasoning_details`: OpenRouter's list of pieces of reasoning, which its provider wants back unchanged and in order.
 * @see https://openrouter.ai/docs/use-cases/reasoning-tokens
 *
 * @module
 */
import type { ReasoningPart } from '../../core/chat.ts'
import { opaqueForClient } from '../../core/envelope.ts'
import { arrayOf, isObject, stringOf, tryParse, type JsonObject } from '../../core/json.ts'

/** What a detail shows. */
export const detailText = (detail: JsonObject): string => stringOf(detail.text) ?? stringOf(detail.summary) ?? ''

/** Puts the fragments of a stream together: those of the same index and type are one detail. */
export function addFragments(details: JsonObject[], fragments: unknown): void {
  for (const fragment of arrayOf(fragments)) {
    if (!isObject(fragment)) continue
    const begun = details.findLast((detail) => detail.type === fragment.type && detail.index === fragment.index)
    if (!begun || (begun.id && fragment.id && begun.id !== fragment.id)) details.push({ ...fragment })
    else
      for (const key in fragment) {
        const value = fragment[key]
        if (GROWING.has(key) && typeof value === 'string' && typeof begun[key] === 'string') begun[key] += value
        else if (value !== null && value !== undefined) begun[key] = value
      }
  }
}
const GROWING = new Set(['text', 'summary', 'data'])

/** Details as opaque data. A text that the reasoning part holds anyway is left out: it would be carried twice in every request. */
export function packDetails(details: JsonObject[], text: string): string {
  const [first, ...more] = details.filter((detail) => typeof detail.text === 'string')
  if (!first || more.length || first.text !== text) return JSON.stringify(details)
  return JSON.stringify(details.map((detail) => (detail === first ? { ...detail, text: true } : detail)))
}

/** The way back. */
export function unpackDetails(data: string, text: string): JsonObject[] {
  return arrayOf(tryParse(data))
    .filter(isObject)
    .map((detail) => (detail.text === true ? { ...detail, text } : detail))
}

/** A reasoning part as the details that its client keeps: its own provider's as they were, another's sealed. */
export function detailsOf(part: ReasoningPart, index: number): JsonObject[] {
  const { opaque, text } = part
  if (!opaque) return []
  if (opaque.by === 'openai') return opaque.form === 'details' ? unpackDetails(opaque.data, text) : []
  const seal = opaqueForClient(opaque, 'openai')
  return [
    text || !part.redacted
      ? { type: 'reasoning.text', text, signature: seal, format: 'cc-route', index }
      : { type: 'reasoning.encrypted', data: seal, format: 'cc-route', index },
  ]
}
