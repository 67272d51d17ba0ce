/**
 * What a tool gave back, which Gemini keeps as an object: `output` for what is good, `error` for what is not.
 * @see https://ai.google.dev/api/caching#FunctionResponse
 *
 * @module
 */
import { isObject, type JsonObject } from '../../core/json.ts'

/** Keys under which clients put a whole result, where it is the only one. */
const WRAPPERS = new Set(['output', 'result', 'content', 'return_value'])

/** The text of a response, and whether it tells of an error. */
export function readResponse(response: unknown): { text: string; isError: boolean } {
  if (response === undefined || response === null) return { text: '', isError: false }
  if (!isObject(response)) return { text: textOf(response), isError: false }
  const keys = Object.keys(response)
  const [only] = keys
  const alone = keys.length === 1 && only === 'error'
  const failed = alone || (response.error !== undefined && response.error !== null && response.error !== '')
  const wrapped = keys.length === 1 && only !== undefined && (WRAPPERS.has(only) || only === 'error')
  return { text: wrapped ? textOf(response[only]) : JSON.stringify(response), isError: failed }
}

/** Always as text: an object of the tool's own could hold keys that Gemini reads otherwise (`output`, `$ref`). */
export const writeResponse = (text: string, isError: boolean): JsonObject => (isError ? { error: text } : { output: text })

const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : value === undefined || value === null ? '' : JSON.stringify(value)
