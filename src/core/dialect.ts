/**
 * How one provider bends the protocol it speaks, as data. The table is in `transformers/dialects.ts`.
 *
 * @module
 */
import type { Effort } from './chat.ts'
import type { JsonObject } from './json.ts'

/** What differs between providers of the same protocol. Absent: as the protocol's own vendor has it. */
export interface Dialect {
  /** `openai`, `azure`, `openrouter`, `deepseek`, `vertex` … */
  name: string
  /** How the key is sent; absent is the protocol's own way. */
  auth?: 'bearer' | 'api-key' | 'x-api-key' | 'x-goog-api-key'
  /** Sent with each request, under the user's own headers. */
  headers?: Record<string, string>
  /** What stands between the base URL and the endpoint's own path where the base URL has no version segment, e.g. `/v1`. */
  version?: string
  /** Request fields that this provider refuses, by wire name: dropped with a notice. */
  unsupported?: readonly string[]
  /** How tool and answer schemas are written, where a protocol has two ways: Gemini's JSON Schema (default) or its older OpenAPI subset. */
  schemas?: 'json-schema' | 'openapi'
  /** The limits on tool names, where they differ. */
  toolName?: NameRule
  /** The limits on tool call ids, where they differ. */
  callId?: NameRule
  /** What only Chat Completions has to know. */
  chat?: ChatDialect
}

/** What a name or an id may look like. */
export interface NameRule {
  /** The most characters. */
  max: number
  /** What a whole legal name matches. */
  pattern: RegExp
  /** Exactly `max` characters are wanted (Mistral's call ids). */
  exact?: boolean
}

/** How an OpenAI-compatible provider differs from OpenAI. Absent: as OpenAI has it. */
export interface ChatDialect {
  /** Where the limit on output tokens goes, unless the model's name says more. Absent: `max_completion_tokens`. */
  maxTokens?: 'max_tokens' | 'max_completion_tokens'
  /** `false`: the provider adapts requests to its models by itself, so that what is known of a model's name does not matter. */
  modelFacts?: false
  /** Request fields that OpenAI does not have and this provider does, by wire name. */
  accepts?: readonly string[]
  /** Fields that every request carries. */
  body?: JsonObject
  /** How much to think. Absent: `reasoning_effort`, in the words that the model knows. */
  reasoning?: ReasoningForm
  /** How earlier reasoning goes back. Absent: never. */
  replay?: ReasoningReplay
  /** The answer's text may begin with reasoning between `<think>` tags. */
  thinkTags?: true
  toolChoice?: ToolChoiceLimits
  /** The answer formats besides text. Absent: both. */
  formats?: readonly ('json' | 'schema')[]
  /** How a cache mark is written. Absent: `prompt_cache_breakpoint` where the model knows it, otherwise not at all. */
  cacheMarks?: 'cache_control' | 'none'
  /** `false`: `strict` of tools and schemas is unknown. */
  strict?: false
  /** `false`: tools called with free text are unknown. */
  customTools?: false
  /** `string`: the content of a message that is all text must be one string. */
  content?: 'string'
  /** What kinds of media a user's message takes. Absent: image, audio and file. */
  media?: readonly ('image' | 'audio' | 'video' | 'file')[]
  /**
   * How a file is written. Absent: a `file` part with a data URL. A link goes in its place, with a notice: OpenAI itself
   * refuses it, gateways that speak its protocol read it.
   */
  files?: 'file-or-link' | 'document-url'
  /** `false`: a link to an image is refused, only its data will do. */
  imageLinks?: false
  /** `false`: refusals of earlier turns are unknown, they become text. */
  refusals?: false
  /** Where the client's user goes and how long it may be, in characters. `false`: nowhere. Absent: `safety_identifier`. */
  user?: { field: string; max: number; min?: number } | false
  /** `false`: the role `developer` is unknown. */
  developerRole?: false
  /** `user`: only the first message may be the system's, later ones become the user's. */
  laterSystem?: 'user'
  /** How a last message of the assistant is marked as the beginning of the answer. Absent: it cannot be. */
  prefill?: { message?: JsonObject; body?: JsonObject }
  /** Wire names of fields that are called otherwise here: `{ seed: 'random_seed' }`. */
  rename?: Record<string, string>
  /** The range of the temperature. Absent: 0 to 2. */
  temperature?: readonly [number, number]
  /** How a search of the web by the provider is asked for. Absent: `web_search_options`, on models made for it. */
  webSearch?: 'openrouter' | 'browser-search' | 'search-parameters' | 'none'
  /** Reasoning is counted apart from `completion_tokens`. Where the total says so it is found out without this. */
  reasoningApart?: true
}

/** Where a request says how much to think. A path is a wire name, or names joined by dots: `reasoning.effort`. */
export interface ReasoningForm {
  effort?: { path: string; words: Partial<Record<Effort, string>> }
  /** Where a budget in tokens goes; absent: it becomes an effort. */
  budget?: string
  /** Merged into the request where thinking is wanted. */
  on?: JsonObject
  /** Merged where it is not wanted. Absent: the effort word for `none`, or the least effort. */
  off?: JsonObject
  /** Merged where the model shall choose by itself. Absent: `on`. */
  adaptive?: JsonObject
  /** Merged where the client does not want to see it. */
  hidden?: JsonObject
}

export interface ReasoningReplay {
  /** The field of the assistant's message, or the way to put it into the content. */
  as: 'reasoning_content' | 'reasoning' | 'reasoning_details' | 'reasoning_opaque' | 'thinking_blocks' | 'think-tags' | 'thinking-parts'
  /** Only with messages that hold tool calls; others go without. */
  only?: 'tool-calls'
  /** Said in place of reasoning that is missing from a message with tool calls, which the provider would refuse. */
  missing?: string
}

/** What `tool_choice` may say. Absent: everything. */
export interface ToolChoiceLimits {
  /** The word for "some tool", `false` where there is none. */
  required?: 'any' | false
  /** `filter`: one tool is chosen by offering only that one; `false`: it cannot be chosen. */
  named?: 'filter' | false
  /** `omit`: no call is had by offering no tools. */
  none?: 'omit'
  /** `false`: `allowed_tools` is unknown, the list of tools is cut down instead. */
  allowed?: false
}
