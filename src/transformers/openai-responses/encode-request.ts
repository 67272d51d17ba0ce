/**
 * A request, written.
 * @see https://platform.openai.com/docs/api-reference/responses/create
 *
 * @module
 */
import type { ChatRequest, Effort, Message, OutputFormat, ReasoningAsk } from '../../core/chat.ts'
import { effortOfBudget } from '../../core/effort.ts'
import { extended } from '../../core/extended.ts'
import { assemble, isObject, type JsonObject } from '../../core/json.ts'
import type { Notes } from '../../core/notice.ts'
import type { AskContext } from '../../core/protocol.ts'
import { OPENAI_TIERS } from '../../core/service-tier.ts'
import { isStrict, strictFormat } from '../../core/strict-schema.ts'
import { fitUser } from '../../core/user-id.ts'
import { encodeMessages } from './encode-items.ts'
import { encodeToolChoice, encodeTools } from './encode-tools.ts'
import { compact, extraOf, OWN, spellingOf } from './wire.ts'

/**
 * Writes the upstream's request. A request of another protocol asks that nothing be stored, and for the encrypted
 * reasoning instead, so that it can be given back.
 */
export function encodeRequest(chat: ChatRequest, context: AskContext): JsonObject {
  const own = chat.spelling?.[OWN] !== undefined
  const body = assemble({ model: context.model }, encodeInput(chat, context), encodeSettings(chat, context))
  if (!own) {
    Object.assign(body, { store: false, ...includes(chat, context) })
    noteLosses(chat, context)
    notePrefill(chat, context)
    if (!body.tools) noteChoices(chat, context)
  }
  for (const field of context.dialect.unsupported ?? []) {
    if (body[field] === undefined) continue
    delete body[field]
    context.notes.dropped({ at: '' }, NEUTRAL[field] ?? field, `${context.dialect.name} does not take ${field}`)
  }
  return body
}

const NEUTRAL: Record<string, string> = {
  max_output_tokens: 'maxTokens',
  top_p: 'topP',
  prompt_cache_key: 'cacheKey',
  safety_identifier: 'user',
  tool_choice: 'toolChoice',
}

/** A last message of the assistant is the beginning of the answer with other providers. */
function notePrefill({ messages }: ChatRequest, { notes }: AskContext): void {
  const last = messages.at(-1)
  if (last?.role === 'assistant' && last.parts.some((part) => part.type === 'text' && part.text))
    notes.approximated(last, undefined, 'this provider answers anew rather than go on with the given beginning')
}

function encodeInput(chat: ChatRequest, context: AskContext): JsonObject {
  const { inserted = [], noInput } = spellingOf(chat)
  if (noInput && chat.messages.length === 0) return {}
  const [only] = chat.messages
  const text = only?.parts[0]
  if (only && chat.messages.length === 1 && spellingOf(only).bare === 'input' && text?.type === 'text')
    return { ...instructions(chat, context), input: text.text }
  const input = encodeMessages(chat.messages, context)
  const { system, instructions: words } = instructions(chat, context)
  for (const { index, item } of inserted) input.splice(Math.min(index, input.length), 0, item)
  if (isObject(system)) input.unshift(system)
  return words === undefined ? { input } : { instructions: words, input }
}

/**
 * Instructions of one piece go into the field for them. Several pieces become a developer message: there they stay apart,
 * which keeps their cache marks and the blocks of clients that have them.
 */
function instructions(chat: ChatRequest, context: AskContext): JsonObject {
  const parts = chat.system.filter((part) => {
    if (part.volatile) context.notes.dropped(part, undefined, 'this line changes with every request and is meant for another provider')
    return !part.volatile
  })
  const [only] = parts
  if (!only) return {}
  if (parts.length === 1 && !only.cache) return { instructions: only.text }
  const message: Message = { role: 'developer', parts }
  return { system: encodeMessages([message], context)[0] }
}

