/**
 * Why an answer ended.
 *
 * @module
 */
import { lookUp, objectOf, type JsonObject } from '../../core/json.ts'
import { noteOddEnd, type Notes } from '../../core/notice.ts'
import type { ReplyContext } from '../../core/protocol.ts'
import type { Stop, StopReason } from '../../core/reply.ts'

const REASONS: Record<string, StopReason> = {
  stop: 'end',
  end: 'end',
  eos: 'end',
  end_turn: 'end',
  '': 'end',
  length: 'max-tokens',
  max_tokens: 'max-tokens',
  model_length: 'max-tokens',
  tool_calls: 'tool-calls',
  tool_use: 'tool-calls',
  function_call: 'tool-calls',
  content_filter: 'refusal',
  sensitive: 'refusal',
  model_context_window_exceeded: 'context-window',
}

/** Finish reasons that are no end of an answer but failures (OpenRouter, DeepSeek, GLM). */
export const FAILED: ReadonlySet<string> = new Set(['error', 'insufficient_system_resource', 'network_error'])

/** What came of an answer decides over the word: calls are calls whatever the provider says, and without calls there are none. */
export function decodeStop(
  finish: string | undefined,
  choice: JsonObject,
  seen: { calls: boolean; refusal: string },
  { chat }: ReplyContext,
): Stop {
  const told = finish === undefined ? 'end' : (lookUp(REASONS, finish) ?? 'other')
  if (seen.calls && (told === 'end' || told === 'tool-calls' || told === 'other')) return { reason: 'tool-calls' }
  if (told === 'other') return { reason: 'other', detail: finish }
  if (told === 'refusal' || (seen.refusal && told === 'end')) {
    const detail = seen.refusal || foundBy(choice.content_filter_results)
    return { reason: 'refusal', ...(detail && { detail }) }
  }
  // vLLM and SGLang name the stop sequence; OpenAI does not.
  const sequence = [choice.stop_reason, choice.matched_stop].find((word) => typeof word === 'string' && chat.stop?.includes(word))
  if (told === 'end' && typeof sequence === 'string') return { reason: 'stop-sequence', sequence }
  return { reason: told === 'tool-calls' ? 'end' : told }
}

/** What Azure's filter found; `''` where it does not tell. @see https://learn.microsoft.com/azure/ai-foundry/openai/concepts/content-filter */
function foundBy(results: unknown): string {
  const found = Object.entries(objectOf(results) ?? {}).flatMap(([kind, result]) => (objectOf(result)?.filtered === true ? kind : []))
  return found.length ? `The content filter found: ${found.join(', ')}.` : ''
}

const WORDS: Record<StopReason, string> = {
  end: 'stop',
  'tool-calls': 'tool_calls',
  'max-tokens': 'length',
  'stop-sequence': 'stop',
  refusal: 'content_filter',
  pause: 'length',
  'context-window': 'length',
  other: 'stop',
}

/** @param legacy the client knows functions, not tools */
export function encodeStop(stop: Stop, seen: { calls: boolean; legacy: boolean }, notes: Notes): string {
  if (stop.reason === 'tool-calls') return seen.calls ? (seen.legacy ? 'function_call' : 'tool_calls') : 'stop'
  if (stop.reason === 'pause')
    notes.approximated({}, 'stopReason', 'the provider paused its turn; the client is told that the answer is cut')
  noteOddEnd(stop, notes)
  return WORDS[stop.reason]
}
