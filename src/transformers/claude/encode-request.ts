/**
 * The neutral request, written for the wire.
 *
 * @see https://platform.claude.com/docs/en/api/messages
 * @module
 */
import type { ChatRequest, ToolChoice } from '../../core/chat.ts'
import { arrayOf, assemble, isObject, type JsonObject } from '../../core/json.ts'
import type { AskContext } from '../../core/protocol.ts'
import { fitUser } from '../../core/user-id.ts'
import { encodeCache } from './cache.ts'
import { encodeConversation } from './encode-messages.ts'
import { encodeOwnToolChoice, encodeToolChoice, encodeTools } from './encode-tools.ts'
import { encodeSampling } from './encode-sampling.ts'
import { encodeFormat } from './format.ts'
import { traitsOf } from './models.ts'
import { encodeThinking, type Thinking } from './reasoning.ts'
import { field, isOwn, ownFields } from './wire.ts'

/** Writes a request: one that came in this protocol as it was, one of another within what the model takes. */
export function encodeRequest(chat: ChatRequest, context: AskContext): JsonObject {
  const body = isOwn(chat) ? encodeOwn(chat, context) : encodeForeign(chat, context)
  return withoutRefused(body, chat, context)
}

function encodeOwn(chat: ChatRequest, context: AskContext): JsonObject {
  const { system, messages } = encodeConversation(chat, context, true)
  const tools = encodeTools(chat, context, true)
  const { reasoning: ask, format, serviceTier: tier } = chat
  const [first] = chat.system
  /** An object whose fields were spread over the neutral model, where it was there at all. */
  const gather = (key: string, fields: JsonObject): JsonObject => {
    const group = chat.groups?.find((candidate) => candidate.at === `/${key}`)
    return group ? { [key]: { ...fields, ...ownFields(group) } } : {}
  }
  const legacy = format?.at === '/output_format'
  const wireFormat = format?.type === 'schema' ? { type: 'json_schema', schema: format.schema, ...format.extra?.claude } : undefined
  const config = field('format', legacy ? undefined : wireFormat)
  return {
    model: context.model,
    ...field('max_tokens', chat.maxTokens),
    messages,
    ...(chat.systemBare && chat.system.length === 1 && first ? { system: first.text } : system.length ? { system } : {}),
    ...(tools.length ? { tools } : {}),
    ...field('tool_choice', encodeOwnToolChoice(chat, context)),
    ...(chat.stream && { stream: true }),
    ...field('temperature', chat.temperature),
    ...field('top_p', chat.topP),
    ...field('top_k', chat.topK),
    ...field('stop_sequences', chat.stop),
    ...(tier === 'auto' || tier === 'standard' ? { service_tier: TIERS[tier] } : {}),
    ...(tier === 'fast' && { speed: 'fast' }),
    ...gather('metadata', field('user_id', chat.user)),
    ...gather('thinking', {
      ...field('type', ask?.mode && MODES[ask.mode]),
      ...field('budget_tokens', ask?.budget),
      ...field('display', ask?.show && SHOWN[ask.show]),
    }),
    ...gather('output_config', { ...field('effort', ask?.effort), ...config }),
    ...(ask && ask.at === undefined && encodeSetReasoning(chat, context, config, messages)),
    ...field('output_format', legacy ? wireFormat : undefined),
    ...encodeCache(chat, context.notes),
    ...ownFields(chat),
  }
}

/** Reasoning that stands nowhere in the client's request was set by somebody in between: it is said as this model takes it. */
function encodeSetReasoning(chat: ChatRequest, context: AskContext, config: JsonObject, messages: JsonObject[]): JsonObject {
  const { thinking, effort } = thinkingOf(chat, chat.maxTokens ?? Infinity, messages, context)
  const group = chat.groups?.find(({ at }) => at === '/output_config')
  const { effort: _, ...rest } = { ...config, ...ownFields(group ?? {}) }
  const said = { ...field('effort', effort), ...rest }
  return { ...field('thinking', thinking), ...(Object.keys(said).length && { output_config: said }) }
}

const MODES = { on: 'enabled', off: 'disabled', adaptive: 'adaptive' } as const
const SHOWN = { summary: 'summarized', hidden: 'omitted' } as const
const TIERS = { auto: 'auto', standard: 'standard_only' } as const

function encodeForeign(chat: ChatRequest, context: AskContext): JsonObject {
  const { notes } = context
  const maxTokens = limitOf(chat, context)
  const { format, instruction } = encodeFormat(chat, context)
  const { system, messages } = encodeConversation(chat, context, false)
  const { thinking, effort } = thinkingOf(chat, maxTokens, messages, context)
  if (instruction) system.push({ type: 'text', text: instruction })
  const tools = encodeTools(chat, context, false)
  const [first] = system
  const plainSystem = chat.systemBare && system.length === 1 && first && Object.keys(first).length === 2
  const choice = encodeToolChoice(chat, context, tools.length > 0, thinking?.type === 'enabled')
  dropUnsaid(chat, context)
  return assemble(
    { model: context.model, max_tokens: maxTokens, messages },
    plainSystem ? { system: first.text } : system.length > 0 && { system },
    tools.length > 0 && { tools },
    field('tool_choice', choice),
    chat.stream && { stream: true },
    encodeSampling(chat, context, thinking),
    encodeStop(chat, context),
    encodeTier(chat, context),
    chat.user !== undefined && { metadata: { user_id: encodeUser(chat.user, chat, context) } },
    field('thinking', thinking),
    effort || format ? { output_config: { ...field('effort', effort), ...field('format', format) } } : undefined,
    encodeCache(chat, notes),
  )
}

