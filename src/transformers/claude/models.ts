/**
 * What the Claude models take and refuse, as data. The first row whose pattern is found in the model's name counts.
 *
 * @see https://platform.claude.com/docs/en/about-claude/models/overview
 * @see https://platform.claude.com/docs/en/build-with-claude/adaptive-thinking
 * @module
 */
import type { Effort } from '../../core/chat.ts'

export interface ModelTraits {
  /** The most output tokens of one answer. */
  maxTokens: number
  /** Takes `temperature`, `top_p` and `top_k` other than their defaults. */
  sampling: boolean
  /** Which kinds of thinking may be asked for. */
  thinking: 'none' | 'budget' | 'either' | 'adaptive'
  /** Thinking can be switched off. */
  canRest: boolean
  /** The values that `output_config.effort` takes, weakest first; empty: the field is refused. */
  efforts: readonly Effort[]
  /** Takes `tool_choice` `any` and `tool`. */
  forcedTools: boolean
  /** Takes `system` messages amid the conversation. */
  midSystem: boolean
  /** Continues a last message of the assistant. */
  prefill: boolean
  /** Takes `output_config.format` and `strict` tools. */
  structured: boolean
}

const UP_TO_HIGH: readonly Effort[] = ['low', 'medium', 'high']
const WITH_MAX: readonly Effort[] = [...UP_TO_HIGH, 'max']
const ALL_EFFORTS: readonly Effort[] = [...UP_TO_HIGH, 'xhigh', 'max']

/** A Claude model that is not listed: newer than this table, so it inherits the newest behaviour. */
const NEWEST: ModelTraits = {
  maxTokens: 128_000,
  sampling: false,
  thinking: 'adaptive',
  canRest: false,
  efforts: ALL_EFFORTS,
  forcedTools: false,
  midSystem: true,
  prefill: false,
  structured: true,
}
const FIVE: ModelTraits = { ...NEWEST, thinking: 'either', canRest: true, forcedTools: true }
const FOUR_SEVEN: ModelTraits = { ...FIVE, midSystem: false }
const FOUR_SIX: ModelTraits = { ...FOUR_SEVEN, sampling: true, efforts: WITH_MAX }
const FOUR_FIVE: ModelTraits = { ...FOUR_SIX, maxTokens: 64_000, thinking: 'budget', efforts: [], prefill: true }
const FOUR: ModelTraits = { ...FOUR_FIVE, structured: false }
const THREE: ModelTraits = { ...FOUR, maxTokens: 4096, thinking: 'none' }

const TABLE: readonly (readonly [RegExp, ModelTraits])[] = [
  [/haiku-5-5/, { ...NEWEST, canRest: true, forcedTools: true }],
  [/(opus|sonnet)-5-5|(fable|mythos)-5-\d/, NEWEST],
  [/(fable|mythos)-(5|preview)/, { ...NEWEST, forcedTools: true }],
  [/(opus|sonnet|haiku)-5(?!-\d\b)/, FIVE],
  [/opus-4-8/, FIVE],
  [/opus-4-7/, FOUR_SEVEN],
  [/(opus|sonnet)-4-6/, FOUR_SIX],
  [/opus-4-5/, { ...FOUR_FIVE, efforts: UP_TO_HIGH }],
  [/(sonnet|haiku)-4-5/, FOUR_FIVE],
  [/opus-4-1(?!\d)/, { ...FOUR_FIVE, maxTokens: 32_000 }],
  [/opus-4(?!-\d(?!\d))/, { ...FOUR, maxTokens: 32_000 }],
  [/sonnet-4(?!-\d(?!\d))/, FOUR],
  [/3-7-sonnet/, FOUR],
  [/3-5-/, { ...THREE, maxTokens: 8192 }],
  [/claude-(instant|v?[23](?!\d))/, THREE],
  [/claude/, NEWEST],
]

/** A model of another vendor behind the same protocol: these follow the protocol's older form. */
const LOOK_ALIKE: ModelTraits = { ...FOUR, maxTokens: 32_000 }

/** The traits of a model, whatever stands before or behind its name (`us.anthropic.claude-…-v1:0`, `anthropic/claude-opus-4.6`). */
export function traitsOf(model: string): ModelTraits {
  const name = model.toLowerCase().replaceAll('.', '-')
  return TABLE.find(([pattern]) => pattern.test(name))?.[1] ?? LOOK_ALIKE
}
