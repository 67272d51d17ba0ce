/**
 * A whole answer, read.
 *
 * @module
 */
import type { Message, Part } from '../../core/chat.ts'
import { fail } from '../../core/failure.ts'
import { arrayOf, isObject, numberOf, objectOf, restOf, stringOf, type JsonObject } from '../../core/json.ts'
import { readLogprobs } from '../../core/logprobs.ts'
import type { ReplyContext } from '../../core/protocol.ts'
import type { Reply } from '../../core/reply.ts'
import { decodeItem, generatedImage } from './decode-items.ts'
import { failureOfError } from './errors.ts'
import { decodeStop, seenIn } from './stop.ts'
import { decodeUsage } from './usage.ts'
import { extraOf, keep, keepIn, LENIENT, OWN, spellingOf } from './wire.ts'

const KNOWN = new Set(['id', 'model', 'created_at', 'output', 'usage'])

/** Reads a response object. Throws a `FailureError` where it is none, or where it failed. */
export function decodeReply(value: unknown, { chat }: Pick<ReplyContext, 'chat'>): Reply {
  const response = objectOf(value)
  if (!response) return noAnswer('no JSON object')
  if (isObject(response.error) || response.status === 'failed') return fail(failureOfError(response.error, response))
  if (response.status === 'cancelled') return fail({ kind: 'cancelled', message: 'The upstream cancelled the answer. Try again.' })
  if (response.status === 'queued' || response.status === 'in_progress')
    return noAnswer(`the answer is not there yet (${response.status}); background answers cannot be translated`)
  if (!Array.isArray(response.output)) return noAnswer('it has no output')
  const parts = response.output.flatMap((item, index) => (isObject(item) ? outputParts(item, `/output/${index}`) : []))
  if (chat.logprobs) for (const part of parts) tellLogprobs(part)
  const id = stringOf(response.id)
  const model = stringOf(response.model)
  const created = numberOf(response.created_at)
  const usage = decodeUsage(response)
  const reply: Reply = { parts, stop: decodeStop(response, seenIn(parts)), at: '' }
  if (id !== undefined) reply.id = id
  if (model !== undefined) reply.model = model
  if (created !== undefined) reply.created = created
  if (usage) reply.usage = usage
  return keepIn(reply, restOf(response, KNOWN), {
    fields: { id: response.id, created_at: response.created_at, usage: response.usage, incomplete_details: response.incomplete_details },
  })
}

function noAnswer(what: string): never {
  return fail({ kind: 'bad-response', message: `The upstream's answer is no response of the OpenAI Responses API: ${what}.` })
}

/** The parts of an item of an answer; those of a message remember it. */
export function outputParts(item: JsonObject, at: string): Part[] {
  const image = generatedImage(item, at)
  if (image) return [image]
  const wire = item.type === 'message' && item.role === undefined ? { role: 'assistant', ...item } : item
  if (wire.type === undefined && wire.role === undefined) return [{ type: 'native', protocol: OWN, value: item, at }]
  const message: Message = decodeItem(wire, at, LENIENT)
  const kept = spellingOf(message)
  if (message.parts.length === 0 && kept.item) return [{ type: 'text', text: '', at, ...keep(undefined, { ...kept, hollow: true }) }]
  // What a provider did by itself is no part of what the model says.
  return message.parts.flatMap((part): Part[] => {
    if (part.type === 'tool-result') return [{ type: 'native', protocol: OWN, value: item, at }]
    if (part.type !== 'native') return [part]
    const { text: _text, ...silent } = part
    return [silent]
  })
}

function tellLogprobs(part: Part): void {
  const logprobs = part.type === 'text' ? readLogprobs(extraOf(part)?.logprobs) : []
  if (part.type === 'text' && logprobs.length) part.logprobs = logprobs
}

/** Items of an `output`. */
export const itemsOf = (response: JsonObject): JsonObject[] => arrayOf(response.output).filter(isObject)
