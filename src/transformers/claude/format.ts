/**
 * The shape of the answer's text: enforced where the model can, asked for in words where it cannot.
 *
 * @see https://platform.claude.com/docs/en/build-with-claude/structured-outputs
 * @module
 */
import type { ChatRequest, Part } from '../../core/chat.ts'
import type { JsonObject } from '../../core/json.ts'
import type { AskContext } from '../../core/protocol.ts'
import { traitsOf } from './models.ts'
import { enforceable } from './schema.ts'

const JSON_ONLY = 'Answer with one JSON object and nothing else.'

export function encodeFormat(chat: ChatRequest, { model, notes }: AskContext): { format?: JsonObject; instruction?: string } {
  const { format } = chat
  if (!format) return {}
  if (format.type === 'json') {
    notes.approximated(format, undefined, 'Claude has no JSON mode without a schema; it is asked for JSON in words')
    // the mode's own provider demands that the prompt asks for JSON, so mostly it does already
    return asksForJson(chat) ? {} : { instruction: JSON_ONLY }
  }
  for (const key of ['name', 'description'] as const)
    if (format[key] !== undefined) notes.dropped(format, key, 'the shape of an answer has only a schema with Claude')
  if (format.strict === false) notes.approximated(format, 'strict', 'Claude always keeps to the schema')
  if (!traitsOf(model).structured) {
    notes.approximated(format, 'schema', 'this model cannot be held to a schema; it is asked to keep to it')
    return { instruction: `${JSON_ONLY} It must match this JSON Schema:\n${JSON.stringify(format.schema)}` }
  }
  const schema = enforceable(format.schema)
  if (schema !== format.schema) notes.approximated(format, 'schema', 'limits that Claude does not enforce are told in descriptions')
  return { format: { type: 'json_schema', schema } }
}

const asksForJson = (chat: ChatRequest): boolean =>
  [...chat.system, ...chat.messages.flatMap((message) => message.parts)].some(
    (part: Part) => part.type === 'text' && /json/i.test(part.text),
  )
