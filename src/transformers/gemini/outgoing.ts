/**
 * What a Gemini client gets of an answer's parts, whole or streamed: wire parts, with other providers' reasoning carried in
 * the signature of the part behind it.
 *
 * @module
 */
import type { MediaPart, NativePart, Opaque, ReasoningPart, ToolCallPart } from '../../core/chat.ts'
import { isObject, tryParse, type JsonObject } from '../../core/json.ts'
import type { ReplyContext } from '../../core/protocol.ts'
import { callJson } from '../../core/tool-call.ts'
import { isEmpty, sealCarried, type Carried } from './carrier.ts'

export interface Load {
  /** Reasoning that the next call or text carries. */
  add(part: Pick<ReasoningPart, 'text' | 'opaque' | 'redacted'>): void
  /** The signature of a call or text whose own secret is `own`; `undefined` for none. What was waiting is then carried. */
  take(own: Opaque | undefined): string | undefined
}

export function createLoad(): Load {
  let waiting: Carried['reasoning'] = []
  return {
    add({ text, opaque, redacted }) {
      if (opaque && opaque.by !== 'gemini') waiting.push({ text, opaque, ...(redacted && { redacted }) })
    },
    take(own) {
      if (own?.by === 'gemini') return own.data || undefined
      const carried: Carried = { reasoning: waiting, ...(own?.data && { own }) }
      waiting = []
      return isEmpty(carried) ? undefined : sealCarried(carried)
    },
  }
}

export const signed = (signature: string | undefined): JsonObject => (signature === undefined ? {} : { thoughtSignature: signature })

/** The JSON text of a call's arguments, on one line; `undefined` where the model wrote no JSON object. */
export function argsOf(call: ToolCallPart): string | undefined {
  if (call.custom) return JSON.stringify({ input: call.json ?? '' })
  const json = callJson(call)
  let value = tryParse(json)
  if (typeof value === 'string') value = tryParse(value)
  if (!isObject(value)) return undefined
  // as the model wrote it, unless it is spread over lines
  return json.startsWith('{') && !/[\r\n]/.test(json) ? json : JSON.stringify(value)
}

export const malformed = (call: ToolCallPart): string =>
  `Malformed function call: the arguments of ${call.name} are no JSON object: ${callJson(call).slice(0, 200)}`

/** Media and blocks of other providers. */
export function wireOf(part: MediaPart | NativePart, { notes }: ReplyContext): JsonObject | undefined {
  if (part.type === 'native') {
    if (part.protocol === 'gemini') return part.value
    notes[part.text ? 'approximated' : 'dropped'](part, undefined, `only ${part.protocol} has this block`)
    return part.text ? { text: part.text } : undefined
  }
  const { source } = part
  const named = part.name === undefined ? {} : { displayName: part.name }
  const typed = part.mediaType === undefined ? {} : { mimeType: part.mediaType }
  switch (source.type) {
    case 'data':
      return { inlineData: { ...typed, data: source.data, ...named } }
    case 'url':
      return { fileData: { ...typed, fileUri: source.url, ...named } }
    case 'text':
      return { text: source.text }
    case 'id':
      notes.dropped(part, undefined, 'a file that only its provider holds')
      return undefined
  }
}
