/**
 * The response object around an answer: it repeats the request's settings.
 *
 * @module
 */
import type { ChatRequest } from '../../core/chat.ts'
import { extended } from '../../core/extended.ts'
import { createNameMap } from '../../core/names.ts'
import { assemble, type JsonObject } from '../../core/json.ts'
import { createNotes } from '../../core/notice.ts'
import type { ReplyContext } from '../../core/protocol.ts'
import { isCompaction } from './compaction.ts'
import { encodeSettings } from './encode-request.ts'

/** Fields of a request that are not repeated. */
const ASKED_ONLY = new Set(['stream', 'stream_options', 'include', 'client_metadata', 'context_management', 'access_programs'])

const DEFAULTS: JsonObject = {
  background: false,
  frequency_penalty: 0,
  instructions: null,
  max_output_tokens: null,
  max_tool_calls: null,
  metadata: {},
  parallel_tool_calls: true,
  presence_penalty: 0,
  previous_response_id: null,
  prompt_cache_key: null,
  safety_identifier: null,
  service_tier: 'auto',
  store: true,
  temperature: 1,
  tool_choice: 'auto',
  tools: [],
  top_logprobs: 0,
  top_p: 1,
  truncation: 'disabled',
  user: null,
}

/** What all snapshots of a response have in common: the settings as they were asked for, all others at their defaults. */
export function settingsEcho({ chat, model }: ReplyContext): JsonObject {
  const asked = encodeSettings(chat, { model, notes: createNotes('reply', {}), toolNames: createNameMap({ max: 128, pattern: /^[^]*$/ }) })
  const echo = assemble(DEFAULTS)
  for (const field in asked)
    if (!ASKED_ONLY.has(field) && (asked[field] !== null || DEFAULTS[field] === undefined)) echo[field] = asked[field]
  echo.reasoning = { effort: null, summary: null, ...(asked.reasoning as JsonObject | undefined) }
  echo.text = { format: { type: 'text' }, verbosity: 'medium', ...(asked.text as JsonObject | undefined) }
  if (chat.system.length) echo.instructions = chat.system.map((part) => part.text).join('\n\n')
  return echo
}

/** What is repeated, and whether a compaction was asked for: all but the conversation. */
export const recallEchoed = (chat: ChatRequest): ChatRequest =>
  extended(chat, { messages: isCompaction(chat) ? chat.messages.slice(-1) : [] })

/** The id of a response: the upstream's own, where it is of a response's form. */
export const responseId = (id: string | undefined, newId: (prefix: string) => string): string =>
  id?.startsWith('resp_') ? id : newId('resp_')
