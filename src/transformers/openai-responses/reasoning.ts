/**
 * Reasoning items. Their `encrypted_content` is the client's opaque field: it holds OpenAI's own data as it is, and what
 * another provider minted in an envelope.
 *
 * @module
 */
import type { Message, Opaque, Part, ReasoningPart } from '../../core/chat.ts'
import { openOpaque, opaqueForClient, opaqueFromClient, sealOpaque } from '../../core/envelope.ts'
import { pointer, restOf, stringOf, type JsonObject } from '../../core/json.ts'
import type { AskContext } from '../../core/protocol.ts'
import { compact, keep, objectsOf, OWN, spellingOf, type Readers } from './wire.ts'

const KNOWN = new Set(['type', 'id', 'summary', 'content', 'encrypted_content'])

/** The parts of a summary are paragraphs of one text. */
export const SUMMARY_BREAK = '\n\n'

/** What a reasoning item shows: its summary, otherwise the raw reasoning that open models give. */
export function reasoningText(item: JsonObject): string {
  const summary = objectsOf(item.summary).map((part) => stringOf(part.text) ?? '')
  return summary.length
    ? summary.join(SUMMARY_BREAK)
    : objectsOf(item.content)
        .map((part) => stringOf(part.text) ?? '')
        .join('')
}

/** What its provider wants back with a reasoning item; without encrypted content the text itself (`plain`). */
export function reasoningOpaque(item: JsonObject): Opaque | undefined {
  const data = stringOf(item.encrypted_content)
  const id = stringOf(item.id)
  const kept = id === undefined ? {} : { id }
  if (!data) return { by: OWN, form: 'plain', ...kept, data: '' }
  const opaque = opaqueFromClient(data, OWN, 'encrypted')
  return opaque?.by === OWN ? { ...opaque, ...kept } : opaque
}

export function decodeReasoning(item: JsonObject, at: string, read: Readers): ReasoningPart {
  if (item.summary !== undefined && item.summary !== null) read.array(item.summary, pointer(at, 'summary'))
  const opaque = reasoningOpaque(item)
  const text = reasoningText(item)
  return {
    type: 'reasoning',
    text,
    at,
    ...(opaque && { opaque }),
    ...(opaque?.form === 'redacted' && { redacted: true }),
    ...keep(restOf(item, KNOWN), { item }),
  }
}

/** Writes reasoning back to the upstream that minted it. */
export function encodeReasoning(part: ReasoningPart, context: AskContext): JsonObject | undefined {
  const { opaque } = part
  if (opaque?.by !== OWN) {
    context.notes.dropped(part, undefined, 'only reasoning that this provider minted can be given back to it')
    return undefined
  }
  const { item } = spellingOf(part)
  if (item && !isEnvelope(item)) return { summary: [], ...item }
  if (opaque.form === 'plain') return { type: 'reasoning', summary: [], content: [{ type: 'reasoning_text', text: part.text }] }
  return compact({
    type: 'reasoning',
    id: opaque.id,
    summary: part.text ? [{ type: 'summary_text', text: part.text }] : [],
    encrypted_content: opaque.data,
  })
}

const isEnvelope = (item: JsonObject): boolean => openOpaque(stringOf(item.encrypted_content) ?? '') !== undefined

/** A finished reasoning item for a client. */
export function reasoningItem(part: { text: string; opaque?: Opaque }, id: string): JsonObject {
  const { opaque } = part
  return {
    type: 'reasoning',
    id: opaque?.by === OWN ? (opaque.id ?? id) : id,
    summary: part.text ? [{ type: 'summary_text', text: part.text }] : [],
    ...(opaque && (opaque.by !== OWN || opaque.data) && { encrypted_content: opaqueForClient(opaque, OWN) }),
  }
}

/** Whether there is anything to tell of this reasoning: hidden reasoning without its data is nothing to anyone. */
export const isTold = (part: ReasoningPart): boolean => !part.redacted || part.text !== '' || part.opaque !== undefined

/** Marks the envelope of a secret that belongs to a call, a text or an image rather than to reasoning of its own (Gemini signs those). */
const BELONGS = '@'

/** The item that carries the secret of another part to the client, and back with its next request. It stands behind that part. */
export function carrierItem(opaque: Opaque, part: Part, id: string): JsonObject {
  const target = part.type === 'tool-call' ? part.id : part.type
  return { type: 'reasoning', id, summary: [], encrypted_content: sealOpaque({ ...opaque, id: `${BELONGS}${target}` }) }
}

/** Gives carried secrets back to the parts that they belong to, and removes their carriers. Changes `messages`, which are new. */
export function returnCarried(messages: Message[]): Message[] {
  const isCarrier = (message: Message) => {
    const part = message.parts[0]
    return part?.type === 'reasoning' && !part.text && part.opaque?.id?.startsWith(BELONGS) === true && part.opaque.by !== OWN
  }
  if (!messages.some(isCarrier)) return messages
  return messages.filter((message, index) => {
    if (!isCarrier(message)) return true
    const { id: target, ...opaque } = (message.parts[0] as ReasoningPart).opaque!
    const owner = ownerOf(messages, index, target!.slice(BELONGS.length))
    if (owner) Object.assign(owner, { opaque })
    return !owner
  })
}

/** The part of the same turn that a carrier means: the call of that id, otherwise the nearest text or image before it. */
function ownerOf(messages: Message[], index: number, target: string): Part | undefined {
  const turn: Part[] = []
  let start = index
  while (start > 0 && messages[start - 1]?.role === 'assistant') start--
  for (let i = start; messages[i]?.role === 'assistant'; i++)
    for (const part of messages[i]!.parts)
      if (target === 'text' || target === 'image' ? part.type === target && i < index : part.type === 'tool-call' && part.id === target)
        turn.push(part)
  return turn.at(-1)
}
