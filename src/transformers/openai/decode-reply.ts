/**
 * An upstream's whole answer, read. Providers bend this form more than any other; what is no answer at all is a failure.
 *
 * @module
 */
import type { Part, ReasoningPart, TextPart, ToolCallPart } from '../../core/chat.ts'
import { fail } from '../../core/failure.ts'
import { arrayOf, isEmpty, isObject, numberOf, objectOf, pointer, restOf, stringOf, type JsonObject } from '../../core/json.ts'
import { createLose, type Lose } from '../../core/notice.ts'
import type { ReplyContext } from '../../core/protocol.ts'
import type { Reply } from '../../core/reply.ts'
import { decodeAnnotations, decodeSearchResults } from './annotations.ts'
import { decodeContent } from './decode-parts.ts'
import { failureInBody } from './error.ts'
import { decodeHistory, REASONING_FIELDS } from './history.ts'
import { decodeImages } from './images.ts'
import { tellTexts } from './logprobs.ts'
import { lowered, unwrapInput } from './lowered.ts'
import { decodeStop, FAILED } from './stop.ts'
import { readSignature } from './signature.ts'
import { createThinkSplitter } from './think-tags.ts'
import { decodeUsage } from './usage.ts'
import { keep } from './wire.ts'

/** What notices say of the others. */
export const FIRST_ONLY = 'only the first of several answers is read'

/** What notices say of such a call. */
export const NAMELESS = 'a call without a name cannot be made'

export function decodeReply(value: unknown, context: ReplyContext): Reply {
  const body = Array.isArray(value) ? value[0] : value
  if (!isObject(body)) return fail({ kind: 'bad-response', message: 'The upstream answered with something that is no JSON object.' })
  const broken = failureInBody(body)
  const choices = arrayOf(body.choices).filter(isObject)
  const [first] = choices
  if (broken && !first) fail(broken)
  if (!first) return fail({ kind: 'bad-response', message: 'The upstream answered without any choices: it is no chat completion.' })
  if (broken && FAILED.has(stringOf(first.finish_reason) ?? '')) fail(broken)

  const several = (context.chat.candidates ?? 1) > 1
  if (several && choices.length > 1) context.notes.dropped({ at: '/choices/1' }, undefined, FIRST_ONLY)
  // Copilot splits one answer over several choices. Where several were asked for, the first is the answer.
  const told = several ? [first] : choices
  const parts: Part[] = []
  const calls: ToolCallPart[] = []
  let refusal: string | undefined
  for (let i = 0; i < told.length; i++) {
    const said = decodeMessage(objectOf(told[i]!.message) ?? {}, `/choices/${i}/message`, context)
    if (context.chat.logprobs) tellTexts(said, told[i]!.logprobs, context.notes)
    for (const part of said) {
      // an own client gets it as it was
      if (part.type === 'tool-call' && !part.name && !context.chat.spelling?.openai) context.notes.dropped(part, undefined, NAMELESS)
      else if (part.type === 'tool-call') calls.push(part)
      else parts.push(part)
      if (part.type === 'refusal') refusal ??= part.text
    }
  }
  citeResults(parts, body)
  // an own client gets it as it was
  if (!context.chat.spelling?.openai) noteBeside(body, createLose(context.notes))
  const seen = { calls: calls.length > 0, refusal: refusal ?? '' }
  for (const call of calls) parts.push(call)
  const finish = finishOf(told)
  if (finish !== undefined && FAILED.has(finish))
    fail(broken ?? { kind: 'server-error', message: `The upstream ended its answer with "${finish}". Try again.`, code: finish })

  const { chat } = context.dialect
  const usage = decodeUsage(body.usage, chat, body.service_tier) ?? decodeUsage(first.usage, chat, body.service_tier)
  const reply: Reply = { parts, stop: decodeStop(finish, first, seen, context), at: '' }
  const id = stringOf(body.id)
  const created = numberOf(body.created)
  const model = stringOf(body.model)
  if (id) reply.id = id
  if (model) reply.model = model
  if (created) reply.created = created
  if (usage) reply.usage = usage
  // As it is, to be written back in its own frame: nobody changes what was read.
  return keep(reply, restOf(body, REPLY), { body, choice: first })
}
const REPLY = new Set(['id', 'object', 'created', 'model', 'choices', 'usage'])

const finishOf = (choices: JsonObject[]): string | undefined => {
  let told: string | undefined
  for (const choice of choices) {
    const word = stringOf(choice.finish_reason)
    if (word && word !== 'stop') return word
    told ??= word
  }
  return told
}

