/**
 * OpenAI Responses.
 * @see https://platform.openai.com/docs/api-reference/responses
 *
 * @module
 */
import type { Protocol } from '../../core/protocol.ts'
import { address, credentials, route } from './address.ts'
import { decodeReply } from './decode-reply.ts'
import { decodeRequest } from './decode-request.ts'
import { decodeStream } from './decode-stream.ts'
import { encodeReply } from './encode-reply.ts'
import { encodeRequest } from './encode-request.ts'
import { encodeStream } from './encode-stream.ts'
import { recallEchoed } from './snapshot.ts'
import { decodeError, encodeError } from './errors.ts'
import { INCIDENTAL } from './incidental.ts'
import { OWN } from './wire.ts'

export const openaiResponses: Protocol = {
  name: OWN,
  fields: {
    messages: 'input',
    system: 'instructions',
    toolChoice: 'tool_choice',
    parallelToolCalls: 'parallel_tool_calls',
    maxTokens: 'max_output_tokens',
    topP: 'top_p',
    format: 'text/format',
    verbosity: 'text/verbosity',
    cacheKey: 'prompt_cache_key',
    user: 'safety_identifier',
    serviceTier: 'service_tier',
    stopReason: 'incomplete_details/reason',
    logprobs: 'top_logprobs',
    topLogprobs: 'top_logprobs',
    cache: 'prompt_cache_breakpoint',
    show: 'summary',
    mode: 'effort',
    id: 'call_id',
    callId: 'call_id',
    input: 'arguments',
    json: 'arguments',
    citations: 'annotations',
    names: 'tools',
    maxUses: 'max_uses',
    allowedDomains: 'filters/allowed_domains',
    blockedDomains: 'filters/blocked_domains',
    userLocation: 'user_location',
    contextSize: 'search_context_size',
  },
  incidental: INCIDENTAL,
  toolName: { max: 64, pattern: /^[a-zA-Z0-9_-]+$/ },
  callId: { max: 64, pattern: /^[^]+$/ },
  callIdPrefix: 'call_',
  differing: { strings: new Set(['delta', 'obfuscation']), counts: new Set(['sequence_number']) },
  decodeRequest,
  encodeRequest,
  decodeReply,
  encodeReply,
  decodeStream,
  encodeStream,
  decodeError,
  encodeError,
  encodeTokenCount: (tokens) => ({ object: 'response.input_tokens', input_tokens: tokens }),
  route,
  address,
  credentials,
  // Codex counts only events, not comments, against its idle limit; openai-node takes this one once the response was created.
  // The event is an error to openai-node before `response.created`; a comment is fine there.
  heartbeat: { before: ': keep-alive\n\n', within: 'event: keepalive\ndata: {"type":"keepalive"}\n\n' },
  recall: recallEchoed,
  terminator: '',
  streamType: () => 'text/event-stream; charset=utf-8',
}
