/**
 * Google's thought signature, which its OpenAI endpoint puts beside what it signs; another provider's secret comes in the same place.
 * @see https://ai.google.dev/gemini-api/docs/thought-signatures
 *
 * @module
 */
import type { Opaque } from '../../core/chat.ts'
import { ENVELOPE_PREFIX, opaqueFromClient } from '../../core/envelope.ts'
import { isObject, stringOf, type JsonObject } from '../../core/json.ts'

/** The value of an `extra_content` that says no more. */
export const signature = (data: string): JsonObject => ({ google: { thought_signature: data } })

/** Reads an `extra_content`. */
export function readSignature(content: unknown): { opaque?: Opaque; rest?: JsonObject } {
  if (!isObject(content)) return UNSIGNED
  const google = isObject(content.google) ? content.google : {}
  const signed = stringOf(google.thought_signature)
  if (signed === undefined) return { rest: content }
  const { google: _, ...others } = content
  const { thought_signature: __, ...more } = google
  const rest = { ...others, ...(Object.keys(more).length && { google: more }) }
  const opaque = opaqueFromClient(signed, 'openai', 'google')
  return { ...(opaque && { opaque }), ...(Object.keys(rest).length && { rest }) }
}
const UNSIGNED = {}

/** Whether it holds what another provider minted. */
export const isSealed = (content: unknown): boolean => content !== undefined && JSON.stringify(content).includes(`"${ENVELOPE_PREFIX}`)
