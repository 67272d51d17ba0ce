/**
 * What the codes of providers mean. Those who speak somebody else's protocol mostly keep codes of their own, whatever status comes with them.
 *
 * @module
 */
import type { FailureKind } from './failure.ts'
import { objectOf, stringOf } from './json.ts'

/** Lower case. Codes in digits are only those that no two providers use for different things. */
const CODES: Partial<Record<FailureKind, string>> = {
  authentication: `invalid_api_key invalidapikey invalid_authentication_error account_deactivated unrecognizedclientexception
    expiredtokenexception invalidsignatureexception`,
  billing: `insufficient_quota insufficient_user_quota credit_balance_exhausted billing_hard_limit_reached billing_not_active
    exceeded_current_quota_error arrearage allocationquota.freetieronly credit_limit workspace_spend_limit_reached
    organization_spend_limit_reached linked_organization_spend_limit_reached contract_spend_limit_reached enforced_spend_limit_reached
    1113`,
  permission: 'accessdeniedexception permission_denied_error 1220',
  'rate-limit': `rate_limit_exceeded rate_limit_reached_error rate_limited ratelimitreached too_many_requests limit_requests
    limit_burst_rate throttling throttling.ratequota throttling.allocationquota throttling.user throttlingexception
    servicequotaexceededexception model_cooldown 1302 1303 1304 1308`,
  overloaded: `engine_overloaded engine_overloaded_error server_is_overloaded overloaded overloaded_error queue_exceeded
    service_tier_capacity_exceeded nocapacity modelnotreadyexception serviceunavailableexception 1305`,
  'server-error': 'modelerrorexception internalserverexception',
  // Groq: the model called a tool in a form that cannot be read
  'bad-response': 'tool_use_failed',
  timeout: 'modeltimeoutexception',
  'not-found': 'model_not_found deploymentnotfound modelnotfound unavailable_model 1211',
  'content-policy': `content_filter content_policy_violation data_inspection_failed datainspectionfailed
    responsibleaipolicyviolation sensitive_words_detected 1301 1026 1027`,
  'context-overflow': 'context_length_exceeded model_max_prompt_tokens_exceeded 1261',
}

const KIND_OF_CODE: ReadonlyMap<string, FailureKind> = new Map(
  Object.entries(CODES).flatMap(([kind, codes]) => codes.split(/\s+/).map((code) => [code, kind as FailureKind] as const)),
)

/** The kind that a provider's code or type tells; `undefined` where it tells none. */
export const kindOfCode = (code: string | undefined): FailureKind | undefined =>
  code === undefined ? undefined : KIND_OF_CODE.get(code.toLowerCase())

/** The code that Bedrock tells in a header, or in the body's `__type`: `ThrottlingException:http://…`. */
export const awsCode = (headers: Headers, body: unknown): string | undefined =>
  (headers.get('x-amzn-errortype') ?? stringOf(objectOf(body)?.['__type']))?.split(':')[0]?.split('#').at(-1)
