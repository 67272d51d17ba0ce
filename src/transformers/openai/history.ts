/**
 * Earlier reasoning in an assistant's message, read: in whichever field the client's provider gave it, and what was put into
 * these fields here for other providers' reasoning.
 *
 * @module
 */
import type { Opaque, ReasoningPart } from '../../core/chat.ts'
import { ENVELOPE_PREFIX, openOpaque } from '../../core/envelope.ts'
import { arrayOf, isObject, pointer, stringOf, type JsonObject } from '../../core/json.ts'
import { detailText, packDetails } from './reasoning-details.ts'

const TEXTS = ['reasoning_content', 'reasoning', 'reasoning_text'] as const
const FIELDS = [...TEXTS, 'reasoning_opaque', 'reasoning_details', 'thinking_blocks'] as const
/** The fields that hold reasoning. */
export const REASONING_FIELDS: ReadonlySet<string> = new Set(FIELDS)

export interface History {
  parts: ReasoningPart[]
  /** Fields that say nothing, to be written back as they were. */
  spelling?: JsonObject
  /** Fields that contradict what was read. */
  extra?: JsonObject
}

const NOTHING: History = { parts: [] }

/** @param at the path of the message */
export function decodeHistory(message: JsonObject, at: string): History {
  if (!saysReasoning(message)) return NOTHING
  const said = FIELDS.filter((field) => message[field] !== undefined)
  const full = said.filter((field) => !isEmpty(message[field]))
  const empty = pick(
    message,
    said.filter((field) => !full.includes(field)),
  )
  if (!full.length) return { parts: [], spelling: empty }
  const details = arrayOf(message.reasoning_details).filter(isObject)
  if (details.some((detail) => sealOf(detail) !== undefined)) return sealedHistory(message, details, at)

  const text =
    TEXTS.map((field) => stringOf(message[field])).find(Boolean) ??
    (details.map(detailText).join('') || blocksText(message.thinking_blocks))
  const part: ReasoningPart = {
    type: 'reasoning',
    text,
    opaque: opaqueOf(message, details, text),
    at: full.length === 1 ? pointer(at, full[0]!) : at,
    spelling: { openai: pick(message, full) },
  }
  return { parts: [part], spelling: empty }
}

/** A message has few fields, and there are many messages: looking these up is cheaper than looking for each that may be there. */
function saysReasoning(message: JsonObject): boolean {
  for (const field in message) if (REASONING_FIELDS.has(field) && message[field] !== undefined) return true
  return false
}

const isEmpty = (value: unknown): boolean =>
  value === undefined || value === null || value === '' || (Array.isArray(value) && !value.length)
const pick = (object: JsonObject, keys: readonly string[]): JsonObject => Object.fromEntries(keys.map((key) => [key, object[key]]))

function opaqueOf(message: JsonObject, details: JsonObject[], text: string): Opaque {
  if (details.length) return { by: 'openai', form: 'details', data: packDetails(details, text) }
  if (typeof message.reasoning_opaque === 'string') return { by: 'openai', form: 'opaque', data: message.reasoning_opaque }
  if (Array.isArray(message.thinking_blocks)) return { by: 'openai', form: 'blocks', data: JSON.stringify(message.thinking_blocks) }
  return { by: 'openai', form: 'plain', data: '' }
}

const blocksText = (blocks: unknown): string =>
  arrayOf(blocks)
    .map((block) => (isObject(block) ? (stringOf(block.thinking) ?? '') : ''))
    .join('')

/** The envelope in a detail, where it holds one. */
function sealOf(detail: JsonObject): string | undefined {
  const seal = stringOf(detail.signature) ?? stringOf(detail.data)
  return seal?.startsWith(ENVELOPE_PREFIX) ? seal : undefined
}

/** What was sealed here: one part for each detail. The plain text beside it repeats the details, unless the client changed it. */
function sealedHistory(message: JsonObject, details: JsonObject[], at: string): History {
  const parts = details.map((detail, i): ReasoningPart => {
    const seal = sealOf(detail)
    const opaque: Opaque = (seal && openOpaque(seal)) || { by: 'openai', form: 'details', data: JSON.stringify([detail]) }
    const redacted = detail.type === 'reasoning.encrypted' && opaque.form === 'redacted'
    return { type: 'reasoning', text: detailText(detail), opaque, at: `${at}/reasoning_details/${i}`, ...(redacted && { redacted }) }
  })
  const text = parts.map((part) => part.text).join('')
  const changed = TEXTS.filter((field) => !isEmpty(message[field]) && message[field] !== text)
  return { parts, ...(changed.length && { extra: pick(message, changed) }) }
}
