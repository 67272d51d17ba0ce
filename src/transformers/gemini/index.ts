/**
 * Gemini: Google's generateContent, as the Gemini API and Vertex have it.
 * @see https://ai.google.dev/api/generate-content
 *
 * @module
 */
import type { Protocol } from '../../core/protocol.ts'
import { address, credentials, route } from './address.ts'
import { decodeError } from './decode-error.ts'
import { decodeReply } from './decode-reply.ts'
import { decodeRequest } from './decode-request.ts'
import { decodeStream } from './decode-stream.ts'
import { encodeError } from './encode-error.ts'
import { encodeReply } from './encode-reply.ts'
import { encodeRequest } from './encode-request.ts'
import { encodeStream } from './encode-stream.ts'
import { FIELDS } from './fields.ts'
import { INCIDENTAL } from './incidental.ts'
import { pieces } from './pieces.ts'

/** Google's clients break on comments and names of events; a chunk that says nothing is an ordinary chunk. */
const SIGN_OF_LIFE = 'data: {"candidates":[{"content":{"parts":[{"text":""}],"role":"model"},"index":0}]}\n\n'

const DIFFERING = {
  strings: new Set(['candidates/content/parts/text']),
  counts: new Set(['candidatesTokenCount', 'thoughtsTokenCount', 'totalTokenCount'].map((count) => `usageMetadata/${count}`)),
}

export const gemini: Protocol = {
  name: 'gemini',
  fields: FIELDS,
  incidental: INCIDENTAL,
  pieces,
  // the documentation says 128, live errors said 64
  toolName: { max: 64, pattern: /^[A-Za-z_][A-Za-z0-9_.:-]*$/ },
  callId: { max: 128, pattern: /^[A-Za-z0-9_.:-]+$/ },
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
  encodeTokenCount: (tokens) => ({ totalTokens: tokens }),
  route,
  address,
  credentials,
  // comments break two of Google's SDKs; a chunk with an empty text is taken by all. Of server-sent events only.
  heartbeat: { before: SIGN_OF_LIFE, within: SIGN_OF_LIFE },
  terminator: '',
  streamType: ({ framing }) => (framing === 'json-array' ? 'application/json' : 'text/event-stream'),
}