/** `max_tokens` is required here; elsewhere the model's own limit holds where none is given. */
function limitOf(chat: ChatRequest, { model, notes }: AskContext): number {
  const { maxTokens } = traitsOf(model)
  if (chat.maxTokens === undefined) {
    notes.invented('/max_tokens', `Claude needs a limit; the most that ${model} gives is asked for`)
    return maxTokens
  }
  if (chat.maxTokens <= maxTokens || !/claude/i.test(model)) return chat.maxTokens
  notes.approximated(chat, 'maxTokens', `${model} gives at most ${maxTokens} tokens`)
  return maxTokens
}

/** The longest `metadata.user_id`. */
const USER = { max: 256 }

function encodeUser(user: string, chat: ChatRequest, { notes }: AskContext): string {
  const fitted = fitUser(user, USER)
  if (fitted !== user) notes.approximated(chat, 'user', `a user's id has at most ${USER.max} characters here; a hash stands for it`)
  return fitted
}

function encodeStop(chat: ChatRequest, { notes, enforceStops }: AskContext): JsonObject {
  const stop = chat.stop?.filter((sequence) => sequence.trim())
  const blank = chat.stop?.filter((sequence) => sequence && !sequence.trim()) ?? []
  if (blank.length) {
    notes.approximated(chat, 'stop', 'Claude takes no stop sequences of white space alone; the answer is cut where one comes')
    enforceStops?.(blank)
  }
  return stop?.length ? { stop_sequences: stop } : {}
}

/** The faster lanes need a beta of their own here, so that the standard lane with priority where there is some comes closest. */
function encodeTier(chat: ChatRequest, { notes }: AskContext): JsonObject {
  const { serviceTier: tier } = chat
  if (tier === undefined) return {}
  if (tier === 'auto' || tier === 'standard') return { service_tier: TIERS[tier] }
  notes.approximated(chat, 'serviceTier', `Claude has no service tier ${tier}; auto was asked for`)
  return { service_tier: 'auto' }
}

function thinkingOf(
  { reasoning, toolChoice }: ChatRequest,
  maxTokens: number,
  messages: JsonObject[],
  { model, notes }: AskContext,
): Thinking {
  const amid = reasoning !== undefined && goesOnUnthought(messages, model)
  return encodeThinking(reasoning, traitsOf(model), { maxTokens, forced: isForced(toolChoice), amid }, notes)
}

/**
 * Whether the last turn goes on behind calls that no thinking stands before. Look-alikes do not mind.
 * @see https://platform.claude.com/docs/en/build-with-claude/extended-thinking#extended-thinking-with-tool-use
 */
function goesOnUnthought(messages: readonly JsonObject[], model: string): boolean {
  if (!/claude/i.test(model)) return false
  let last = messages.length - 1
  // one turn may call tools several times, and thinks before the first call alone
  while (arrayOf(messages[last]?.content).some(isResult)) {
    const [first] = arrayOf(messages[last - 1]?.content)
    if (isObject(first) && (first.type === 'thinking' || first.type === 'redacted_thinking')) return false
    last -= 2
  }
  return last < messages.length - 1
}
const isResult = (block: unknown): boolean => isObject(block) && block.type === 'tool_result'

const isForced = (choice: ToolChoice | undefined): boolean =>
  choice !== undefined &&
  (choice.type === 'required' || choice.type === 'tool' || (choice.type === 'allowed' && choice.mode === 'required'))

/** Fields of the neutral model that Claude has no word for. */
const UNSAID: readonly (readonly [keyof ChatRequest, string])[] = [
  ['seed', 'Claude takes no seed'],
  ['frequencyPenalty', 'Claude takes no penalties'],
  ['presencePenalty', 'Claude takes no penalties'],
  ['verbosity', 'Claude takes no verbosity'],
  ['cacheKey', 'Claude finds cached prompts by itself'],
  ['metadata', 'Claude takes no metadata but the user'],
  ['logprobs', 'Claude tells no probabilities'],
]

function dropUnsaid(chat: ChatRequest, { notes }: AskContext): void {
  for (const [key, reason] of UNSAID) if (chat[key] !== undefined) notes.dropped(chat, key, reason)
  if (chat.logprobs?.top !== undefined) notes.dropped(chat, 'topLogprobs', 'Claude tells no probabilities')
  if (chat.candidates !== undefined && chat.candidates > 1) notes.dropped(chat, 'candidates', 'Claude gives one answer')
}

/** Wire fields that a dialect may refuse, by their neutral names. */
const NEUTRAL: Record<string, string> = {
  temperature: 'temperature',
  top_p: 'topP',
  top_k: 'topK',
  stop_sequences: 'stop',
  service_tier: 'serviceTier',
  metadata: 'user',
  thinking: 'reasoning',
  output_config: 'format',
  tool_choice: 'toolChoice',
  cache_control: 'cache',
}

function withoutRefused(body: JsonObject, chat: ChatRequest, { dialect, notes }: AskContext): JsonObject {
  const refused = dialect.unsupported?.filter((name) => name in body)
  if (!refused?.length) return body
  const kept = { ...body }
  for (const name of refused) {
    notes.dropped(chat, NEUTRAL[name] ?? name, `${dialect.name} does not take ${name}`)
    delete kept[name]
  }
  return kept
}
