/**
 * A request, read.
 * @see https://platform.openai.com/docs/api-reference/responses/create
 *
 * @module
 */
import type { ChatRequest, Located } from '../../core/chat.ts'
import { arrayOf, optional, readBoolean, readNumber, readObject, readString, restOf, type JsonObject } from '../../core/json.ts'
import { boundOf, namespacesOf, readInput, withoutRepeats } from './decode-input.ts'
import { applyUpdate, decodeReasoningAsk, readMetadata, readText, readTier, readUser } from './decode-settings.ts'
import { decodeToolChoice, decodeTools } from './decode-tools.ts'
import { keepIn, type Spelling } from './wire.ts'

const KNOWN = new Set([
  'model', 'input', 'instructions', 'max_output_tokens', 'temperature', 'top_p', 'tools', 'tool_choice', 'parallel_tool_calls', 'reasoning',
  'text', 'prompt_cache_key', 'safety_identifier', 'user', 'metadata', 'service_tier', 'stream', 'top_logprobs',
]) // prettier-ignore

/** Reads a request body. Throws a `FailureError` (400) that names the field. */
export function decodeRequest(value: unknown): ChatRequest {
  const body = readObject(value, '')
  const fields: JsonObject = {}
  const spelling: Spelling = { fields }
  for (const key of KNOWN) if (body[key] === null && key !== 'model') fields[key] = null
  const groups: Located[] = []
  const input = readInput(body, spelling, groups)
  const listed = optional((tools, at) => decodeTools(tools, at), body.tools, '/tools')
  if (listed && listed.length === 0) fields.tools = []
  if (listed) groups.push(...namespacesOf(body.tools, '/tools'))
  const chat: ChatRequest = {
    stream: body.stream === true,
    system: [],
    messages: input.messages,
    tools: input.tools.length ? withoutRepeats([...(listed ?? []), ...input.tools]) : (listed ?? []),
    at: '',
  }
  if (body.stream === false) fields.stream = false
  else optional(readBoolean, body.stream, '/stream')

  const instructions = optional(readString, body.instructions, '/instructions')
  if (instructions !== undefined) {
    chat.system.push({ type: 'text', text: instructions, at: '/instructions' })
    chat.systemBare = true
  }
  const set = <K extends keyof ChatRequest>(key: K, read: ChatRequest[K] | undefined) => {
    if (read !== undefined) chat[key] = read
  }
  set('model', optional(readString, body.model, '/model'))
  set('maxTokens', optional(readNumber, body.max_output_tokens, '/max_output_tokens'))
  set('temperature', optional(readNumber, body.temperature, '/temperature'))
  set('topP', optional(readNumber, body.top_p, '/top_p'))
  set('toolChoice', optional(decodeToolChoice, body.tool_choice, '/tool_choice'))
  set('parallelToolCalls', optional(readBoolean, body.parallel_tool_calls, '/parallel_tool_calls'))
  set('cacheKey', optional(readString, body.prompt_cache_key, '/prompt_cache_key'))
  set('reasoning', optional(decodeReasoningAsk, body.reasoning, '/reasoning'))
  const top = optional(readNumber, body.top_logprobs, '/top_logprobs')
  const included = arrayOf(body.include).includes('message.output_text.logprobs')
  if (top !== undefined || included) chat.logprobs = top === undefined ? {} : { top }
  if (included) chat.wireNames = { ...chat.wireNames, logprobs: 'include' }
  const extra = restOf(body, KNOWN) ?? {}
  readUser(body, chat, extra)
  readMetadata(body, chat, extra)
  readTier(body, chat, extra)
  readText(body, chat, groups, fields)
  if (input.updates.length) spelling.before = { reasoning: body.reasoning, text: body.text }
  for (const update of input.updates) applyUpdate(chat, update)
  set('bound', boundOf(body, chat.messages))
  if (groups.length) chat.groups = groups
  return keepIn(chat, extra, spelling)
}