/** A message's parts in the order in which they were thought and said. */
export function decodeMessage(message: JsonObject, at: string, context: ReplyContext): Part[] {
  const parts: Part[] = [...decodeHistory(message, at).parts]
  const { content } = message
  if (typeof content === 'string') parts.push(...textParts(content, `${at}/content`, context))
  else if (Array.isArray(content)) parts.push(...contentParts(content, `${at}/content`, context))
  const text = parts.findLast((part): part is TextPart => part.type === 'text')
  // an own client gets it as it was
  const lose = context.chat.spelling?.openai ? () => {} : createLose(context.notes)
  const citations = decodeAnnotations(message.annotations, at, lose)
  noteUnread(message, at, lose)
  const { opaque } = readSignature(message.extra_content)
  if (text && citations.length) text.citations = citations
  if (text && opaque) text.opaque = opaque
  const refusal = stringOf(message.refusal)
  if (refusal) parts.push({ type: 'refusal', text: refusal, at: `${at}/refusal` })
  parts.push(...spokenAudio(message.audio, `${at}/audio`), ...decodeImages(message.images, `${at}/images`))
  arrayOf(message.tool_calls).forEach((call, i) => {
    if (isObject(call)) parts.push(decodeCall(call, `${at}/tool_calls/${i}`, context))
  })
  const legacy = objectOf(message.function_call)
  if (stringOf(legacy?.name))
    parts.push({ ...decodeCall({ function: legacy }, `${at}/function_call`, context), spelling: { openai: { function_call: legacy } } })
  return parts
}

/** Notes fields of a message, or a delta, that only one provider has. */
export function noteUnread(message: JsonObject, at: string, lose: Lose): void {
  for (const key in message) if (says(message[key]) && !READ.has(key)) lose(pointer(at, key), `only this provider's messages have ${key}`)
}

/** Notes lists and objects beside the choices that only one provider has: Perplexity's pictures and further questions, what a filter found. */
export function noteBeside(body: JsonObject, lose: Lose): void {
  for (const key in body)
    if (typeof body[key] === 'object' && says(body[key]) && !BESIDE.has(key))
      lose(pointer('', key), `only this provider's answers have ${key}`)
}

const says = (value: unknown): boolean => (typeof value === 'object' ? value !== null && !isEmpty(value) : Boolean(value))
/** Read, or about how the answer was served. */
const BESIDE = new Set([
  'choices', 'usage', 'citations', 'search_results', 'error', 'base_resp', 'x_groq', 'time_info', 'usage_breakdown', 'prompt_filter_results',
  'timings', 'perf_metrics', 'stats',
]) // prettier-ignore
const READ: ReadonlySet<string> = new Set([
  ...REASONING_FIELDS,
  'role',
  'content',
  'refusal',
  'annotations',
  'audio',
  'images',
  'tool_calls',
  'function_call',
  'extra_content',
])

/** Parts that others know: Mistral's references to what the client's own tools found are none, for one. */
function contentParts(content: unknown[], at: string, { chat, notes }: ReplyContext): Part[] {
  const readable = content.filter((part, i): part is JsonObject => {
    if (!isObject(part)) return false
    const type = String(part.type)
    const known = READABLE.has(type)
    // an own client gets the content as it was
    if (!known && !chat.spelling?.openai) notes.dropped({ at: `${at}/${i}` }, undefined, unknownPart(type))
    return known && part[type] !== null
  })
  return decodeContent(readable, at).parts
}
const READABLE: ReadonlySet<string> = new Set(['text', 'image_url', 'refusal', 'thinking'])

/** What notices say of a part of the content that is not read. */
export const unknownPart = (type: string): string => `only this provider has content of the type ${type}`

/** Text, less the reasoning that a provider puts between tags at its beginning. */
function textParts(content: string, at: string, context: ReplyContext): Part[] {
  if (!content) return []
  if (!context.dialect.chat?.thinkTags) return [{ type: 'text', text: content, at }]
  let thought = ''
  let text = ''
  const splitter = createThinkSplitter(
    (more) => (thought += more),
    (more) => (text += more),
  )
  splitter.push(content)
  splitter.end()
  const reasoning: ReasoningPart = { type: 'reasoning', text: thought, opaque: { by: 'openai', form: 'think', data: splitter.gap() }, at }
  return [...(thought ? [reasoning] : []), ...(text ? [{ type: 'text' as const, text, at }] : [])]
}

function spokenAudio(value: unknown, at: string): Part[] {
  const audio = objectOf(value)
  const data = stringOf(audio?.data)
  const transcript = stringOf(audio?.transcript)
  const parts: Part[] = []
  if (transcript) parts.push({ type: 'text', text: transcript, at: `${at}/transcript`, spelling: { openai: { transcript: true } } })
  if (data) parts.push({ type: 'audio', source: { type: 'data', data }, mediaType: 'audio/wav', at })
  return parts
}

export function decodeCall(call: JsonObject, at: string, context: ReplyContext): ToolCallPart {
  const custom = objectOf(call.custom)
  const inner = custom ?? objectOf(call.function) ?? {}
  const name = stringOf(inner.name) ?? ''
  const part: ToolCallPart = { type: 'tool-call', id: stringOf(call.id) ?? '', name, at }
  const args = custom ? inner.input : inner.arguments
  if (typeof args === 'string') part.json = args
  else if (isObject(args)) part.input = args
  else part.json = ''
  if (custom) part.custom = true
  else if (lowered(context.chat, name)) Object.assign(part, { custom: true, json: unwrapInput(part.json ?? JSON.stringify(part.input)) })
  const { opaque } = readSignature(call.extra_content)
  if (opaque) part.opaque = opaque
  return keep(part, undefined, call)
}

/** Perplexity names its sources beside the choices. */
function citeResults(parts: Part[], body: JsonObject): void {
  const text = parts.findLast((part): part is TextPart => part.type === 'text')
  const citations = decodeSearchResults(body)
  if (text && !text.citations && citations.length) text.citations = citations
}
