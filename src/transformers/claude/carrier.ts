/**
 * Another provider's secret about a tool call or a text, where a Claude client can hold it: in a `thinking` block of its
 * own before the part, with the secret sealed in the signature. Claude Code sends such blocks back as they were; it
 * loses text that a thinking block follows, so a carrier never comes after its part.
 *
 * @module
 */
import type { Opaque, Part } from '../../core/chat.ts'
import { sealOpaque } from '../../core/envelope.ts'
import type { JsonObject } from '../../core/json.ts'

type Carried = 'call' | 'text'
const PART: Record<Carried, Part['type']> = { call: 'tool-call', text: 'text' }

/** The signature of the block that carries `opaque`; `undefined` where there is nothing to carry. */
export function carrierSignature(opaque: Opaque | undefined, of: Carried): string | undefined {
  if (!opaque || opaque.by === 'claude' || !opaque.data) return undefined
  return sealOpaque(opaque.form === of ? opaque : { ...opaque, form: opaque.form === undefined ? of : `${of}/${opaque.form}` })
}

export const carrierBlock = (signature: string): JsonObject => ({ type: 'thinking', thinking: '', signature })

/** Gives what carriers hold back to the parts that they stand before, and takes the carriers away. */
export function unloadCarriers(parts: Part[]): Part[] {
  if (!parts.some(isCarrier)) return parts
  const loaded: Part[] = []
  let carried: { to: Carried; opaque: Opaque; carrier: Part } | undefined
  for (const part of parts) {
    if (carried && part.type === PART[carried.to]) {
      loaded.push({ ...part, opaque: carried.opaque } as Part)
      carried = undefined
      continue
    }
    const load = loadOf(part)
    if (!load) {
      loaded.push(part)
      continue
    }
    if (carried) loaded.push(carried.carrier)
    carried = { ...load, carrier: part }
  }
  if (carried) loaded.push(carried.carrier)
  return loaded
}

const isCarrier = (part: Part) => loadOf(part) !== undefined

function loadOf(part: Part): { to: Carried; opaque: Opaque } | undefined {
  if (part.type !== 'reasoning' || part.text || !part.opaque || part.opaque.by === 'claude') return undefined
  const match = /^(call|text)(?:\/(.+))?$/.exec(part.opaque.form ?? '')
  if (!match) return undefined
  const to = match[1] as Carried
  return { to, opaque: { ...part.opaque, form: match[2] ?? to } }
}
