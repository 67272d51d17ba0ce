/**
 * The parts of a content, read.
 *
 * @module
 */
import type { Located, Opaque, Part, ReasoningPart, TextPart, ToolCallPart, ToolResultPart } from '../../core/chat.ts'
import { ENVELOPE_PREFIX } from '../../core/envelope.ts'
import { arrayOf, isObject, optional, readBoolean, readObject, readString, restOf, type JsonObject } from '../../core/json.ts'
import type { CallPairs } from './call-pairs.ts'
import { openCarried, type Carried } from './carrier.ts'
import { restIn } from './fields.ts'
import { decodeMedia } from './media.ts'
import { nativeText } from './native.ts'
import { readResponse } from './tool-result.ts'
import { SENTINEL } from './sentinel.ts'

const TEXT = new Set(['text', 'thought', 'thoughtSignature'])
const CALL = new Set(['functionCall', 'thoughtSignature', 'thought'])
const CALL_INNER = new Set(['id', 'name', 'args'])
const RESULT = new Set(['functionResponse', 'thoughtSignature', 'thought'])
const RESULT_INNER = new Set(['id', 'name', 'response', 'parts'])

/** Reads a part into `parts`. One wire part may become several: reasoning of another provider that its signature carries comes first. */
type PartDecoder = (part: JsonObject, at: string, parts: Part[]) => void

export function createPartDecoder(pairs: CallPairs, groups: Located[]): PartDecoder {
  const call = (part: JsonObject, at: string, opaque: Opaque | undefined): ToolCallPart => {
    const inner = `${at}/functionCall`
    const wire = readObject(part.functionCall, inner)
    const { args } = wire
    const id = pairs.call(optional(readString, wire.id, inner, 'id'))
    const decoded: ToolCallPart = { type: 'tool-call', id, name: readString(wire.name, inner, 'name'), at }
    // some gateways write the arguments as JSON text
    if (typeof args === 'string') decoded.json = args
    else decoded.input = args ?? {}
    if (opaque) decoded.opaque = opaque
    const spelling: JsonObject = { functionCall: part.functionCall }
    if (part.thoughtSignature !== undefined) spelling.signed = true
    restIn(decoded, part, CALL, spelling)
    innerExtras(wire, CALL_INNER, inner)
    pairs.opened(decoded)
    return decoded
  }

  const result = (part: JsonObject, at: string): ToolResultPart => {
    const inner = `${at}/functionResponse`
    const wire = readObject(part.functionResponse, inner)
    const name = optional(readString, wire.name, inner, 'name')
    const { text, isError } = readResponse(wire.response)
    const media = arrayOf(wire.parts).map((item, i): Part => {
      const place = `${inner}/parts/${i}`
      return isMedia(readObject(item, place)) ? decodeMedia(item as JsonObject, place) : native(item as JsonObject, place)
    })
    const words: Part[] = text || !media.length ? [{ type: 'text', text, at: `${inner}/response` }] : []
    innerExtras(wire, RESULT_INNER, inner)
    const id = optional(readString, wire.id, inner, 'id')
    const answered = pairs.answered(id, name)
    // an id that no call has told nothing
    if (id !== undefined && id !== answered.id) groups.push({ at: inner, extra: { gemini: { id } } })
    // the call's own name counts
    if (name !== undefined && answered.name !== undefined && answered.name !== name) groups.push({ at: inner, extra: { gemini: { name } } })
    const decoded: ToolResultPart = { type: 'tool-result', callId: answered.id, parts: media.length ? words.concat(media) : words, at }
    if (name !== undefined) decoded.name = name
    if (!media.length) decoded.bare = true
    if (isError) decoded.isError = true
    return restIn(decoded, part, RESULT, { functionResponse: part.functionResponse })
  }

  /** Fields inside a call or result that only Gemini knows are written back with it; this makes the notice. */
  const innerExtras = (wire: JsonObject, known: ReadonlySet<string>, at: string) => {
    const extra = restOf(wire, known)
    if (extra) groups.push({ at, extra: { gemini: extra } })
  }

  return (part, at, parts) => {
    const signature = optional(readString, part.thoughtSignature, at, 'thoughtSignature')
    const carried = signature?.startsWith(ENVELOPE_PREFIX) ? (openCarried(signature) ?? { reasoning: [] }) : undefined
    if (part.functionResponse !== undefined && part.functionCall === undefined) return void parts.push(result(part, at))
    carried?.reasoning.forEach((item) => parts.push({ type: 'reasoning', ...item, at }))
    if (part.functionCall !== undefined) return void parts.push(call(part, at, secretOf(signature, carried, 'call')))
    if (isMedia(part)) {
      const opaque = secretOf(signature, carried, 'image')
      const media = decodeMedia(part, at)
      // elsewhere the address alone tells what it leads to
      if (media.source.type === 'url' && media.mediaType !== undefined)
        groups.push({ at: `${at}/fileData`, extra: { gemini: { mimeType: media.mediaType } } })
      // and text is just text
      if (media.source.type === 'text' && media.mediaType !== 'text/plain')
        groups.push({ at: `${at}/inlineData`, extra: { gemini: { mimeType: media.mediaType } } })
      if (opaque) media.opaque = opaque
      return void parts.push(media)
    }
    if (part.text === undefined && !bareSignature(part)) return void parts.push(native(part, at))
    const text = optional(readString, part.text, at, 'text') ?? ''
    const spelling = 'text' in part ? spelledThought(part) : { text: undefined }
    if (optional(readBoolean, part.thought, at, 'thought')) {
      const opaque = secretOf(signature, carried, 'thought') ?? { by: 'gemini', form: 'plain', data: '' }
      return void parts.push(restIn<ReasoningPart>({ type: 'reasoning', text, opaque, at }, part, TEXT, spelling))
    }
    const opaque = secretOf(signature, carried, 'text')
    // nothing but a carrier
    if (carried?.reasoning.length && !text && !opaque) return
    const decoded: TextPart = { type: 'text', text, at }
    if (opaque) decoded.opaque = opaque
    parts.push(restIn(decoded, part, TEXT, spelling))
  }
}

/** The secret of the part itself, of the form that its kind has. */
const secretOf = (signature: string | undefined, carried: Carried | undefined, form: string): Opaque | undefined =>
  carried ? carried.own : signature === undefined || signature === SENTINEL ? undefined : { by: 'gemini', form, data: signature }

const isMedia = (part: JsonObject): boolean => isObject(part.inlineData) || isObject(part.fileData)
const bareSignature = (part: JsonObject): boolean => Object.keys(part).every((key) => TEXT.has(key))
/** An empty thought is only written back where its spelling tells that it was on the wire. */
const spelledThought = (part: JsonObject): JsonObject | undefined =>
  part.thought === false ? { thought: false } : part.thought ? {} : undefined

function native(part: JsonObject, at: string): Part {
  const text = nativeText(part)
  return { type: 'native', protocol: 'gemini', value: part, at, ...(text !== undefined && { text }) }
}
