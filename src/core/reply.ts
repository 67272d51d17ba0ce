/**
 * The neutral model of an answer, whole and as a stream of events.
 *
 * @module
 */
import type {
  Citation,
  Located,
  NativePart,
  Opaque,
  Part,
  ProtocolName,
  ReasoningPart,
  RefusalPart,
  TextPart,
  ToolCallPart,
} from './chat.ts'
import type { Failure } from './failure.ts'
import type { JsonObject } from './json.ts'
import type { TokenLogprob } from './logprobs.ts'
import type { Usage } from './usage.ts'

export type StopReason =
  | 'end'
  | 'tool-calls'
  | 'max-tokens'
  | 'stop-sequence'
  /** The model or the provider's filter declined. */
  | 'refusal'
  /** The provider paused a long turn of its own tools; the client is expected to send the answer back and go on. */
  | 'pause'
  | 'context-window'
  | 'other'

export interface Stop {
  reason: StopReason
  /** The stop sequence that was met, where the provider tells. */
  sequence?: string
  /** The provider's own words about the reason. */
  detail?: string
  /** The provider's own category of a refusal. */
  category?: string
}

/** A whole answer. */
export interface Reply extends Located {
  /** The provider's id of the answer. */
  id?: string
  /** The model that answered, as the provider names it. */
  model?: string
  /** Unix time in seconds. */
  created?: number
  parts: Part[]
  stop: Stop
  usage?: Usage
}

/** The parts that a stream can open. Their text, arguments and opaque data follow in later events. */
export type StreamPart = TextPart | ReasoningPart | ToolCallPart | RefusalPart | NativePart | Exclude<Part, { type: 'tool-result' }>

/**
 * One step of an answer. A stream is `start`, then parts, then exactly one `finish` or `error`.
 *
 * Each part is opened once, grows by deltas and is closed once. `index` counts parts in the order in which they open: 0, 1, 2 …
 * Parts may be open at the same time (parallel tool calls); a writer whose protocol cannot say that wraps itself in
 * `createSequencer`.
 */
export type StreamEvent =
  | { type: 'start'; id?: string; model?: string; created?: number; usage?: Usage; extra?: Partial<Record<ProtocolName, JsonObject>> }
  /** For a tool call `json` and `input` are absent: its arguments follow as deltas. A `native` or media part is whole, and no delta follows. */
  | { type: 'part-start'; index: number; part: StreamPart }
  /** More of the part's text, reasoning, refusal, or of a tool call's JSON text. Never empty. */
  | { type: 'delta'; index: number; text: string }
  /** How likely the tokens were that the next delta of an open text tells, or the one before where none follows. Only where the client asked. */
  | { type: 'logprobs'; index: number; logprobs: TokenLogprob[] }
  /** A source that supports the text of an open part. */
  | { type: 'citation'; index: number; citation: Citation }
  /** `opaque`: what the provider wants back with this part. */
  | { type: 'part-end'; index: number; opaque?: Opaque }
  /** A snapshot of the counts so far: its fields replace earlier ones. */
  | { type: 'usage'; usage: Usage }
  | { type: 'finish'; stop: Stop; usage?: Usage; extra?: Partial<Record<ProtocolName, JsonObject>> }
  /** The answer broke: nothing follows. */
  | { type: 'error'; failure: Failure }

export type Emit = (event: StreamEvent) => void
