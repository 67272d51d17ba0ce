/**
 * `temperature`, `top_p` and `top_k`: gone from the newer models, and from all of them while they think with a budget.
 *
 * @see https://platform.claude.com/docs/en/about-claude/models/migration-guide
 * @module
 */
import type { ChatRequest } from '../../core/chat.ts'
import type { JsonObject } from '../../core/json.ts'
import type { AskContext } from '../../core/protocol.ts'
import { traitsOf } from './models.ts'
import { field } from './wire.ts'

export function encodeSampling(chat: ChatRequest, { model, notes }: AskContext, thinking: JsonObject | undefined): JsonObject {
  const thinks = thinking !== undefined && thinking.type !== 'disabled'
  if (!traitsOf(model).sampling) return dropAll(chat, notes, `${model} takes no sampling parameters`)
  if (thinks) return dropAll(chat, notes, 'Claude takes no sampling parameters while it thinks')
  if (chat.temperature !== undefined && chat.temperature > 1)
    notes.approximated(chat, 'temperature', `Claude takes temperatures from 0 to 1; ${chat.temperature} became 1`)
  // the models of the fourth generation refuse both at once
  const both = chat.temperature !== undefined && chat.topP !== undefined && /claude/i.test(model)
  if (both) notes.dropped(chat, 'topP', 'Claude takes either a temperature or top_p')
  return {
    ...field('temperature', chat.temperature === undefined ? undefined : Math.min(chat.temperature, 1)),
    ...field('top_p', both ? undefined : chat.topP),
    ...field('top_k', chat.topK),
  }
}

function dropAll(chat: ChatRequest, notes: AskContext['notes'], reason: string): JsonObject {
  for (const key of ['temperature', 'topP', 'topK'] as const) if (chat[key] !== undefined) notes.dropped(chat, key, reason)
  return {}
}
