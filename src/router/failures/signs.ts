/**
 * How a failure is told: the first sign that fits names its class. The words and codes are those that providers use.
 *
 * @module
 */
import type { Failure, FailureKind } from '../../core/failure.ts'
import type { FailureClass } from './decisions.ts'
import { refusesReasoning } from '../endpoint/recovery.ts'

/** Everything that is there has to fit; of `code` and `words` one is enough. */
interface Sign {
  class: FailureClass
  kind?: FailureKind | readonly FailureKind[]
  status?: readonly number[]
  code?: RegExp
  /** What the message says. */
  words?: RegExp
  /** `provider`: it was read from a provider's answer; `us`: nobody but this program said it. */
  from?: 'provider' | 'us'
  /** Told amid an answer that had a good status. */
  amid?: true
  /** The body is a page of HTML. */
  page?: true
  /** Until it passes: `told` by the provider, or `long`: more than an hour, or nobody knows. */
  wait?: 'told' | 'long'
  is?: (failure: Failure) => boolean
}

/** The codes of connections that never stood, in Node, Bun and Deno, and their words where a runtime has none. */
const UNREACHABLE =
  /^(ECONNREFUSED|ENOTFOUND|EAI_\w+|EHOSTUNREACH|EHOSTDOWN|ENETUNREACH|ENETDOWN|EADDRNOTAVAIL|EPROTO|CERT_\w+|ERR_TLS_\w+|ERR_SSL_\w+|\w*SELF_SIGNED_CERT\w*|UNABLE_TO_\w+|HOSTNAME_MISMATCH|UND_ERR_PRX_TLS|ConnectionRefused|FailedToOpenSocket|DNSException)$/
const UNREACHABLE_WORDS =
  /refused|dns error|lookup address|getaddrinfo|certificate|before secure TLS connection|unable to connect|tcp connect error|failed to open socket/i

const MONEY_CODES =
  /^(Arrearage|AllocationQuota\.FreeTierOnly|exceeded_current_quota_error|insufficient_(user_)?quota|credit_limit|pre_consume_token_quota_failed|BILLING_DISABLED|usage_not_included|1113)$/i
const MONEY_WORDS =
  /insufficient.{0,12}(balance|credit|fund|quota)|balance is (insufficient|not enough|too low)|(credits?|quota|balance) (is|are) not enough|(out of|no|used all( available)?|not enough|requires more|add) credits?\b|spend(ing)? limit|billing hard limit|account.{0,40}(in arrears|overdue|good standing)|余额不足|额度不足|额度已用尽|欠费/i

const KEY_WORDS =
  /\b(api|access|secret|subscription|security)[ -]?(key|token)\b.{0,60}(invalid|incorrect|not valid|not found|expired|revoked|leaked|disabled|blocked|suspended)|(invalid|incorrect|expired|revoked|wrong) (api|access|subscription)[ -]?(key|token)|token has been revoked|account.{0,20}(deactivated|suspended|disabled)/i
const KEY_CODES =
  /^(API_KEY_INVALID|API_KEY_SERVICE_BLOCKED|invalid_api_key|account_deactivated|UnrecognizedClientException|ExpiredTokenException|InvalidSignatureException|ACCESS_TOKEN_EXPIRED|CREDENTIALS_MISSING)$/i

/** Limits that do not pass within minutes. */
const LONG_LIMIT = /per ?-?_?(day|week|month)|\b(daily|weekly|monthly)\b|limit: 0\b|usage limit|exhausted your capacity/i
const LONG_LIMIT_CODES = /^(QUOTA_EXHAUSTED|usage_limit_reached|token_quota_exceeded|request_quota_exceeded|1304|1308)$/i

const OVERLOAD_CODES =
  /^(overloaded(_error)?|engine_overloaded(_error)?|server_is_overloaded|slow_down|queue_exceeded|MODEL_CAPACITY_EXHAUSTED|service_tier_capacity_exceeded|3505|NoCapacity|ModelNotReadyException|1305)$/i
const OVERLOAD_WORDS =
  /overload|(at|over|no|exceeded|tier) capacity|capacity (exceeded|exhausted|available)|high (demand|traffic)|queue|pending requests|saturat|too busy|server (is )?busy|饱和|繁忙|负载/i

