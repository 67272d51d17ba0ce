/**
 * What a request of this protocol carries that no answer hangs on.
 *
 * @see https://platform.openai.com/docs/api-reference/chat/create
 * @module
 */
import type { Incidental } from '../../core/protocol.ts'

export const INCIDENTAL: Incidental = {
  fields: ['/store', '/stream_options', '/prompt_cache_retention', '/prompt_cache_options', '/prediction', '/service_tier'],
  defaults: { temperature: 1, topP: 1, frequencyPenalty: 0, presencePenalty: 0, candidates: 1 },
}
