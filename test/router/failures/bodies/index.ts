/** All cases together. */
import type { ProtocolName } from '../../../../src/core/chat.ts'
import type { Failure, FailureKind } from '../../../../src/core/failure.ts'
import type { FailureClass } from '../../../../src/router/failures/classify.ts'
import type { Case } from './case.ts'
import { claude, claudeAmid } from './claude.ts'
import { gemini, geminiAmid } from './gemini.ts'
import { openai, openaiAmid, responses, responsesAmid } from './openai.ts'

export const refusals: Record<ProtocolName, readonly Case[]> = { claude, openai, 'openai-responses': responses, gemini }

export const amidCases: Record<ProtocolName, readonly Pick<Case, 'class' | 'body'>[]> = {
  claude: claudeAmid,
  openai: openaiAmid,
  'openai-responses': responsesAmid,
  gemini: geminiAmid,
}

interface Thrown {
  of: string
  class: FailureClass
  error: unknown
  amid?: 'amid'
}

/** As Node throws it: fetch only says that it failed. */
const node = (code: string, message = code): Error => new TypeError('fetch failed', { cause: Object.assign(new Error(message), { code }) })
const manyAddresses = new TypeError('fetch failed', {
  cause: Object.assign(new AggregateError([Object.assign(new Error('connect ECONNREFUSED ::1:1'), { code: 'ECONNREFUSED' })]), {
    code: 'ECONNREFUSED',
  }),
})
const plain = (message: string, code?: string): Error => Object.assign(new TypeError(message), code !== undefined && { code })

export const thrown: readonly Thrown[] = [
  { of: 'refused', class: 'unreachable', error: node('ECONNREFUSED') },
  { of: 'refused at every address', class: 'unreachable', error: manyAddresses },
  { of: 'no such name', class: 'unreachable', error: node('ENOTFOUND', 'getaddrinfo ENOTFOUND api.test') },
  { of: 'no answer about the name', class: 'unreachable', error: node('EAI_AGAIN') },
  { of: 'no route', class: 'unreachable', error: node('EHOSTUNREACH') },
  { of: 'a certificate that has expired', class: 'unreachable', error: node('CERT_HAS_EXPIRED', 'certificate has expired') },
  { of: 'a certificate of its own', class: 'unreachable', error: node('DEPTH_ZERO_SELF_SIGNED_CERT', 'self-signed certificate') },
  { of: 'a certificate for another name', class: 'unreachable', error: node('ERR_TLS_CERT_ALTNAME_INVALID') },
  { of: 'no TLS at all', class: 'unreachable', error: node('ERR_SSL_WRONG_VERSION_NUMBER') },
  {
    of: 'cut while TLS was agreed on',
    class: 'unreachable',
    error: node('ECONNRESET', 'Client network socket disconnected before secure TLS connection was established'),
  },
  {
    of: 'refused, in Bun',
    class: 'unreachable',
    error: plain('Unable to connect. Is the computer able to access the url?', 'ConnectionRefused'),
  },
  {
    of: 'refused, in Deno',
    class: 'unreachable',
    error: plain('error sending request for url (http://x/): client error (Connect): tcp connect error: Connection refused (os error 111)'),
  },
  { of: 'cut', class: 'reset', error: node('ECONNRESET') },
  { of: 'cut', class: 'reset', error: node('UND_ERR_SOCKET', 'other side closed') },
  { of: 'cut', class: 'reset', error: node('EPIPE') },
  { of: 'cut, on Workers', class: 'reset', error: new Error('Network connection lost.') },
  { of: 'anything else', class: 'reset', error: 'gone' },
  { of: 'no connection in time', class: 'connect-timeout', error: node('UND_ERR_CONNECT_TIMEOUT', 'Connect Timeout Error') },
  { of: 'no connection in time', class: 'connect-timeout', error: node('ETIMEDOUT', 'connect ETIMEDOUT 10.0.0.1:443') },
  { of: 'silence on a connection that stood', class: 'reset', error: node('ETIMEDOUT', 'read ETIMEDOUT') },
  { of: 'no headers in time', class: 'headers-timeout', error: node('UND_ERR_HEADERS_TIMEOUT') },
  { of: 'silence', class: 'silence-timeout', error: node('UND_ERR_BODY_TIMEOUT'), amid: 'amid' },
  { of: 'no HTTP', class: 'bad-response', error: node('HPE_INVALID_CONSTANT', 'Expected HTTP/') },
  { of: 'cut amid the answer', class: 'truncated', error: node('UND_ERR_SOCKET', 'other side closed'), amid: 'amid' },
  { of: 'cut amid the answer', class: 'truncated', error: node('ECONNRESET'), amid: 'amid' },
]

interface Own {
  class: FailureClass
  kind: FailureKind
  failure?: Partial<Failure>
}

export const ownCases: readonly Own[] = [
  { class: 'cancelled', kind: 'cancelled' },
  { class: 'connect-timeout', kind: 'timeout', failure: { code: 'connect' } },
  { class: 'headers-timeout', kind: 'timeout', failure: { code: 'headers' } },
  { class: 'first-token-timeout', kind: 'timeout', failure: { code: 'first-token' } },
  { class: 'silence-timeout', kind: 'timeout', failure: { code: 'events' } },
  { class: 'total-timeout', kind: 'timeout', failure: { code: 'total' } },
  { class: 'internal', kind: 'internal' },
  { class: 'truncated', kind: 'truncated' },
  { class: 'bad-response', kind: 'bad-response' },
  { class: 'gateway-policy', kind: 'permission' },
  { class: 'gateway-policy', kind: 'billing' },
  { class: 'gateway-policy', kind: 'authentication' },
  { class: 'gateway-policy', kind: 'rate-limit', failure: { code: 'budget_exceeded', retryAfter: 60 } },
  { class: 'gateway-policy', kind: 'not-found', failure: { code: 'model_not_allowed' } },
  { class: 'gateway-policy', kind: 'overloaded', failure: { code: 'budget_unavailable' } },
  { class: 'endpoint-policy', kind: 'permission', failure: { code: 'partial_budget_exceeded' } },
  { class: 'rate-limited', kind: 'rate-limit', failure: { retryAfter: 3, message: 'every key rests' } },
  { class: 'invalid-request', kind: 'invalid-request' },
  { class: 'invalid-request', kind: 'not-found' },
  { class: 'unsupported-capability', kind: 'unsupported' },
  { class: 'too-large', kind: 'too-large', failure: { retryable: false } },
  { class: 'overloaded', kind: 'overloaded' },
  { class: 'server-error', kind: 'server-error' },
  { class: 'conflict', kind: 'conflict' },
]
