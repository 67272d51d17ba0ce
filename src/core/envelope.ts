/**
 * The envelope in which one provider's opaque data travels inside another protocol's opaque field, so that it comes
 * back with the client's next request and is known again: who minted it, and for which endpoint.
 *
 * It is written in the base64url alphabet alone, with a length that needs no padding: Gemini clients decode their
 * `thoughtSignature` as base64, Claude and Responses clients take any text.
 *
 * @module
 */
import type { Opaque, ProtocolName } from './chat.ts'
import { isObject, stringOf, tryParse } from './json.ts'

/** Starts every envelope; the digit is the version. */
export const ENVELOPE_PREFIX = 'ccr1'

const PROTOCOLS: ReadonlySet<string> = new Set<ProtocolName>(['claude', 'openai', 'openai-responses', 'gemini'])

/** Wraps opaque data for a field of another protocol. */
export function sealOpaque(opaque: Opaque): string {
  let json = JSON.stringify({ b: opaque.by, o: opaque.origin, f: opaque.form, i: opaque.id, d: opaque.data })
  let bytes = new TextEncoder().encode(json)
  if (bytes.length % 3) bytes = new TextEncoder().encode((json += ' '.repeat(3 - (bytes.length % 3))))
  return ENVELOPE_PREFIX + toBase64Url(bytes)
}

/** Unwraps an envelope; `undefined` where the text is none, or was changed on the way. */
export function openOpaque(text: string): Opaque | undefined {
  if (!text.startsWith(ENVELOPE_PREFIX)) return undefined
  const bytes = fromBase64Url(text.slice(ENVELOPE_PREFIX.length))
  const value = bytes && tryParse(new TextDecoder().decode(bytes))
  if (!isObject(value) || typeof value.b !== 'string' || !PROTOCOLS.has(value.b) || typeof value.d !== 'string') return undefined
  const opaque: Opaque = { by: value.b as ProtocolName, data: value.d }
  const origin = stringOf(value.o)
  const form = stringOf(value.f)
  const id = stringOf(value.i)
  if (origin !== undefined) opaque.origin = origin
  if (form !== undefined) opaque.form = form
  if (id !== undefined) opaque.id = id
  return opaque
}

/** Opaque data as a client of `protocol` should hold it: its own provider's as it is, another's in an envelope. */
export const opaqueForClient = (opaque: Opaque, protocol: ProtocolName): string =>
  opaque.by === protocol ? opaque.data : sealOpaque(opaque)

/** What a client of `protocol` sent in its opaque field: an envelope's content, or its own provider's data. `undefined`: a damaged envelope. */
export function opaqueFromClient(text: string, protocol: ProtocolName, form?: string): Opaque | undefined {
  if (text.startsWith(ENVELOPE_PREFIX)) return openOpaque(text)
  return form === undefined ? { by: protocol, data: text } : { by: protocol, form, data: text }
}

function toBase64Url(bytes: Uint8Array): string {
  let binary = ''
  for (let i = 0; i < bytes.length; i += 0x8000) binary += String.fromCharCode(...bytes.subarray(i, i + 0x8000))
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
}

function fromBase64Url(text: string): Uint8Array | undefined {
  try {
    const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
    return Uint8Array.from(binary, (char) => char.charCodeAt(0))
  } catch {
    return undefined
  }
}
