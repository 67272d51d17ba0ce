/**
 * The neutral model of a question: what every protocol's request is read into and written from.
 *
 * Neutral fields are camelCase and neutral words kebab-case, wire fields keep the vendor's snake_case: the case of a
 * name tells the layer. Nothing here is sent anywhere as it is.
 *
 * @module
 */
import type { Failure } from './failure.ts'
import type { JsonObject } from './json.ts'
import type { TokenLogprob } from './logprobs.ts'
import type { UserLocation } from './user-location.ts'

export type ProtocolName = 'claude' | 'openai' | 'openai-responses' | 'gemini'

/** Where a neutral object came from, and what only its own protocol can say about it. */
export interface Located {
  /** JSON Pointer of the wire object that this one was read from: the path of notices about it. */
  at?: string
  /** What its wire calls neutral fields, where that is not what its protocol usually calls them: `{ maxTokens: 'max_tokens' }`. */
  wireNames?: Readonly<Record<string, string>>
  /** Fields the neutral model has no word for. Their own protocol writes them back, the others drop them with a notice. */
  extra?: Partial<Record<ProtocolName, JsonObject>>
  /**
   * Wire fields whose meaning is already in the neutral fields, but whose exact form only their own protocol needs to
   * be written back as it was (`null` or absent, a schema in another notation). The others ignore them silently.
   */
  spelling?: Partial<Record<ProtocolName, JsonObject>>
}

/** A question to a model. */
export interface ChatRequest extends Located {
  model?: string
  stream: boolean
  /** Leading instructions from a field of their own (`system`, `systemInstruction`, `instructions`). */
  system: TextPart[]
  /** The wire gave the instructions as one bare string. */
  systemBare?: boolean
  /** The conversation, in the order of the wire; messages of the same role may follow each other. */
  messages: Message[]
  tools: Tool[]
  toolChoice?: ToolChoice
  /** `false`: at most one tool call in a reply. */
  parallelToolCalls?: boolean
  /** The most tokens of output, reasoning included. */
  maxTokens?: number
  temperature?: number
  topP?: number
  topK?: number
  seed?: number
  frequencyPenalty?: number
  presencePenalty?: number
  stop?: string[]
  reasoning?: ReasoningAsk
  format?: OutputFormat
  verbosity?: string
  /** A mark on the whole request: cache as much of the prompt as possible. */
  cache?: CacheMark
  /** Groups requests that share a prompt prefix (`prompt_cache_key`). */
  cacheKey?: string
  /** Who asks, as the client names its user (`metadata.user_id`, `user`, `safety_identifier`). */
  user?: string
  /** Free key-value pairs of the client's own. */
  metadata?: Record<string, string>
  serviceTier?: ServiceTier
  /** How many answers are wanted; absent is one. */
  candidates?: number
  logprobs?: { top?: number }
  /** The client of a stream asked to be told its usage, where its protocol tells it only on request. */
  includeUsage?: boolean
  /**
   * Wire objects that group fields of the request and have no counterpart here (Gemini's `generationConfig`): only their
   * extras count, so that notices name the field and not the whole group.
   */
  groups?: Located[]
  /**
   * What another protocol's upstream answers this request with: the request refers to something that only its own provider
   * holds (an earlier response), and without it would mean something else.
   */
  bound?: Failure
}

export type ServiceTier = 'auto' | 'standard' | 'flex' | 'priority' | 'fast' | 'scale'

export interface Message extends Located {
  /**
   * `system` and `developer` messages may stand anywhere. Tool results stand in `tool` messages, or in a `user`
   * message where the protocol has it so (Claude, Gemini).
   */
  role: 'system' | 'developer' | 'user' | 'assistant' | 'tool'
  parts: Part[]
  /** The participant's name. */
  name?: string
  /** The wire gave the content as one bare string. */
  bare?: boolean
}

export type Part = TextPart | MediaPart | ToolCallPart | ToolResultPart | ReasoningPart | RefusalPart | NativePart

export interface TextPart extends Located {
  type: 'text'
  text: string
  cache?: CacheMark
  citations?: Citation[]
  /** How likely its tokens were; only where the client asked. */
  logprobs?: TokenLogprob[]
  /** A provider's secret about this text (Gemini signs text parts too). */
  opaque?: Opaque
  /**
   * A line for the client's own provider that changes from request to request (Claude Code's billing header). Other
   * providers do not get it, with a notice: it would break their prompt caches.
   */
  volatile?: boolean
}

export interface MediaPart extends Located {
  type: 'image' | 'audio' | 'video' | 'file'
  source: MediaSource
  /** MIME type, where it is known; for `data` sources it always is. */
  mediaType?: string
  /** File name or title. */
  name?: string
  /** How closely to look: `low`, `high`, `auto` … */
  detail?: string
  cache?: CacheMark
  opaque?: Opaque
}

export type MediaSource =
  /** base64, no line breaks */
  | { type: 'data'; data: string }
  /** `owner`: the provider whose storage it leads to; others may not be able to open it. */
  | { type: 'url'; url: string; owner?: ProtocolName }
  /** plain text that was attached as a document */
  | { type: 'text'; text: string }
  /** a file that only `owner` holds */
  | { type: 'id'; id: string; owner: ProtocolName }