/** Everything besides model and conversation. */
export function encodeSettings(chat: ChatRequest, context: Pick<AskContext, 'model' | 'notes' | 'toolNames'>): JsonObject {
  const own = chat.spelling?.[OWN] !== undefined
  const tools = encodeTools(chat.tools, extended(context, { own }))
  const offered = own || tools.length > 0
  const settings = assemble(
    {
      tools: tools.length > 0 ? tools : undefined,
      tool_choice: offered && chat.toolChoice ? encodeToolChoice(chat.toolChoice, chat, context) : undefined,
      parallel_tool_calls: offered ? chat.parallelToolCalls : undefined,
      max_output_tokens: chat.maxTokens === undefined ? undefined : outputLimit(chat, context, own),
    },
    encodeSampling(chat, context, own),
    {
      // what stands nowhere in the client's request was set by somebody in between
      reasoning: chat.reasoning && encodeReasoningAsk(chat.reasoning, context, own && chat.reasoning.at !== undefined),
      text: encodeText(chat, context.notes, own),
      prompt_cache_key: chat.cacheKey,
    },
    encodeUser(chat, context),
    {
      metadata: chat.metadata,
      service_tier: chat.serviceTier && OPENAI_TIERS[chat.serviceTier],
      top_logprobs: chat.logprobs?.top,
      stream: chat.stream || undefined,
    },
    extraOf(chat),
    withoutUpdates(chat),
  )
  return compact(settings)
}

/** OpenAI refuses a smaller limit. */
const LEAST_TOKENS = 16

function outputLimit(chat: ChatRequest, { notes }: Pick<AskContext, 'notes'>, own: boolean): number | undefined {
  if (own || chat.maxTokens === undefined || chat.maxTokens >= LEAST_TOKENS) return chat.maxTokens
  notes.approximated(chat, 'maxTokens', `the least limit here is ${LEAST_TOKENS}`)
  return LEAST_TOKENS
}

/** OpenAI's reasoning models, which take no sampling parameters. Models of other makers are not judged by their names. */
const REASONS = /(?:^|\/)(?:o\d|gpt-(?:[5-9]|oss))(?!.*-chat\b)/
/** OpenAI's models that do not reason, and refuse to be asked for it. */
const NEVER_REASONS = /(?:^|[/:])(?:gpt-(?:3|4)|chatgpt-)|(?:^|\/)gpt-\d.*-chat\b/

function encodeSampling(chat: ChatRequest, { model, notes }: Pick<AskContext, 'model' | 'notes'>, own: boolean): JsonObject {
  const { temperature, topP } = chat
  if (own) return { temperature, top_p: topP }
  if (REASONS.test(model)) {
    if (temperature !== undefined) notes.dropped(chat, 'temperature', `${model} takes no temperature`)
    if (topP !== undefined) notes.dropped(chat, 'topP', `${model} takes no top_p`)
    return {}
  }
  if (temperature !== undefined && temperature > 2) notes.approximated(chat, 'temperature', 'the highest temperature here is 2')
  return { temperature: temperature === undefined ? undefined : Math.min(temperature, 2), top_p: topP }
}

/** Models that know the efforts `xhigh` and `none`. */
const WIDE_EFFORTS = /\bgpt-(?:5\.[1-9]|[6-9])/
const KNOWS_XHIGH = /\bgpt-(?:5\.[2-9]|5\.1-codex-max|[6-9])/

function encodeReasoningAsk(
  ask: ReasoningAsk,
  { model, notes }: Pick<AskContext, 'model' | 'notes'>,
  own: boolean,
): JsonObject | undefined {
  const { fields } = spellingOf(ask)
  const summary = ask.show === 'summary' ? 'auto' : undefined
  if (own) return compact({ effort: ask.effort, summary, ...extraOf(ask), ...fields })
  if (NEVER_REASONS.test(model)) {
    if (ask.mode !== 'off' || ask.show === 'summary') notes.dropped(ask, undefined, `${model} does not reason`)
    return undefined
  }
  let effort = ask.mode === 'off' ? 'none' : (ask.effort ?? (ask.budget === undefined ? undefined : effortOfBudget(ask.budget)))
  if (ask.mode !== 'off' && ask.effort === undefined && ask.budget !== undefined)
    notes.approximated(ask, 'budget', `thinking is not limited in tokens here; ${ask.budget} tokens are the effort ${effort}`)
  else if (ask.budget !== undefined) notes.dropped(ask, 'budget', 'thinking is not limited in tokens here; the effort says how much')
  const overruled = ask.mode === 'off' && ask.effort !== undefined && ask.effort !== 'none'
  if (overruled) notes.dropped(ask, 'effort', 'thinking is off, which is an effort of its own here')
  const nearest = REASONS.test(model) ? nearestEffort(effort, model) : effort
  if (nearest !== effort)
    notes.approximated(
      ask,
      ask.effort === undefined || overruled ? 'mode' : 'effort',
      `${model} knows no effort ${effort}; ${nearest} is the nearest`,
    )
  effort = nearest
  return effort === undefined && summary === undefined ? undefined : compact({ effort, summary })
}

