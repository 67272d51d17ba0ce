/**
 * Why an answer ended.
 *
 * @module
 */
import type { Part } from '../../core/chat.ts'
import { objectOf, stringOf, type JsonObject, lookUp } from '../../core/json.ts'
import { noteOddEnd, type Notes } from '../../core/notice.ts'
import type { Stop, StopReason } from '../../core/reply.ts'

/** Some vendors say `length`. */
const REASONS: Record<string, StopReason> = {
  max_output_tokens: 'max-tokens',
  length: 'max-tokens',
  content_filter: 'refusal',
  pause_turn: 'pause',
}

/**
 * Reads the end of a response. Calls count only in an answer that is complete: an unfinished call must not be run.
 *
 * @param response the final response object
 * @param seen what the answer held
 */
export function decodeStop(response: JsonObject, seen: { call: boolean; refusal: boolean }): Stop {
  const reason = stringOf(objectOf(response.incomplete_details)?.reason)
  const known = reason === undefined ? undefined : lookUp(REASONS, reason)
  if (known) return { reason: known }
  if (response.status === 'incomplete' || reason !== undefined) return { reason: 'other', ...(reason !== undefined && { detail: reason }) }
  return { reason: seen.call ? 'tool-calls' : seen.refusal ? 'refusal' : 'end' }
}

export const seenIn = (parts: Part[]) => ({
  call: parts.some((part) => part.type === 'tool-call'),
  refusal: parts.some((part) => part.type === 'refusal'),
})

/** How an answer's end is told: what `status` and `incomplete_details` say. */
export function encodeStop(
  stop: Stop,
  refused: boolean,
): { status: 'completed' | 'incomplete'; incomplete_details: { reason: string } | null } {
  // A paused turn is not complete, but there is no word for why.
  if (stop.reason === 'pause') return { status: 'incomplete', incomplete_details: null }
  const reason = INCOMPLETE[stop.reason]
  if (reason === undefined || (stop.reason === 'refusal' && refused)) return { status: 'completed', incomplete_details: null }
  return { status: 'incomplete', incomplete_details: { reason } }
}

const INCOMPLETE: Partial<Record<StopReason, string>> = {
  'max-tokens': 'max_output_tokens',
  'context-window': 'max_output_tokens',
  refusal: 'content_filter',
}

/** Notes what is not told of an end: reasons that nobody else has, and the words about a refusal that the model did not say itself: Codex drops a message with a refusal, and would take the rest for the answer. */
export function noteEnd(stop: Stop, refused: boolean, notes: Notes): void {
  noteOddEnd(stop, notes)
  const { reason, detail } = stop
  if (reason === 'refusal' && !refused && detail !== undefined)
    notes.dropped({}, undefined, `why it was refused has no place here: ${detail}`)
}

/** Whether the last item was cut off. */
export const isCut = (stop: Stop): boolean => stop.reason === 'max-tokens' || stop.reason === 'context-window'
