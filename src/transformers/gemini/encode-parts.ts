/**
 * The parts of a message, written.
 *
 * @module
 */
import type { Opaque, Part, ReasoningPart, TextPart, ToolCallPart, ToolResultPart } from '../../core/chat.ts'
import type { JsonObject } from '../../core/json.ts'
import type { AskContext } from '../../core/protocol.ts'
import { callInput } from '../../core/tool-call.ts'
import { spellingOf } from './fields.ts'
import { encodeMedia } from './media.ts'
import type { ModelTraits } from './models.ts'
import { writeResponse } from './tool-result.ts'
import { SENTINEL } from './sentinel.ts'

export interface PartContext extends Pick<AskContext, 'notes' | 'dialect' | 'toolNames' | 'callIds'> {
  traits: ModelTraits
  /** Whether the upstream takes ids of calls: Vertex refused them before Gemini 3, which wants them on both sides. */
  ids: boolean
  /** The name of a call, for results that do not tell it. */
  nameOf(callId: string): string | undefined
}

const ownSecret = (opaque: Opaque | undefined): string | undefined => (opaque?.by === 'gemini' && opaque.data ? opaque.data : undefined)
const signed = (signature: string | undefined): JsonObject => (signature === undefined ? {} : { thoughtSignature: signature })

/**
 * Writes the model's turn. Signatures stay on the exact part; those that a client could only keep as reasoning in front of a
 * part go back to it. The first call of a turn must be signed: one that is not gets the {@link SENTINEL}.
 * @see https://ai.google.dev/gemini-api/docs/thought-signatures
 */
export function encodeModelParts(parts: readonly Part[], context: PartContext): JsonObject[] {
  const waiting: Partial<Record<'call' | 'text', { secret: string; from: ReasoningPart }>> = {}
  const claim = (form: 'call' | 'text', own: Opaque | undefined): string | undefined => {
    const secret = ownSecret(own) ?? waiting[form]?.secret
    if (waiting[form]) delete waiting[form]
    return secret
  }
  let first = true
  const wire: JsonObject[] = []
  for (const part of parts)
    switch (part.type) {
      case 'reasoning': {
        const { opaque } = part
        if (opaque?.by !== 'gemini') {
          context.notes.dropped(part, undefined, 'Gemini takes no reasoning but its own')
          break
        }
        const form = opaque.form === 'call' || opaque.form === 'text' ? opaque.form : undefined
        if (form && opaque.data) waiting[form] = { secret: opaque.data, from: part }
        addThought(wire, part, form ? undefined : ownSecret(opaque))
        break
      }
      case 'text':
        addText(wire, part, claim('text', part.opaque), context)
        break
      case 'tool-call': {
        const own = claim('call', part.opaque)
        const spelled = spellingOf(part)
        const foreign = spelled === undefined || spelled.signed === true
        const signature = own ?? (first && foreign && context.traits.signed ? SENTINEL : undefined)
        first = false
        wire.push(call(part, signature, context))
        break
      }
      default:
        addPart(wire, part, context)
    }
  for (const left of Object.values(waiting)) context.notes.dropped(left.from, 'opaque', 'the part that this signature belongs to is gone')
  return wire
}

/** Writes parts of anybody but the model, whose are signed. */
export function encodeParts(parts: readonly Part[], context: PartContext): JsonObject[] {
  const wire: JsonObject[] = []
  for (const part of parts) addPart(wire, part, context)
  return wire
}

/** Writes one part into `wire`. */
export function addPart(wire: JsonObject[], part: Part, context: PartContext): void {
  const { notes } = context
  switch (part.type) {
    case 'text':
      return addText(wire, part, ownSecret(part.opaque), context)
    case 'image':
    case 'audio':
    case 'video':
    case 'file':
      return void wire.push({ ...encodeMedia(part, context), ...signed(ownSecret(part.opaque)) })
    case 'tool-result':
      return addResult(wire, [], part, context)
    case 'refusal':
      notes.approximated(part, undefined, 'Gemini has no word for a refusal; it became plain text')
      if (part.text) wire.push({ text: part.text })
      return
    case 'native':
      if (part.protocol === 'gemini') return void wire.push(part.value)
      if (!part.text) return notes.dropped(part, undefined, `only ${part.protocol} has this block`)
      notes.approximated(part, undefined, `only ${part.protocol} has this block; its text was kept`)
      return void wire.push({ text: part.text })
    default:
      return void wire.push(...encodeModelParts([part], context))
  }
}

