/**
 * How much to think, where one protocol says it in tokens and another in a word.
 *
 * @module
 */
import type { Effort } from './chat.ts'

/** The effort that a budget of thinking tokens comes to. */
export const effortOfBudget = (tokens: number): Effort =>
  tokens <= 1024 ? 'low' : tokens <= 8192 ? 'medium' : tokens <= 24_576 ? 'high' : 'xhigh'
