/**
 * `gpt-5.4(high)`: a model, and how much it shall reason.
 *
 * @module
 */
import type { Effort } from '../../core/chat.ts'
import { isEffort } from './reasoning.ts'

export interface ModelAndEffort {
  model: string
  effort?: Effort
}

/** Reads a model's name as people write it. What stands in its brackets and is no effort belongs to the name. */
export function readEffort(text: string): ModelAndEffort {
  if (!text.endsWith(')')) return { model: text }
  const at = text.lastIndexOf('(')
  const effort = text.slice(at + 1, -1).toLowerCase()
  return at > 0 && isEffort(effort) ? { model: text.slice(0, at).trimEnd(), effort } : { model: text }
}
