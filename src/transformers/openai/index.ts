/**
 * OpenAI Chat Completions, and every provider that is compatible with it.
 * @see https://platform.openai.com/docs/api-reference/chat
 *
 * @module
 */
import type { Protocol } from '../../core/protocol.ts'
import { address, credentials, route } from './address.ts'
import { decodeReply } from './decode-reply.ts'
import { decodeRequest } from './decode-request.ts'
import { decodeStream } from './decode-stream.ts'
import { encodeError } from './encode-error.ts'
import { encodeReply } from './encode-reply.ts'
import { encodeRequest } from './encode-request.ts'
import { encodeStream } from './encode-stream.ts'
import { decodeError } from './error.ts'
import { INCIDENTAL } from './incidental.ts'
import { FIELDS } from './wire.ts'

const DIFFERING = {
  strings: new Set([
    'obfuscation',
    ...['content', 'reasoning', 'reasoning_content', 'tool_calls/function/arguments'].map((field) => `choices/delta/${field}`),
  ]),
  counts: new Set(['created']),
}

export const openai: Protocol = {
  name: 'openai',
  fields: FIELDS,
  incidental: INCIDENTAL,
  toolName: { max: 64, pattern: /^[a-zA-Z0-9_-]+$/ },
  callId: { max: 40, pattern: /^[a-zA-Z0-9_-]+$/ },
  callIdPrefix: 'call_',
  differing: DIFFERING,
  decodeRequest,
  encodeRequest,
  decodeReply,
  encodeReply,
  decodeStream,
  encodeStream,
  decodeError,
  encodeError,
  encodeTokenCount: (tokens) => ({ input_tokens: tokens }),
  route,
  address,
  credentials,
  heartbeat: { before: ': keep-alive\n\n', within: ': keep-alive\n\n' },
  terminator: 'data: [DONE]\n\n',
  streamType: () => 'text/event-stream; charset=utf-8',
}
