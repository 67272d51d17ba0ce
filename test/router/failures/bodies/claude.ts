import { page, type Case } from './case.ts'

const error = (type: string, message: string, more: object = {}) => ({
  type: 'error',
  error: { type, message, ...more },
  request_id: 'req_011CUzYtcGn2Sy',
})
const google = (code: number, status: string, message: string) => [{ error: { code, message, status } }]
const LIMITS = {
  'anthropic-ratelimit-requests-limit': '50',
  'anthropic-ratelimit-requests-remaining': '49',
  'anthropic-ratelimit-requests-reset': '2026-11-21T12:00:01Z',
  'anthropic-ratelimit-input-tokens-limit': '50000',
  'anthropic-ratelimit-input-tokens-remaining': '0',
  'anthropic-ratelimit-input-tokens-reset': '2026-11-21T12:00:42Z',
}

/** @see https://platform.claude.com/docs/en/api/errors */
export const claude: readonly Case[] = [
  {
    of: 'Anthropic',
    class: 'invalid-request',
    status: 400,
    body: error('invalid_request_error', 'messages: at least one message is required'),
  },
  {
    of: 'Anthropic, whose words sound like those of other failures',
    class: 'invalid-request',
    status: 400,
    body: error('invalid_request_error', 'messages.3: the model output references the tool `queue`, which does not exist'),
  },
  {
    of: 'Anthropic, whose words sound like those of other failures',
    class: 'invalid-request',
    status: 400,
    body: error('invalid_request_error', 'tools.0.custom.description: String should have at most 1024 characters, per day and credit card'),
  },
  { of: 'Anthropic', class: 'invalid-request', status: 422, body: { detail: 'bad field' } },
  {
    of: 'Anthropic',
    class: 'context-overflow',
    status: 400,
    body: error('invalid_request_error', 'prompt is too long: 210000 tokens > 200000 maximum'),
  },
  {
    of: 'Anthropic',
    class: 'context-overflow',
    status: 400,
    body: error(
      'invalid_request_error',
      'input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000, decrease input length',
    ),
  },
  {
    of: 'Anthropic',
    class: 'reasoning-refused',
    status: 400,
    body: error('invalid_request_error', 'messages.1.content.0: Invalid `signature` in `thinking` block'),
  },
  {
    of: 'Anthropic',
    class: 'unsupported-capability',
    status: 400,
    body: error(
      'invalid_request_error',
      'This model does not support assistant message prefill. The conversation must end with a user message.',
    ),
  },
  { of: 'Anthropic', class: 'unsupported-capability', status: 501, body: error('not_supported', 'Counting tokens is not supported here.') },
  {
    of: 'Anthropic',
    class: 'content-policy',
    status: 400,
    body: error('invalid_request_error', 'Output blocked by content filtering policy'),
  },
  {
    of: 'Anthropic',
    class: 'out-of-credit',
    status: 400,
    body: error(
      'invalid_request_error',
      'Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits.',
    ),
  },
  {
    of: "Anthropic, a workspace's limit",
    class: 'out-of-credit',
    status: 400,
    body: error(
      'invalid_request_error',
      'You have reached your specified workspace API usage limits. You will regain access on 2026-12-01 at 00:00 UTC.',
    ),
    seconds: 9.5 * 86_400,
  },
  {
    of: 'Anthropic, a limit on spending',
    class: 'out-of-credit',
    status: 429,
    body: error('rate_limit_error', 'Monthly spend limit reached.', { details: { error_code: 'enforced_spend_limit_reached' } }),
  },
  { of: 'Anthropic', class: 'out-of-credit', status: 402, body: error('billing_error', 'Your payment method was declined.') },
  { of: 'Anthropic', class: 'key-rejected', status: 401, body: error('authentication_error', 'invalid x-api-key') },
  {
    of: 'Anthropic',
    class: 'key-rejected',
    status: 403,
    body: error('permission_error', 'OAuth token has been revoked. Please obtain a new token.'),
  },
  {
    of: 'Anthropic',
    class: 'forbidden',
    status: 403,
    body: error('permission_error', 'Your API key does not have permission to use the specified resource.'),
  },
  {
    of: 'Anthropic, from a country that is not served',
    class: 'forbidden',
    status: 403,
    body: { error: { type: 'forbidden', message: 'Request not allowed' } },
  },
  { of: 'Anthropic', class: 'model-missing', status: 404, body: error('not_found_error', 'model: claude-1') },
  {
    of: 'Anthropic',
    class: 'invalid-request',
    status: 404,
    body: error('not_found_error', 'File not found: file_011CNha8iCJcU1wXNR6q4V8w'),
  },
  { of: 'Anthropic', class: 'conflict', status: 409, body: error('conflict_error', 'The resource was changed meanwhile.') },
  { of: 'Anthropic', class: 'too-large', status: 413, body: error('request_too_large', 'Request exceeds the maximum size') },
  {
    of: 'Anthropic',
    class: 'rate-limited',
    status: 429,
    headers: { 'retry-after': '7', 'x-should-retry': 'true', ...LIMITS },
    body: error('rate_limit_error', "This request would exceed your organization's rate limit of 50,000 input tokens per minute."),
    seconds: 7,
  },
  {
    of: 'Anthropic, by the window that is used up',
    class: 'rate-limited',
    status: 429,
    headers: LIMITS,
    body: error('rate_limit_error', 'Number of request tokens has exceeded your per-minute rate limit'),
    seconds: 42,
  },
  {
    of: 'Anthropic, the week of a subscription',
    class: 'quota-exhausted',
    status: 429,
    headers: {
      'anthropic-ratelimit-unified-status': 'rejected',
      'anthropic-ratelimit-unified-reset': '1795435200',
      'anthropic-ratelimit-unified-5h-status': 'allowed',
      'anthropic-ratelimit-unified-5h-reset': '1795266000',
      'anthropic-ratelimit-unified-representative-claim': 'seven_day',
    },
    body: error('rate_limit_error', "This request would exceed your account's rate limit. Please try again later."),
    seconds: 172_800,
  },
  {
    of: 'Anthropic',
    class: 'rate-limited-blind',
    status: 429,
    body: error('rate_limit_error', 'Number of concurrent connections has exceeded your rate limit.'),
  },
  {
    of: 'Anthropic, a long context that the plan does not hold',
    class: 'unsupported-capability',
    status: 429,
    body: error('rate_limit_error', 'Extra usage is required for long context requests.'),
  },
  { of: 'Anthropic', class: 'server-error', status: 500, body: error('api_error', 'Internal server error') },
  { of: 'Anthropic', class: 'server-error', status: 504, body: error('timeout_error', 'Request timed out') },
  { of: 'Anthropic', class: 'overloaded', status: 529, body: error('overloaded_error', 'Overloaded') },
  { of: 'Cloudflare before Anthropic', class: 'server-error', status: 520, body: page('Web server is returning an unknown error') },
  { of: 'Cloudflare, shutting somebody out', class: 'bad-response', status: 403, body: page('Attention Required! | Cloudflare') },
  { of: 'a wrong base URL', class: 'bad-response', status: 404, body: page('404 Not Found') },
  { of: 'a wrong base URL', class: 'bad-response', status: 405, body: { detail: 'Method Not Allowed' } },
  { of: 'nginx', class: 'server-error', status: 503, body: page('503 Service Temporarily Unavailable') },
  { of: 'nginx', class: 'too-large', status: 413, body: page('413 Request Entity Too Large') },
  {
    of: 'a gateway',
    class: 'gateway-policy',
    status: 403,
    body: error('policy_blocked', 'Blocked by policy.', { code: 'dlp_request_denied' }),
  },

  // Claude on Vertex
  {
    of: 'Vertex',
    class: 'rate-limited-blind',
    status: 429,
    body: google(
      429,
      'RESOURCE_EXHAUSTED',
      'Quota exceeded for aiplatform.googleapis.com/online_prediction_requests_per_base_model with base model: anthropic-claude-sonnet-4.',
    ),
  },
  {
    of: 'Vertex',
    class: 'key-rejected',
    status: 401,
    body: google(401, 'UNAUTHENTICATED', 'Request had invalid authentication credentials.'),
  },
  {
    of: 'Vertex',
    class: 'forbidden',
    status: 403,
    body: google(403, 'PERMISSION_DENIED', "Permission 'aiplatform.endpoints.predict' denied on resource."),
  },
  {
    of: 'Vertex',
    class: 'model-missing',
    status: 404,
    body: google(
      404,
      'NOT_FOUND',
      'Publisher Model `projects/p/locations/us-east5/publishers/anthropic/models/x` was not found or your project does not have access to it.',
    ),
  },

  // Claude on Bedrock
  {
    of: 'Bedrock',
    class: 'rate-limited-blind',
    status: 429,
    headers: { 'x-amzn-errortype': 'ThrottlingException:http://internal.amazon.com/coral/com.amazon.bedrock/' },
    body: { message: 'Too many requests, please wait before trying again.' },
  },
  {
    of: 'Bedrock, with another status',
    class: 'rate-limited-blind',
    status: 400,
    headers: { 'x-amzn-errortype': 'ThrottlingException' },
    body: { message: 'Too many tokens, please wait before trying again.' },
  },
  {
    of: 'Bedrock',
    class: 'context-overflow',
    status: 400,
    headers: { 'x-amzn-errortype': 'ValidationException' },
    body: { message: 'Input is too long for requested model.' },
  },
  {
    of: 'Bedrock',
    class: 'model-missing',
    status: 400,
    headers: { 'x-amzn-errortype': 'ValidationException' },
    body: { message: 'The provided model identifier is invalid.' },
  },
  {
    of: 'Bedrock',
    class: 'forbidden',
    status: 403,
    headers: { 'x-amzn-errortype': 'AccessDeniedException' },
    body: { message: "You don't have access to the model with the specified model ID." },
  },
  {
    of: 'Bedrock',
    class: 'key-rejected',
    status: 403,
    body: {
      __type: 'com.amazon.coral.service#UnrecognizedClientException',
      message: 'The security token included in the request is invalid.',
    },
  },
  {
    of: 'Bedrock',
    class: 'overloaded',
    status: 429,
    headers: { 'x-amzn-errortype': 'ModelNotReadyException' },
    body: { message: 'The model is not ready to serve inference requests.' },
  },
  {
    of: 'Bedrock',
    class: 'request-timeout',
    status: 408,
    headers: { 'x-amzn-errortype': 'ModelTimeoutException' },
    body: { message: 'The request took too long to process.' },
  },
  {
    of: 'Bedrock',
    class: 'server-error',
    status: 424,
    headers: { 'x-amzn-errortype': 'ModelErrorException' },
    body: { message: 'The model failed.' },
  },

  // those who speak Claude's protocol with words of their own
  {
    of: 'GLM',
    class: 'out-of-credit',
    status: 429,
    body: { error: { code: '1113', message: 'Insufficient balance or no resource package. Please recharge.' } },
  },
  {
    of: 'GLM',
    class: 'overloaded',
    status: 429,
    body: { error: { code: '1305', message: 'The service may be temporarily overloaded, please try again later' } },
  },
  {
    of: 'GLM, a plan by the hour',
    class: 'quota-exhausted',
    status: 429,
    body: { error: { code: '1308', message: 'Usage limit reached for 5 hour. Your limit will reset at 2026-11-21 16:46:30' } },
  },
  {
    of: 'DeepSeek',
    class: 'out-of-credit',
    status: 402,
    body: { error: { message: 'Insufficient Balance', type: 'unknown_error', param: null, code: 'invalid_request_error' } },
  },
  {
    of: 'Moonshot',
    class: 'overloaded',
    status: 429,
    body: {
      error: { type: 'engine_overloaded_error', message: 'The engine is currently overloaded, please try again later' },
      type: 'error',
    },
  },
  {
    of: 'a gateway with its own billing',
    class: 'out-of-credit',
    status: 403,
    body: { error: { type: 'new_api_error', message: 'token quota is not enough, remain quota: 0.01' } },
  },
]

/** Amid an answer that had a good status. */
export const claudeAmid: readonly Pick<Case, 'class' | 'body'>[] = [
  { class: 'overloaded', body: error('overloaded_error', 'Overloaded') },
  { class: 'stream-error', body: error('api_error', 'Internal server error') },
  { class: 'rate-limited-blind', body: error('rate_limit_error', 'Too fast') },
  { class: 'context-overflow', body: error('invalid_request_error', 'prompt is too long: 210000 tokens > 200000 maximum') },
]
