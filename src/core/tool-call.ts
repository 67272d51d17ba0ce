/**
 * A tool call's arguments, which some protocols write as a value and some as JSON text.
 *
 * @module
 */
import type { ToolCallPart } from './chat.ts'
import { isObject, tryParse, type JsonObject } from './json.ts'
import type { Notes } from './notice.ts'

/** The arguments as JSON text; `{}` for none, the raw text for a custom tool. */
export const callJson = (call: ToolCallPart): string => call.json || (call.custom ? '' : JSON.stringify(call.input ?? {}))

/** The arguments as an object, as Claude and Gemini need them. Custom text becomes `{ input: text }`; what is no object is kept under `_raw`, with a notice. */
export function callInput(call: ToolCallPart, notes?: Notes): JsonObject {
  if (call.custom) return { input: call.json ?? '' }
  let value = call.input ?? (call.json?.trim() ? tryParse(call.json) : {})
  if (typeof value === 'string') value = tryParse(value) ?? value // encoded twice
  if (isObject(value)) return value
  notes?.approximated(call, 'input', 'the arguments are no JSON object; kept as text under _raw')
  return { _raw: call.json ?? value }
}
