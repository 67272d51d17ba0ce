/**
 * Earlier reasoning of the provider's own, written back into the assistant's message as the provider wants it.
 *
 * @module
 */
import type { ReasoningPart } from '../../core/chat.ts'
import type { ReasoningReplay } from '../../core/dialect.ts'
import { arrayOf, tryParse, type JsonObject } from '../../core/json.ts'
import { unpackDetails } from './reasoning-details.ts'
import { spelled } from './wire.ts'
import type { Writing } from './writing.ts'

export interface EncodedHistory {
  /** Fields of the message. */
  fields: JsonObject
  /** Goes before the content: reasoning in tags. */
  before: string
  /** Goes before the content's parts: Mistral's thinking parts. */
  parts: JsonObject[]
}

/** @param thinking whether the request lets the model think: only then a provider misses reasoning */
export function encodeHistory(parts: ReasoningPart[], calls: boolean, thinking: boolean, writing: Writing): EncodedHistory {
  const out: EncodedHistory = { fields: {}, before: '', parts: [] }
  const { faithful, notes } = writing
  const { replay } = writing.dialect
  for (const part of parts) {
    const said = spelled(part)
    if (faithful && said) {
      if (!('type' in said)) Object.assign(out.fields, said) // a part of the content writes itself there
    } else if (part.opaque?.by !== 'openai') notes.dropped(part, undefined, 'reasoning of another provider is of no use to this one')
    else if (!replay) notes.dropped(part, undefined, 'this provider does not take earlier reasoning back')
    else if (replay.only === 'tool-calls' && !calls)
      notes.dropped(part, undefined, 'this provider takes reasoning back with tool calls only')
    else writeBack(out, part, replay)
  }
  const nothing = !out.before && !out.parts.length && !Object.keys(out.fields).length
  if (nothing && calls && thinking && replay?.missing !== undefined && !faithful) {
    out.fields[replay.as] = replay.missing
    notes.invented('/messages', 'this provider refuses tool calls without reasoning; a blank stands for it')
  }
  return out
}

/** A form of its own decides over the provider's usual way: the part came from it in that form. */
const WAYS: Record<string, ReasoningReplay['as']> = {
  details: 'reasoning_details',
  opaque: 'reasoning_opaque',
  blocks: 'thinking_blocks',
  think: 'think-tags',
  parts: 'thinking-parts',
}

function writeBack(out: EncodedHistory, { text, opaque }: ReasoningPart, replay: ReasoningReplay): void {
  const data = opaque?.data ?? ''
  const add = (field: string, more: string) => (out.fields[field] = `${(out.fields[field] as string | undefined) ?? ''}${more}`)
  const list = (field: string, more: unknown[]) => (out.fields[field] = [...arrayOf(out.fields[field]), ...more])
  const form = opaque?.form ?? 'plain'
  switch (WAYS[form] ?? replay.as) {
    case 'reasoning_details':
      // A provider that gave plain text only gets plain text back.
      return void (form === 'details' ? list('reasoning_details', unpackDetails(data, text)) : add('reasoning', text))
    case 'thinking_blocks':
      return void (form === 'blocks' ? list('thinking_blocks', arrayOf(tryParse(data))) : add('reasoning_content', text))
    case 'reasoning_opaque':
      if (text) add('reasoning_text', text)
      if (data) out.fields.reasoning_opaque = data
      return
    case 'think-tags':
      out.before += `<think>${text}</think>${form === 'think' ? data : ''}`
      return
    case 'thinking-parts':
      out.parts.push({ type: 'thinking', thinking: [{ type: 'text', text }] })
      return
    case 'reasoning':
      return void add('reasoning', text)
    default:
      return void add('reasoning_content', text)
  }
}
