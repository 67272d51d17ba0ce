/**
 * The Claude Messages protocol.
 *
 * @see https://platform.claude.com/docs/en/api/messages
 * @module
 */
import type { Protocol } from '../../core/protocol.ts'
import { address, credentials, route } from './address.ts'
import { decodeReply } from './decode-reply.ts'
import { decodeRequest } from './decode-request.ts'
import { createStreamDecoder } from './decode-stream.ts'
import { encodeReply } from './encode-reply.ts'
import { encodeRequest } from './encode-request.ts'
import { createStreamEncoder } from './encode-stream.ts'
import { decodeError, encodeFailure } from './error.ts'
import { INCIDENTAL } from './incidental.ts'
import { pieces } from './pieces.ts'
import { FIELDS } from './wire.ts'

const NAME = /^[a-zA-Z0-9_-]+$/

export const claude: Protocol = {
  name: 'claude',
  fields: FIELDS,
  incidental: INCIDENTAL,
  pieces,
  toolName: { max: 128, pattern: NAME },
  callId: { max: 64, pattern: NAME },
  callIdPrefix: 'toolu_',
  differing: { strings: new Set(['delta/text', 'delta/thinking', 'delta/partial_json']), counts: new Set(['index']) },
  decodeRequest,
  encodeRequest,
  decodeReply,
  encodeReply,
  decodeStream: createStreamDecoder,
  encodeStream: createStreamEncoder,
  decodeError,
  encodeError: encodeFailure,
  encodeTokenCount: (tokens) => ({ input_tokens: Math.max(1, tokens) }),
  route,
  address,
  credentials,
  heartbeat: { before: ': keep-alive\n\n', within: 'event: ping\ndata: {"type":"ping"}\n\n' },
  tellsInput: true,
  terminator: 'event: message_stop\ndata: {"type":"message_stop"}\n\n',
  streamType: () => 'text/event-stream; charset=utf-8',
}