export interface ToolCallPart extends Located {
  type: 'tool-call'
  /** Pairs the call with its result; unique in a conversation once {@link arrangeTurns} has seen it. */
  id: string
  name: string
  /** The arguments as a value; absent where only `json` was given. Read it with `callInput`. */
  input?: unknown
  /** The arguments as the wire's JSON text, or a custom tool's raw text; absent where only `input` was given. Read it with `callJson`. */
  json?: string
  /** A custom tool's call: `json` is free text, not JSON. */
  custom?: boolean
  cache?: CacheMark
  opaque?: Opaque
}

export interface ToolResultPart extends Located {
  type: 'tool-result'
  callId: string
  /** The called tool's name, where the wire tells it. */
  name?: string
  /** Text and media, in order. */
  parts: Part[]
  bare?: boolean
  isError?: boolean
  /** The result of a custom tool. */
  custom?: boolean
  cache?: CacheMark
}

export interface ReasoningPart extends Located {
  type: 'reasoning'
  /** What may be shown of it; empty where the provider shows nothing. */
  text: string
  /** What its provider needs back, and who that is. */
  opaque?: Opaque
  /** The provider hid the text on purpose (Claude's `redacted_thinking`). */
  redacted?: boolean
  cache?: CacheMark
}

export interface RefusalPart extends Located {
  type: 'refusal'
  text: string
}

/** A block that only its own protocol can say, kept whole. */
export interface NativePart extends Located {
  type: 'native'
  protocol: ProtocolName
  /** The wire object, untouched. */
  value: JsonObject
  /** What it says in plain words, for protocols that cannot say it; absent: they drop it. Both with a notice. */
  text?: string
  /** The block sums up the conversation before it, and stands in its place. */
  summary?: true
  /** The block tells that the provider searched the web, and for what. */
  searched?: string[]
}

/**
 * Opaque data that a provider minted about its own reasoning and wants back byte for byte: a Claude signature, OpenAI
 * encrypted content, a Gemini thought signature, OpenRouter reasoning details. It never goes to another provider.
 */
export interface Opaque {
  /** The protocol of the provider that minted it. */
  by: ProtocolName
  /** Which endpoint of that protocol minted it, where known (see `TranslateOptions.origin`). */
  origin?: string
  /** Which of the protocol's forms it is, where there are several: `signature`, `redacted`, `encrypted`, `details`, `plain` … */
  form?: string
  /** The id of the item it belongs to, where the provider checks it. */
  id?: string
  data: string
}

export interface CacheMark {
  /** `5m`, `1h`, `30m`, `12h`; absent is the provider's default. */
  ttl?: string
}

export interface Citation extends Located {
  url?: string
  title?: string
  /** The cited words of the source. */
  quote?: string
  /** The words of the answer that it supports, for those who are not told places. */
  supported?: string
  /** Where in the text that it supports, in UTF-16 units of that text part. */
  start?: number
  end?: number
}

export type Tool = FunctionTool | CustomTool | HostedTool

/** A tool the client runs, called with JSON. */
export interface FunctionTool extends Located {
  type: 'function'
  name: string
  description?: string
  /** JSON Schema (2020-12) of the arguments; absent: no arguments. Shared with the source, never changed. */
  parameters?: JsonObject
  /** The provider guarantees that calls fit the schema. */
  strict?: boolean
  cache?: CacheMark
}

/** A tool the client runs, called with free text. */
export interface CustomTool extends Located {
  type: 'custom'
  name: string
  description?: string
  /** How the text is limited: `{ type: 'text' }` or a grammar `{ type: 'grammar', syntax, definition }`. */
  format?: JsonObject
}

/** A tool the provider runs itself. */
export interface HostedTool extends Located {
  type: 'hosted'
  kind: HostedKind
  protocol: ProtocolName
  /** The wire object, untouched. */
  value: JsonObject
  /** Its wire's choice of tools is not about it: it can neither be named nor left out. */
  apart?: true
  /** What the kinds have in common across providers. */
  options?: {
    maxUses?: number
    allowedDomains?: string[]
    blockedDomains?: string[]
    userLocation?: UserLocation
    contextSize?: string
  }
}

export type HostedKind = 'web-search' | 'web-fetch' | 'code-execution' | 'computer' | 'mcp' | 'file-search' | 'image-generation' | 'other'

export type ToolChoice = (
  { type: 'auto' | 'required' | 'none' } | { type: 'tool'; name: string } | { type: 'allowed'; mode: 'auto' | 'required'; names: string[] }
) &
  Located

export type Effort = 'none' | 'minimal' | 'low' | 'medium' | 'high' | 'xhigh' | 'max'

/**
 * How much the model should think, and how much of it should be shown. All absent: the provider decides. Without `at` it is not the client's
 * own wish but was set on the way: its own protocol then writes it for the model, too, and not as the client said it.
 */
export interface ReasoningAsk extends Located {
  /** `off`: not at all; `on`: with `budget` tokens; `adaptive`: as much as the model finds right. */
  mode?: 'off' | 'on' | 'adaptive'
  effort?: Effort
  /** Tokens. */
  budget?: number
  /** Whether the client wants to see the reasoning: in a summary, or not at all. */
  show?: 'summary' | 'hidden'
}

/** The shape of the answer's text; absent is free text. */
export type OutputFormat = (
  { type: 'json' } | { type: 'schema'; schema: JsonObject; name?: string; description?: string; strict?: boolean }
) &
  Located
