/**
 * How much reasoning a request asks for, whatever the words of its protocol.
 *
 * @module
 */
import type { ChatRequest, Effort } from '../../core/chat.ts'

/** From the least to the most. */
export const EFFORTS: readonly Effort[] = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']

export const isEffort = (text: string): text is Effort => EFFORTS.some((effort) => effort === text)

/** What a budget in tokens amounts to: the most that each effort stands for. */
const BUDGETS: readonly (readonly [number, Effort])[] = [
  [0, 'none'],
  [1024, 'low'],
  [8192, 'medium'],
  [24_576, 'high'],
]

/**
 * The effort that is asked for; `undefined` where the client asks for none: it does not say, switched reasoning off, or only says how
 * reasoning is shown. A client that asks for reasoning without saying how much asks for `medium`; one that leaves it to the model
 * (`adaptive`) does so, too, unless it says an effort.
 */
export function reasoningOf({ reasoning }: ChatRequest): Effort | undefined {
  if (!reasoning || reasoning.mode === 'off') return undefined
  const { effort, budget, mode } = reasoning
  const asked = effort ?? (budget === undefined ? mode && 'medium' : (BUDGETS.find(([most]) => budget <= most)?.[1] ?? 'xhigh'))
  return asked === 'none' ? undefined : asked
}

/** Whether an effort is at least another. */
export const reaches = (effort: Effort | undefined, least: Effort): boolean =>
  effort !== undefined && EFFORTS.indexOf(effort) >= EFFORTS.indexOf(least)
