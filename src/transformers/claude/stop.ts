/**
 * Why an answer ended.
 *
 * @see https://platform.claude.com/docs/en/build-with-claude/handling-stop-reasons
 * @module
 */
import type { StopReason as WireReason } from '@anthropic-ai/sdk/resources/messages'
import { isObject, stringOf, type JsonObject } from '../../core/json.ts'
import type { Stop, StopReason } from '../../core/reply.ts'

const REASONS: Record<WireReason | 'compaction', StopReason> = {
  end_turn: 'end',
  max_tokens: 'max-tokens',
  stop_sequence: 'stop-sequence',
  tool_use: 'tool-calls',
  pause_turn: 'pause',
  refusal: 'refusal',
  model_context_window_exceeded: 'context-window',
  compaction: 'other',
}

const WIRE: Record<StopReason, WireReason> = {
  end: 'end_turn',
  'max-tokens': 'max_tokens',
  'stop-sequence': 'stop_sequence',
  'tool-calls': 'tool_use',
  pause: 'pause_turn',
  refusal: 'refusal',
  'context-window': 'model_context_window_exceeded',
  other: 'end_turn',
}

const CATEGORIES = new Set(['cyber', 'bio', 'frontier_llm', 'reasoning_extraction', 'general_harms'])

/** `wire` holds `stop_reason`, `stop_sequence` and `stop_details`. A tool the provider ran itself leaves nothing for the client to run. */
export function decodeStop(wire: JsonObject, hasCalls: boolean): Stop {
  const named = stringOf(wire.stop_reason) ?? ''
  const reason = Object.hasOwn(REASONS, named) ? REASONS[named as WireReason] : 'other'
  const stop: Stop = { reason: reason === 'tool-calls' && !hasCalls ? 'end' : reason }
  const sequence = stringOf(wire.stop_sequence)
  if (sequence !== undefined) stop.sequence = sequence
  const details = isObject(wire.stop_details) ? wire.stop_details : {}
  const detail = stringOf(details.explanation) ?? (reason === 'other' && named ? named : undefined)
  const category = stringOf(details.category)
  if (detail !== undefined) stop.detail = detail
  if (category !== undefined) stop.category = category
  return stop
}

/** What the parts of an answer say about its end. */
export interface Seen {
  calls: boolean
  /** The text in which the model declined. */
  refusal?: string
}

/** Calls are what a client acts on, so that an answer with calls ends in `tool_use` even where its provider just stopped. */
export function encodeStop(
  stop: Stop,
  seen: Seen,
): { stop_reason: WireReason; stop_sequence: string | null; stop_details: JsonObject | null } {
  const reason = reasonOf(stop.reason, seen)
  return {
    stop_reason: WIRE[reason],
    stop_sequence: reason === 'stop-sequence' ? (stop.sequence ?? null) : null,
    stop_details:
      reason === 'refusal'
        ? {
            type: 'refusal',
            category: stop.category !== undefined && CATEGORIES.has(stop.category) ? stop.category : null,
            explanation: stop.detail ?? (seen.refusal || null),
          }
        : null,
  }
}

function reasonOf(reason: StopReason, seen: Seen): StopReason {
  if (reason === 'tool-calls') return seen.calls ? reason : 'end'
  if (reason !== 'end' && reason !== 'other' && reason !== 'stop-sequence') return reason
  if (seen.calls) return 'tool-calls'
  return seen.refusal === undefined ? reason : 'refusal'
}
