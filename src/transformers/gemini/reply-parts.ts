/**
 * The parts of an answer, read one by one; whole answers and streams share this.
 *
 * @module
 */
import type { MediaPart, NativePart, Opaque, ToolCallPart } from '../../core/chat.ts'
import { isObject, objectOf, stringOf, type JsonObject } from '../../core/json.ts'

/** What a signature on a part of the model's is. */
export const secretOf = (part: JsonObject, form: 'call' | 'text' | 'thought' | 'image'): Opaque | undefined =>
  typeof part.thoughtSignature === 'string' && part.thoughtSignature ? { by: 'gemini', form, data: part.thoughtSignature } : undefined

/** A part that is neither text nor a call told in pieces. Ids that are not given stay empty: the client gets new ones. */
export function decodeWholePart(part: JsonObject, at: string): ToolCallPart | MediaPart | NativePart {
  const wire = objectOf(part.functionCall)
  if (wire) {
    const opaque = secretOf(part, 'call')
    return {
      type: 'tool-call',
      id: stringOf(wire.id) ?? '',
      name: stringOf(wire.name) ?? '',
      ...(typeof wire.args === 'string' ? { json: wire.args } : { input: wire.args ?? {} }),
      ...(opaque && { opaque }),
      at,
      spelling: { gemini: part },
    }
  }
  const blob = objectOf(part.inlineData)
  if (blob && typeof blob.data === 'string') {
    const opaque = secretOf(part, 'image')
    const mediaType = stringOf(blob.mimeType)
    const kind = mediaType?.split('/')[0]
    return {
      type: kind === 'image' || kind === 'audio' || kind === 'video' ? kind : 'file',
      source: { type: 'data', data: blob.data },
      ...(mediaType !== undefined && { mediaType }),
      ...(opaque && { opaque }),
      at,
      spelling: { gemini: part },
    }
  }
  // no words for other protocols: what Gemini's own tools did is told again in the text that follows
  return { type: 'native', protocol: 'gemini', value: part, at }
}

/** Whether a part is text: words, or nothing but a signature. */
export const isText = (part: JsonObject): boolean =>
  typeof part.text === 'string' || (typeof part.thoughtSignature === 'string' && Object.keys(part).length === 1)

export const isCall = (part: JsonObject): boolean => isObject(part.functionCall)
