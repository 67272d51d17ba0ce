/**
 * What differs between Gemini's models, as data. Names that are not known are taken for the newest generation.
 * @see https://ai.google.dev/gemini-api/docs/thinking
 *
 * @module
 */
import type { Effort } from '../../core/chat.ts'
import { effortOfBudget } from '../../core/effort.ts'

export type Level = 'minimal' | 'low' | 'medium' | 'high' | 'xhigh'

/** How a model is told how much to think. */
export type Thinking =
  | { by: 'none' }
  /** Tokens, and whether thinking can be switched off. */
  | { by: 'budget'; min: number; max: number; off: boolean }
  /** Levels, weakest first. */
  | { by: 'level'; levels: readonly Level[] }

export interface ModelTraits {
  /** `2.5`, `3.1` …; `Infinity` for names that tell none. */
  generation: number
  thinking: Thinking
  /** Takes a request that ends with the model's turn, and goes on from there. */
  prefill: boolean
  /** Has a field for instructions. */
  instructions: boolean
  /** Wants tool calls signed; those of other providers get the {@link SENTINEL}. */
  signed: boolean
}

const FULL: readonly Level[] = ['minimal', 'low', 'medium', 'high']
const NO_MINIMAL: readonly Level[] = ['low', 'medium', 'high']

interface Row {
  match: RegExp
  thinking: Thinking
  prefill?: boolean
}

/** The first row that matches counts. */
const ROWS: readonly Row[] = [
  { match: /^gemini-2\.5-pro/, thinking: { by: 'budget', min: 128, max: 32768, off: false }, prefill: true },
  { match: /^gemini-2\.5-flash-lite/, thinking: { by: 'budget', min: 512, max: 24576, off: true }, prefill: true },
  { match: /^gemini-2\.5-.*(image|tts)/, thinking: { by: 'none' }, prefill: true },
  { match: /^gemini-2\.5/, thinking: { by: 'budget', min: 1, max: 24576, off: true }, prefill: true },
  { match: /^gemini-(1|2\.0|exp)/, thinking: { by: 'none' }, prefill: true },
  { match: /^gemma-[1-3]/, thinking: { by: 'none' }, prefill: true },
  { match: /^gemma/, thinking: { by: 'level', levels: ['minimal', 'high'] } },
  { match: /^gemini-3-pro/, thinking: { by: 'level', levels: ['low', 'high'] }, prefill: true },
  { match: /^gemini-3\.5-flash-lite/, thinking: { by: 'level', levels: FULL } },
  { match: /^gemini-3(\.\d+)?-pro/, thinking: { by: 'level', levels: NO_MINIMAL }, prefill: true },
  { match: /^gemini-3(\.[0-5])?-flash/, thinking: { by: 'level', levels: FULL }, prefill: true },
  { match: /^gemini-3\.6-flash|^gemini-3\.\d+-flash-lite/, thinking: { by: 'level', levels: FULL } },
  { match: /^gemini-pro-latest/, thinking: { by: 'level', levels: NO_MINIMAL }, prefill: true },
  { match: /^gemini-\d+-hydrogen/, thinking: { by: 'level', levels: ['low', 'medium', 'high', 'xhigh'] } },
  { match: /(^|-)flash-lite/, thinking: { by: 'level', levels: FULL } },
]
const NEWEST: Row = { match: /./, thinking: { by: 'level', levels: NO_MINIMAL } }

/** The traits of a model by its name, with or without `models/` and a publisher in front. */
export function traitsOf(model: string): ModelTraits {
  const name = model.slice(model.lastIndexOf('/') + 1).toLowerCase()
  const row = ROWS.find(({ match }) => match.test(name)) ?? NEWEST
  const number = /^gemini-(\d+(?:\.\d+)?)/.exec(name)
  const gemma = name.startsWith('gemma')
  return {
    generation: number ? Number(number[1]) : gemma ? 0 : Infinity,
    thinking: row.thinking,
    prefill: row.prefill ?? false,
    instructions: !/^gemma-[1-3]/.test(name),
    signed: row.thinking.by !== 'none' && !gemma,
  }
}

/** Google's own reading of efforts as tokens (its OpenAI-compatible endpoint), and the usual one beyond. */
export const BUDGET_OF: Record<Effort, number> = { none: 0, minimal: 512, low: 1024, medium: 8192, high: 24576, xhigh: 32768, max: 32768 }

/** The level that `tokens` of thinking amount to. */
export const levelOfBudget = (tokens: number): Level => (tokens <= 512 ? 'minimal' : levelOfEffort(effortOfBudget(tokens)))

const LEVEL_OF: Record<Effort, Level> = {
  none: 'minimal',
  minimal: 'minimal',
  low: 'low',
  medium: 'medium',
  high: 'high',
  xhigh: 'xhigh',
  max: 'xhigh',
}
export const levelOfEffort = (effort: Effort): Level => LEVEL_OF[effort]

const ORDER: readonly Level[] = ['minimal', 'low', 'medium', 'high', 'xhigh']

/** The nearest level that a model has: the same, else the next stronger one, else its strongest. */
export const nearestLevel = (level: Level, levels: readonly Level[]): Level =>
  levels.find((candidate) => ORDER.indexOf(candidate) >= ORDER.indexOf(level)) ?? levels.at(-1) ?? 'high'
