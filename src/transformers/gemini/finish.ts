/**
 * Why an answer ended.
 * @see https://ai.google.dev/api/generate-content#FinishReason
 *
 * @module
 */
import { lookUp } from '../../core/json.ts'
import { STATUS, type Failure } from '../../core/failure.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Stop, StopReason } from '../../core/reply.ts'

/** `odd`: an end for reasons of no other protocol; `broken`: the model failed, and a retry may not. */
const MEANING: Record<string, StopReason | 'odd' | 'broken'> = {
  STOP: 'end',
  MAX_TOKENS: 'max-tokens',
  CONTINUATION: 'max-tokens',
  SAFETY: 'refusal',
  RECITATION: 'refusal',
  BLOCKLIST: 'refusal',
  PROHIBITED_CONTENT: 'refusal',
  SPII: 'refusal',
  IMAGE_SAFETY: 'refusal',
  IMAGE_PROHIBITED_CONTENT: 'refusal',
  IMAGE_RECITATION: 'refusal',
  LANGUAGE: 'odd',
  NO_IMAGE: 'odd',
  IMAGE_OTHER: 'odd',
  OTHER: 'odd',
  MALFORMED_FUNCTION_CALL: 'broken',
  UNEXPECTED_TOOL_CALL: 'broken',
  TOO_MANY_TOOL_CALLS: 'broken',
  MALFORMED_RESPONSE: 'broken',
}

/** Whether tool calls that come with this reason must not be run. */
export const isBroken = (finishReason: unknown): boolean => typeof finishReason === 'string' && lookUp(MEANING, finishReason) === 'broken'

export interface Ending {
  finishReason: string
  finishMessage?: string
  /** Tool calls were told. */
  calls: boolean
  /** Text or media were told. */
  visible: boolean
}

/** What the end means, or the failure that it is: an empty answer of a model that failed must not look like a good end. */
export function decodeFinish({ finishReason, finishMessage, calls, visible }: Ending): Stop | { failure: Failure } {
  const meaning = lookUp(MEANING, finishReason) ?? 'odd'
  const detail = finishMessage === undefined ? {} : { detail: finishMessage }
  if ((meaning === 'broken' && (calls || !visible)) || (meaning === 'odd' && !calls && !visible)) {
    const message = `The model ended with ${finishReason}${finishMessage ? `: ${finishMessage}` : ''}. Try again.`
    return { failure: { kind: 'bad-response', status: STATUS['bad-response'], message, code: finishReason } }
  }
  if (meaning === 'broken') return { reason: 'end', detail: finishMessage ?? finishReason }
  if (meaning === 'odd') return { reason: 'other', detail: finishMessage ?? finishReason }
  if (meaning === 'refusal') return { reason: 'refusal', category: finishReason, ...detail }
  return { reason: meaning === 'end' && calls ? 'tool-calls' : meaning, ...detail }
}

const WORD: Record<StopReason, string> = {
  end: 'STOP',
  'tool-calls': 'STOP',
  'stop-sequence': 'STOP',
  pause: 'STOP',
  'max-tokens': 'MAX_TOKENS',
  'context-window': 'MAX_TOKENS',
  refusal: 'SAFETY',
  other: 'OTHER',
}

/**
 * The candidate's fields about its end. `malformed`: the message about a call whose arguments were no JSON. Where the answer was cut off there is
 * nothing malformed: Gemini CLI would try four times more, each time up to the limit.
 */
export function encodeFinish(stop: Stop, malformed?: string): JsonObject {
  const isCut = WORD[stop.reason] === 'MAX_TOKENS'
  if (malformed !== undefined) return { finishReason: isCut ? 'MAX_TOKENS' : 'MALFORMED_FUNCTION_CALL', finishMessage: malformed }
  const message = stop.sequence === undefined ? stop.detail : `Stopped at the stop sequence ${JSON.stringify(stop.sequence)}.`
  const own = stop.category !== undefined && lookUp(MEANING, stop.category) === 'refusal' ? stop.category : undefined
  return {
    finishReason: stop.reason === 'refusal' ? (own ?? 'SAFETY') : WORD[stop.reason],
    ...(message !== undefined && { finishMessage: message }),
  }
}
