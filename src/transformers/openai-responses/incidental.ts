/**
 * What a request of this protocol carries that no answer hangs on.
 *
 * @see https://platform.openai.com/docs/api-reference/responses/create
 * @module
 */
import type { Incidental } from '../../core/protocol.ts'

export const INCIDENTAL: Incidental = {
  fields: [
    '/store',
    '/include',
    '/stream_options',
    '/service_tier',
    '/prompt_cache_retention',
    '/prompt_cache_options',
    // who asks: Codex says it with every request
    '/client_metadata',
    '/access_programs',
    // which of its own reasoning OpenAI reads again, and in how long a summary it is shown
    '/reasoning/context',
    '/reasoning/summary',
    '/reasoning/generate_summary',
    // of items that come back: their numbers in OpenAI's books, whether they were complete, where they stood in a turn
    '/input/*/id',
    '/input/*/status',
    '/input/*/phase',
    '/input/*/content/*/logprobs',
    // others are sent each tool whole and from the beginning
    '/tools/*/defer_loading',
    '/tools/*/tools/*/defer_loading',
  ],
  defaults: { temperature: 1, topP: 1 },
}
