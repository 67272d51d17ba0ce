/**
 * The form of an answer for models that take none beside tools: asked for in words.
 *
 * @module
 */
import type { ChatRequest } from '../../core/chat.ts'
import { spellingOf } from './fields.ts'
import type { ModelTraits } from './models.ts'

/** Whether the model takes an answer's form at all: before Gemini 3 none beside functions. */
export const takesFormat = (chat: ChatRequest, traits: ModelTraits): boolean =>
  traits.generation >= 3 || chat.tools.every((tool) => tool.type === 'hosted')

/** What the instructions must add; `undefined` where the model can be told properly, or where the client's own prompt must ask for JSON anyway. */
export function formatInWords(chat: ChatRequest, traits: ModelTraits): string | undefined {
  const { format } = chat
  if (format?.type !== 'schema' || spellingOf(format) || takesFormat(chat, traits)) return undefined
  return `Unless you call a tool, answer with nothing but one JSON object that fits this JSON Schema:\n${JSON.stringify(format.schema)}`
}