function addText(wire: JsonObject[], part: TextPart, signature: string | undefined, { notes }: PartContext): void {
  if (part.volatile) return notes.dropped(part, undefined, "a line for the client's own provider; it would break the prompt cache")
  if (part.cache) notes.dropped(part, 'cache', 'Gemini caches by itself')
  if (part.citations?.length) notes.dropped(part, 'citations', 'Gemini takes no citations')
  const spelled = spellingOf(part)
  if (!part.text && signature === undefined && part.at === undefined) return
  if (!part.extra?.gemini && !spelled && signature === undefined) wire.push({ text: part.text })
  else wire.push({ text: part.text, ...part.extra?.gemini, ...spelled, ...signed(signature) })
}

function addThought(wire: JsonObject[], part: ReasoningPart, signature: string | undefined): void {
  if (part.text || signature !== undefined || spellingOf(part))
    wire.push({ text: part.text, thought: true, ...part.extra?.gemini, ...spellingOf(part), ...signed(signature) })
}

function call(part: ToolCallPart, signature: string | undefined, context: PartContext): JsonObject {
  const { notes, toolNames, callIds, ids } = context
  if (part.cache) notes.dropped(part, 'cache', 'Gemini caches by itself')
  const own = spellingOf(part)
  if (!own && !part.extra?.gemini) return plainCall(part, signature, context)
  const { functionCall, signed: _, ...spelled } = own ?? {}
  return {
    functionCall: functionCall ?? {
      ...(ids && { id: callIds.fit(part.id) }),
      name: toolNames.fit(part.name),
      args: callInput(part, notes),
    },
    ...part.extra?.gemini,
    ...spelled,
    ...signed(signature),
  }
}

/** A call with nothing else to say of it, as nearly all are: written without a spread, which costs ten times as much. */
function plainCall(part: ToolCallPart, signature: string | undefined, { notes, toolNames, callIds, ids }: PartContext): JsonObject {
  const functionCall: JsonObject = {}
  if (ids) functionCall.id = callIds.fit(part.id)
  functionCall.name = toolNames.fit(part.name)
  functionCall.args = callInput(part, notes)
  return signature === undefined ? { functionCall } : { functionCall, thoughtSignature: signature }
}

/** What Gemini 3 takes inside a tool's result. */
const INSIDE = /^(image\/(png|jpeg|webp)|application\/pdf|text\/plain)$/

/** Writes a result into `results`, and into `media` what must stand behind them on its own. */
export function addResult(results: JsonObject[], media: JsonObject[], part: ToolResultPart, context: PartContext): void {
  const { notes, toolNames, callIds, ids, traits } = context
  const own = spellingOf(part)
  if (own?.functionResponse) {
    const { functionResponse, ...spelled } = own
    return void results.push({ functionResponse, ...part.extra?.gemini, ...spelled })
  }
  if (part.cache) notes.dropped(part, 'cache', 'Gemini caches by itself')
  let words: string | undefined
  const inside: JsonObject[] = []
  for (const item of part.parts)
    for (const wire of encodeParts([item], context)) {
      if (typeof wire.text === 'string') words = words === undefined ? wire.text : `${words}\n${wire.text}`
      else if (traits.generation >= 3 && 'mediaType' in item && INSIDE.test(item.mediaType ?? '')) inside.push(wire)
      else {
        notes.approximated(item, undefined, 'this model takes no such content inside a tool result; it follows as content of the user')
        media.push(wire)
      }
    }
  const name = part.name ?? context.nameOf(part.callId) ?? 'unknown_tool'
  const response: JsonObject = {}
  if (ids) response.id = callIds.fit(part.callId)
  response.name = toolNames.fit(name)
  response.response = writeResponse(words ?? '', part.isError === true)
  if (inside.length) response.parts = inside
  results.push({ functionResponse: response })
}