const NO_MODEL_CODES =
  /^(model_not_found|model_not_exist|model_not_supported|model_decommissioned|unavailable_model|unknown_model|invalid_model|DeploymentNotFound|1211|1500)$/i
const NO_MODEL_WORDS =
  /\bmodels?\b[:/]?\s*([`'"]?[^\s`'"]+[`'"]?\s+)?((is|was|does|has been|have been) )?(currently )?(not found|not exist|doesn't exist|not available|not supported\b(?! (by|with|for|on) this)|no longer (available|supported)|deprecated|retired|decommissioned)\b|(unknown|invalid|unsupported) model\b|not a valid model|model identifier is invalid|no available channel|no (allowed )?providers? (are )?available|无可用渠道|模型不存在/i
/** What a provider keeps for its callers, and another has not: no model is missing. */
const STORED = /^(previous_response_not_found|thread_not_found|file_not_found|container_not_found|item_not_found|conversation_not_found)$/i
const STORED_WORDS =
  /(previous response|response with id|item with id|conversation with id|file|thread|container|vector store|cached ?content|prompt).{0,100}(not found|does not exist|no longer)/i

const CANNOT_CODES =
  /^(unsupported_(parameter|value|country_code)|OperationNotSupported|unsupported_operation|model_capability_error|1212)$/i
const CANNOT_WORDS =
  /(does not|doesn't|do not|cannot|can't) (currently )?support|not supported (by|with|for|on|in) (this|the|your)|endpoints? found that (can )?(support|handle)|capability_rejected|unsupported (parameter|value|content|feature|media)|extra usage is required|on-demand throughput/i

const REFUSED_WORDS =
  /content filter|content (management )?polic|usage guidelines|safety (system|polic)|output blocked|内容安全|不安全或敏感|sensitive (content|information)|responsible ai/i

const CALLER: readonly FailureKind[] = ['invalid-request', 'not-found', 'permission', 'unsupported']

/** Most telling first. */
export const SIGNS: readonly Sign[] = [
  // this program and its client
  { class: 'cancelled', kind: 'cancelled', from: 'us' },
  { class: 'internal', kind: 'internal' },
  { class: 'connect-timeout', kind: 'timeout', code: /^connect$/ },
  { class: 'headers-timeout', kind: 'timeout', code: /^headers$/ },
  { class: 'first-token-timeout', kind: 'timeout', code: /^first-token$/ },
  { class: 'silence-timeout', kind: 'timeout', code: /^(bytes|events)$/ },
  { class: 'total-timeout', kind: 'timeout', from: 'us' },
  {
    class: 'gateway-policy',
    code: /^(policy_blocked|dlp_request_denied|gateway_policy|budget_exceeded|budget_unavailable|model_not_allowed)$/,
  },
  { class: 'endpoint-policy', code: /^partial_budget_exceeded$/, from: 'us' },
  { class: 'gateway-policy', kind: ['permission', 'billing', 'authentication', 'content-policy'], from: 'us' },

  // the way there and back
  {
    class: 'connect-timeout',
    kind: 'network',
    code: /^(UND_ERR_CONNECT_TIMEOUT|ConnectionTimeout)$/,
    words: /connect(ion)? (timed? ?out|ETIMEDOUT)/i,
  },
  { class: 'headers-timeout', kind: 'network', code: /^UND_ERR_HEADERS_TIMEOUT$/ },
  { class: 'silence-timeout', kind: 'network', code: /^UND_ERR_BODY_TIMEOUT$/ },
  { class: 'truncated', kind: 'truncated' },
  { class: 'truncated', kind: 'network', amid: true },
  { class: 'unreachable', kind: 'network', code: UNREACHABLE, words: UNREACHABLE_WORDS },
  { class: 'bad-response', kind: 'network', code: /^(HPE_\w+|UND_ERR_HEADERS_OVERFLOW|ERR_HTTP2_\w+)$/ },
  { class: 'reset', kind: 'network' },
  { class: 'bad-response', kind: 'bad-response' },
  { class: 'bad-response', page: true, status: [200, 400, 403, 404, 405, 406, 410, 415, 422] },
  { class: 'bad-response', status: [405, 407, 421] },

  // the request itself, where its words are plain
  { class: 'reasoning-refused', is: refusesReasoning },
  { class: 'context-overflow', kind: 'context-overflow' },
  { class: 'too-large', kind: 'too-large' },
  { class: 'too-large', kind: 'rate-limit', words: /request too large/i },
  { class: 'content-policy', kind: 'content-policy' },

  // money, quotas and keys
  { class: 'quota-exhausted', kind: ['rate-limit', 'billing'], code: /^(QUOTA_EXHAUSTED|usage_limit_reached|1308)$/i },
  { class: 'out-of-credit', kind: 'billing' },
  { class: 'out-of-credit', kind: [...CALLER, 'rate-limit', 'authentication'], code: MONEY_CODES, words: MONEY_WORDS },
  { class: 'key-rejected', kind: 'authentication' },
  { class: 'key-rejected', kind: ['invalid-request', 'permission'], code: KEY_CODES, words: KEY_WORDS },
  { class: 'unsupported-capability', kind: 'rate-limit', words: /extra usage is required/i },
  { class: 'overloaded', kind: ['rate-limit', 'server-error', 'overloaded'], code: OVERLOAD_CODES, words: OVERLOAD_WORDS },
  { class: 'overloaded', kind: 'overloaded', status: [498, 529] },
  { class: 'quota-exhausted', kind: 'rate-limit', wait: 'long', code: LONG_LIMIT_CODES, words: LONG_LIMIT },
  {
    class: 'quota-exhausted',
    kind: 'rate-limit',
    wait: 'long',
    is: ({ retryAfter, retryable }) => retryAfter !== undefined || retryable === false,
  },
  { class: 'rate-limited', kind: 'rate-limit', wait: 'told' },
  { class: 'rate-limited-blind', kind: 'rate-limit' },

  // the model and what it can do
  { class: 'forbidden', kind: 'not-found', status: [403] },
  { class: 'content-policy', kind: CALLER, words: REFUSED_WORDS },
  { class: 'unsupported-capability', kind: 'unsupported' },
  { class: 'unsupported-capability', status: [501] },
  { class: 'model-missing', kind: [...CALLER, 'server-error', 'overloaded'], code: NO_MODEL_CODES, words: NO_MODEL_WORDS },
  { class: 'unsupported-capability', kind: ['invalid-request', 'not-found'], code: CANNOT_CODES, words: CANNOT_WORDS },
  { class: 'forbidden', kind: 'permission' },
  { class: 'forbidden', status: [451] },
  { class: 'invalid-request', kind: 'not-found', code: STORED, words: STORED_WORDS },
  { class: 'model-missing', kind: 'not-found', from: 'provider' },
  { class: 'model-missing', status: [410] },

  // the provider
  { class: 'conflict', kind: 'conflict' },
  { class: 'conflict', status: [425] },
  { class: 'request-timeout', status: [408] },
  { class: 'stream-error', kind: ['server-error', 'timeout', 'overloaded'], amid: true },
  { class: 'server-error', kind: ['server-error', 'timeout', 'overloaded', 'cancelled'] },
  { class: 'invalid-request' },
]

/** In seconds. No request waits so long for a limit to pass. */
const LONG_WAIT = 3600

const includes = <T>(list: T | readonly T[], value: T): boolean => (Array.isArray(list) ? list.includes(value) : list === value)

const isPage = ({ source }: Failure): boolean =>
  typeof source?.body === 'string' && /^\s*<(!doctype|html|head|body|\?xml)/i.test(source.body)

export function fits(sign: Sign, failure: Failure): boolean {
  const { kind, status, code, message, retryAfter } = failure
  if (sign.kind !== undefined && !includes(sign.kind, kind)) return false
  if (sign.status && !sign.status.includes(status)) return false
  if ((sign.code ?? sign.words) && !(code !== undefined && sign.code?.test(code)) && !sign.words?.test(message)) return false
  if (sign.from && (sign.from === 'provider') !== (failure.source !== undefined)) return false
  if (sign.amid && !failure.amid) return false
  if (sign.page && !isPage(failure)) return false
  if (sign.wait === 'told' && retryAfter === undefined) return false
  if (sign.wait === 'long' && retryAfter !== undefined && retryAfter <= LONG_WAIT) return false
  return sign.is?.(failure) ?? true
}