function nearestEffort(effort: Effort | undefined, model: string): Effort | undefined {
  if (effort === 'max') return /\bgpt-(?:5\.[6-9]|[6-9])/.test(model) ? 'max' : nearestEffort('xhigh', model)
  if (effort === 'xhigh') return KNOWS_XHIGH.test(model) ? 'xhigh' : 'high'
  if (effort === 'none') return WIDE_EFFORTS.test(model) ? 'none' : /\bgpt-5/.test(model) ? 'minimal' : 'low'
  if (effort === 'minimal') return /\bgpt-5(?!\.)/.test(model) ? 'minimal' : 'low'
  return effort
}

function encodeText(chat: ChatRequest, notes: Notes, own: boolean): JsonObject | undefined {
  const text = compact({ format: chat.format && encodeFormat(chat.format, notes, own), verbosity: chat.verbosity })
  return Object.keys(text).length > 0 ? text : undefined
}

function encodeFormat(format: OutputFormat, notes: Notes, own: boolean): JsonObject {
  const kept = { ...extraOf(format), ...spellingOf(format).fields }
  if (format.type === 'json') return { type: 'json_object', ...kept }
  const { name = 'answer', description, schema } = format
  const strict = own ? (format.strict ?? isStrict(schema)) : strictFormat(format, notes)
  return compact({ type: 'json_schema', name, description, schema, strict, ...kept })
}

/** The longest name of a user. */
const USER = { max: 64 }

function encodeUser(chat: ChatRequest, { notes }: Pick<AskContext, 'notes'>): JsonObject {
  if (chat.user === undefined) return {}
  if (chat.spelling?.[OWN]) return { [chat.wireNames?.user === 'user' ? 'user' : 'safety_identifier']: chat.user }
  const user = fitUser(chat.user, USER)
  if (user !== chat.user) notes.approximated(chat, 'user', `a user's id has at most ${USER.max} characters here; a hash stands for it`)
  return { safety_identifier: user }
}

/** The spelled fields. A configuration update in the conversation changed neutral fields that the request itself does not have. */
function withoutUpdates(chat: ChatRequest): JsonObject {
  const { fields = {}, inserted } = spellingOf(chat)
  if (!inserted) return fields
  const updates = inserted.filter(({ item }) => item.type === 'configuration_update').map(({ item }) => item)
  if (updates.length === 0) return fields
  return { ...updated(updates, chat), ...fields }
}

function updated(updates: JsonObject[], chat: ChatRequest): JsonObject {
  const { before } = spellingOf(chat)
  const changes: JsonObject = {}
  for (const key of ['reasoning', 'text']) if (updates.some((update) => update[key] !== undefined)) changes[key] = before?.[key]
  return changes
}

function includes(chat: ChatRequest, { model }: AskContext): JsonObject {
  const include = [
    ...(NEVER_REASONS.test(model) ? [] : ['reasoning.encrypted_content']),
    ...(chat.logprobs ? ['message.output_text.logprobs'] : []),
  ]
  return include.length ? { include } : {}
}

/** Neutral fields that have no counterpart. */
const LOST = {
  topK: 'there is no top_k here',
  seed: 'there is no seed here',
  frequencyPenalty: 'there are no penalties here',
  presencePenalty: 'there are no penalties here',
} as const

function noteChoices(chat: ChatRequest, { notes }: AskContext): void {
  if (chat.toolChoice) notes.dropped(chat, 'toolChoice', 'without tools there is nothing to choose')
  if (chat.parallelToolCalls !== undefined) notes.dropped(chat, 'parallelToolCalls', 'without tools there is nothing to call')
}

function noteLosses(chat: ChatRequest, { notes, enforceStops }: AskContext): void {
  const stops = chat.stop?.filter((sequence) => sequence)
  if (stops?.length) {
    notes.approximated(chat, 'stop', 'there are no stop sequences here; the answer is cut where one comes')
    enforceStops?.(stops)
  }
  for (const field of Object.keys(LOST) as (keyof typeof LOST)[]) {
    if (chat[field] !== undefined) notes.dropped(chat, field, LOST[field])
  }
  if (chat.candidates !== undefined && chat.candidates > 1) notes.dropped(chat, 'candidates', 'there is only one answer here')
  if (chat.cache) notes.approximated(chat, 'cache', 'long prompts are cached by themselves')
  if (chat.serviceTier === 'fast') notes.approximated(chat, 'serviceTier', 'the nearest tier is priority')
}
