/**
 * How another provider's reasoning lives through a Gemini client: clients drop the thoughts themselves and keep the
 * `thoughtSignature` of the other parts, so the reasoning travels, text and secret, in the signature of the part behind it.
 *
 * @module
 */
import type { Opaque, ReasoningPart } from '../../core/chat.ts'
import { openOpaque, sealOpaque } from '../../core/envelope.ts'
import { isObject, stringOf, tryParse } from '../../core/json.ts'

/** Marks an envelope whose data is a list of what is carried. */
const FORM = 'carried'

export interface Carried {
  /** Reasoning in front of the part. */
  reasoning: Pick<ReasoningPart, 'text' | 'opaque' | 'redacted'>[]
  /** What belongs to the part itself. */
  own?: Opaque
}

export const isEmpty = (carried: Carried): boolean => carried.reasoning.length === 0 && carried.own === undefined

/** A signature that carries all of it; `undefined` for nothing. */
export function sealCarried(carried: Carried): string | undefined {
  const by = carried.own?.by ?? carried.reasoning.find(({ opaque }) => opaque)?.opaque?.by
  if (by === undefined) return undefined
  const origin = carried.own?.origin ?? carried.reasoning[0]?.opaque?.origin
  const reasoning = carried.reasoning.map(({ text, opaque, redacted }) => ({ t: text, o: opaque, r: redacted }))
  return sealOpaque({ by, origin, form: FORM, data: JSON.stringify({ reasoning, own: carried.own }) })
}

/** What a signature carries: `undefined` where it is Gemini's own or of no known form. */
export function openCarried(signature: string): Carried | undefined {
  const opaque = openOpaque(signature)
  if (!opaque) return undefined
  if (opaque.form !== FORM) return { reasoning: [], own: opaque }
  const value = tryParse(opaque.data)
  if (!isObject(value)) return undefined
  const items = Array.isArray(value.reasoning) ? value.reasoning.filter(isObject) : []
  const reasoning = items.map((item) => ({
    text: stringOf(item.t) ?? '',
    ...(opaqueOf(item.o) && { opaque: opaqueOf(item.o) }),
    ...(item.r === true && { redacted: true }),
  }))
  const own = opaqueOf(value.own)
  return own ? { reasoning, own } : { reasoning }
}

/** Only envelopes of this library's making get here, but their content has been at the client's. */
const opaqueOf = (value: unknown): Opaque | undefined =>
  isObject(value) && typeof value.data === 'string' && typeof value.by === 'string' ? (value as unknown as Opaque) : undefined
