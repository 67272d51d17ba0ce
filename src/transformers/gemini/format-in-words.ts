/**
 * The form of an answer for models that take none beside tools: asked for in words.
 *
 * @module
 */
import type { ChatRequest } from '../../core/chat.ts'
import { spellingOf } from './fields.ts'
import type { ModelTraits } from './models.ts'

/** What the instructions must add; `undefined` where the model can be told properly. */
export function formatInWords(chat: ChatRequest, traits: ModelTraits): string | undefined {
  const { format } = chat
  if (!format || spellingOf(format) || traits.generation >= 3 || chat.tools.every((tool) => tool.type === 'hosted')) return undefined
  const schema = format.type === 'schema' ? ` that fits this JSON Schema:\n${JSON.stringify(format.schema)}` : '.'
  return `Unless you call a tool, answer with nothing but one JSON object${schema}`
}
