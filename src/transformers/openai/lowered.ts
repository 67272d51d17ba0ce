/**
 * Tools that are called with free text, at providers that know only JSON: their calls come back as `{ "input": text }`.
 *
 * @module
 */
import type { ChatRequest } from '../../core/chat.ts'
import { isObject, tryParse } from '../../core/json.ts'

/** Whether a function's call is meant for a tool that is called with free text. */
export const lowered = (chat: ChatRequest, name: string): boolean => chat.tools.some((tool) => tool.type === 'custom' && tool.name === name)

/** The text in a call's JSON; the JSON itself where there is none. */
export function unwrapInput(json: string): string {
  const value = tryParse(json)
  return isObject(value) && typeof value.input === 'string' ? value.input : json
}
