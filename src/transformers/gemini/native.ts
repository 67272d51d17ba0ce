/**
 * Parts that only Gemini has: its own code runs and tool calls.
 *
 * @module
 */
import { isObject, type JsonObject } from '../../core/json.ts'

/** What such a part says in plain words; `undefined` where nothing can be said. */
export function nativeText(part: JsonObject): string | undefined {
  if (isObject(part.executableCode) && typeof part.executableCode.code === 'string') {
    const language = typeof part.executableCode.language === 'string' ? part.executableCode.language.toLowerCase() : ''
    return `\`\`\`${language}\n${part.executableCode.code}\n\`\`\``
  }
  if (isObject(part.codeExecutionResult)) {
    const { outcome, output } = part.codeExecutionResult
    return typeof output === 'string' ? output : typeof outcome === 'string' ? outcome : undefined
  }
  return undefined
}
