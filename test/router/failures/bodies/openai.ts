import { page, type Case } from './case.ts'

const error = (code: string | number | null, type: string | null, message: string, more: object = {}) => ({
  error: { message, type, param: null, code, ...more },
})
const INVALID = 'invalid_request_error'

/** What OpenAI says in both of its APIs. @see https://platform.openai.com/docs/guides/error-codes/api-errors */
const both: readonly Case[] = [
  {
    of: 'OpenAI',
    class: 'invalid-request',
    status: 400,
    body: error('invalid_type', INVALID, "Invalid type for 'messages': expected an array of objects, but got an integer instead."),
  },
  {
    of: 'OpenAI',
    class: 'invalid-request',
    status: 400,
    body: error(
      'string_above_max_length',
      INVALID,
      "Invalid 'tools[0].function.name': string too long. Expected a string with maximum length 64.",
    ),
  },
  {
    of: 'OpenAI',
    class: 'unsupported-capability',
    status: 400,
    body: error('unsupported_parameter', INVALID, "Unsupported parameter: 'temperature' is not supported with this model."),
  },
  {
    of: 'OpenAI',
    class: 'context-overflow',
    status: 400,
    body: error(
      'context_length_exceeded',
      INVALID,
      "This model's maximum context length is 128000 tokens. However, your messages resulted in 131072 tokens.",
    ),
  },
  {
    of: 'OpenAI',
    class: 'content-policy',
    status: 400,
    body: error('content_policy_violation', INVALID, 'Your request was rejected as a result of our safety system.'),
  },
  {
    of: 'OpenAI',
    class: 'out-of-credit',
    status: 400,
    body: error('billing_hard_limit_reached', INVALID, 'Billing hard limit has been reached.'),
  },
  { of: 'OpenAI', class: 'key-rejected', status: 401, body: error('invalid_api_key', INVALID, 'Incorrect API key provided: sk-****.') },
  {
    of: 'OpenAI',
    class: 'key-rejected',
    status: 401,
    body: error('account_deactivated', INVALID, 'The OpenAI account associated with this API key has been deactivated.'),
  },
  {
    of: 'OpenAI',
    class: 'forbidden',
    status: 403,
    body: error('unsupported_country_region_territory', 'request_forbidden', 'Country, region, or territory not supported'),
  },
  {
    of: 'OpenAI',
    class: 'forbidden',
    status: 403,
    body: error('model_not_found', INVALID, 'Project `proj_x` does not have access to model `gpt-5.2`'),
  },
  {
    of: 'OpenAI',
    class: 'model-missing',
    status: 404,
    body: error('model_not_found', INVALID, 'The model `gpt-x` does not exist or you do not have access to it.'),
  },
  {
    of: 'OpenAI',
    class: 'conflict',
    status: 409,
    body: error('conflict', INVALID, 'The resource was updated by another request. Please try again.'),
  },
  { of: 'OpenAI', class: 'request-timeout', status: 408, body: error(null, 'timeout', 'Request timed out.') },
  { of: 'OpenAI', class: 'too-large', status: 413, body: error('request_too_large', INVALID, 'Request body is too large.') },
  {
    of: 'OpenAI, one request over the limit',
    class: 'too-large',
    status: 429,
    body: error(
      'rate_limit_exceeded',
      'tokens',
      'Request too large for gpt-4o in organization org-x on tokens per min (TPM): Limit 30000, Requested 35000.',
    ),
  },
  {
    of: 'OpenAI',
    class: 'rate-limited',
    status: 429,
    body: error(
      'rate_limit_exceeded',
      'requests',
      'Rate limit reached for gpt-5.2 in organization org-x on requests per min (RPM): Limit 3, Used 3, Requested 1. Please try again in 1m2.5s.',
    ),
    seconds: 62.5,
  },
  {
    of: 'OpenAI, by the window that is used up',
    class: 'rate-limited',
    status: 429,
    headers: {
      'x-ratelimit-remaining-requests': '499',
      'x-ratelimit-reset-requests': '120ms',
      'x-ratelimit-remaining-tokens': '0',
      'x-ratelimit-reset-tokens': '6m0s',
    },
    body: error('rate_limit_exceeded', 'tokens', 'Rate limit reached for gpt-5.2.'),
    seconds: 360,
  },
  {
    of: 'OpenAI',
    class: 'rate-limited',
    status: 429,
    headers: { 'retry-after-ms': '1500', 'retry-after': '2' },
    body: error('rate_limit_exceeded', 'requests', 'Slow.'),
    seconds: 1.5,
  },
  { of: 'OpenAI', class: 'rate-limited-blind', status: 429, body: error('rate_limit_exceeded', 'requests', 'Rate limit reached.') },
  {
    of: 'OpenAI',
    class: 'out-of-credit',
    status: 429,
    body: error('insufficient_quota', 'insufficient_quota', 'You exceeded your current quota, please check your plan and billing details.'),
  },
  {
    of: 'OpenAI',
    class: 'out-of-credit',
    status: 429,
    body: error('credit_balance_exhausted', 'insufficient_quota', 'Your credit balance is used up.'),
  },
  {
    of: 'OpenAI',
    class: 'server-error',
    status: 500,
    body: error('server_error', 'server_error', 'The server had an error while processing your request. Sorry about that!'),
  },
  { of: 'OpenAI', class: 'server-error', status: 502, body: page('502 Bad Gateway') },
  { of: 'OpenAI', class: 'server-error', status: 503, body: '' },
  { of: 'OpenAI', class: 'server-error', status: 504, body: error(null, 'timeout', 'The request timed out at the gateway.') },
  {
    of: 'OpenAI',
    class: 'overloaded',
    status: 503,
    body: error('server_is_overloaded', 'service_unavailable_error', 'Our servers are currently overloaded. Please try again later.'),
  },
  { of: 'a wrong base URL', class: 'bad-response', status: 404, body: page('404 Not Found') },
  { of: 'a proxy that asks who goes there', class: 'bad-response', status: 407, body: '' },
  { of: 'a look-alike', class: 'unsupported-capability', status: 501, body: '' },
  { of: 'a look-alike', class: 'model-missing', status: 410, body: error(null, null, 'Gone') },
  { of: 'a look-alike', class: 'forbidden', status: 451, body: error(null, null, 'Unavailable for legal reasons') },
  { of: 'a look-alike', class: 'conflict', status: 425, body: error(null, null, 'Too early') },
]

const REASONED = { metadata: { reasons: ['violence'], flagged_input: '…', provider_name: 'OpenAI' } }

export const openai: readonly Case[] = [
  ...both,
  {
    of: 'Azure',
    class: 'rate-limited',
    status: 429,
    headers: { 'x-ms-retry-after-ms': '20000' },
    body: {
      error: {
        code: '429',
        message: 'Requests to the ChatCompletions_Create Operation have exceeded the token rate limit of your current S0 pricing tier.',
      },
    },
    seconds: 20,
  },
  {
    of: 'Azure, in words',
    class: 'rate-limited',
    status: 429,
    body: {
      error: { code: 'RateLimitReached', message: 'Your requests have exceeded the call rate limit. Please retry after 20 seconds.' },
    },
    seconds: 20,
  },
  {
    of: 'Azure',
    class: 'model-missing',
    status: 404,
    body: { error: { code: 'DeploymentNotFound', message: 'The API deployment for this resource does not exist.' } },
  },
  {
    of: 'Azure',
    class: 'content-policy',
    status: 400,
    body: error(
      'content_filter',
      null,
      "The response was filtered due to the prompt triggering Azure OpenAI's content management policy.",
      { status: 400, innererror: { code: 'ResponsibleAIPolicyViolation' } },
    ),
  },
  {
    of: 'Azure',
    class: 'key-rejected',
    status: 401,
    body: { error: { code: '401', message: 'Access denied due to invalid subscription key or wrong API endpoint.' } },
  },
  {
    of: 'Azure',
    class: 'unsupported-capability',
    status: 400,
    body: { error: { code: 'OperationNotSupported', message: 'The chatCompletion operation does not work with the specified model, x.' } },
  },
  {
    of: 'Azure',
    class: 'overloaded',
    status: 429,
    body: { error: { code: 'NoCapacity', message: 'The system is currently experiencing high demand and cannot process your request.' } },
  },
  {
    of: 'OpenRouter',
    class: 'out-of-credit',
    status: 402,
    body: error(
      402,
      null,
      'This request requires more credits, or fewer max_tokens. You requested up to 64000 tokens, but can only afford 100.',
    ),
  },
  {
    of: 'OpenRouter',
    class: 'content-policy',
    status: 403,
    body: error(403, null, 'openai/gpt-5.2 requires moderation on OpenAI. Your input was flagged for "violence".', REASONED),
  },
  {
    of: 'OpenRouter',
    class: 'rate-limited',
    status: 429,
    body: error(429, null, 'Rate limit exceeded: free-models-per-min.', {
      metadata: {
        headers: {
          'X-RateLimit-Limit': '20',
          'X-RateLimit-Remaining': '0',
          'X-RateLimit-Reset': String(Date.UTC(2026, 10, 21, 12, 0, 25)),
        },
      },
    }),
    seconds: 25,
  },
  {
    of: 'OpenRouter, a day',
    class: 'quota-exhausted',
    status: 429,
    body: error(429, null, 'Rate limit exceeded: free-models-per-day. Add 10 credits to unlock 1000 free model requests per day', {
      metadata: { headers: { 'X-RateLimit-Reset': String(Date.UTC(2026, 10, 22)) } },
    }),
    seconds: 43_200,
  },
  {
    of: 'OpenRouter',
    class: 'rate-limited-blind',
    status: 429,
    body: error(429, null, 'Provider returned error', {
      metadata: { raw: 'x is temporarily rate-limited upstream. Please retry shortly.', provider_name: 'x' },
    }),
  },
  { of: 'OpenRouter', class: 'model-missing', status: 400, body: error(400, null, 'x/y is not a valid model ID') },
  {
    of: 'OpenRouter',
    class: 'unsupported-capability',
    status: 404,
    body: error(404, null, 'No endpoints found that support tool use. To learn more about provider routing, visit …'),
  },
  { of: 'OpenRouter', class: 'server-error', status: 502, body: error(502, null, 'Provider returned error') },
  { of: 'OpenRouter', class: 'request-timeout', status: 408, body: error(408, null, 'Your request timed out') },
  { of: 'OpenRouter', class: 'key-rejected', status: 401, body: error(401, null, 'No auth credentials found') },
  { of: 'DeepSeek', class: 'out-of-credit', status: 402, body: error('invalid_request_error', 'unknown_error', 'Insufficient Balance') },
  { of: 'DeepSeek', class: 'model-missing', status: 400, body: error('invalid_request_error', INVALID, 'Model Not Exist') },
  {
    of: 'DeepSeek',
    class: 'key-rejected',
    status: 401,
    body: error('invalid_request_error', 'authentication_error', 'Authentication Fails, Your api key: ****x is invalid'),
  },
  {
    of: 'DeepSeek',
    class: 'invalid-request',
    status: 422,
    body: error('invalid_request_error', INVALID, 'Failed to deserialize the JSON body into the target type'),
  },
  {
    of: 'Groq',
    class: 'rate-limited',
    status: 429,
    headers: { 'retry-after': '2', 'x-ratelimit-remaining-requests': '14370', 'x-ratelimit-reset-requests': '2m59.56s' },
    body: error(
      'rate_limit_exceeded',
      'tokens',
      'Rate limit reached for model `x` on tokens per minute (TPM): Limit 6000, Used 5990. Please try again in 1.9s.',
    ),
    seconds: 2,
  },
  {
    of: 'Groq, in words',
    class: 'rate-limited',
    status: 429,
    body: error(
      'rate_limit_exceeded',
      'tokens',
      'Rate limit reached for model `x` on tokens per day (TPD): Limit 100000, Used 99000. Please try again in 1m2.5s.',
    ),
    seconds: 62.5,
  },
  {
    of: 'Groq',
    class: 'too-large',
    status: 413,
    body: error('rate_limit_exceeded', 'tokens', 'Request too large for model `x` on tokens per minute (TPM): Limit 6000, Requested 10000'),
  },
  { of: 'Groq', class: 'overloaded', status: 498, body: error('capacity_exceeded', 'flex', 'x is currently over capacity') },
  {
    of: 'Groq',
    class: 'model-missing',
    status: 400,
    body: error('model_decommissioned', INVALID, 'The model `x` has been decommissioned and is no longer supported.'),
  },
  {
    of: 'Mistral',
    class: 'rate-limited-blind',
    status: 429,
    body: { object: 'error', message: 'Requests rate limit exceeded', type: 'rate_limited', param: null, code: '1300' },
  },
  {
    of: 'Mistral',
    class: 'overloaded',
    status: 429,
    body: {
      object: 'error',
      message: 'Service tier capacity exceeded for this model.',
      type: 'service_tier_capacity_exceeded',
      code: '3505',
    },
  },
  {
    of: 'Mistral',
    class: 'model-missing',
    status: 400,
    body: { object: 'error', message: 'Invalid model: x', type: 'invalid_model', param: null, code: '1500' },
  },
  {
    of: 'Mistral',
    class: 'invalid-request',
    status: 422,
    body: { detail: [{ type: 'extra_forbidden', loc: ['body', 'x'], msg: 'Extra inputs are not permitted' }] },
  },
  {
    of: 'xAI',
    class: 'key-rejected',
    status: 400,
    body: {
      code: 'Client specified an invalid argument',
      error: 'Incorrect API key provided: xa***. You can obtain an API key from https://console.x.ai.',
    },
  },
  {
    of: 'xAI',
    class: 'out-of-credit',
    status: 403,
    body: {
      code: 'The caller does not have permission to execute the specified operation',
      error: 'Your team x has either used all available credits or reached its monthly spending limit.',
    },
  },
  { of: 'xAI', class: 'content-policy', status: 403, body: { code: 'permission_denied', error: 'Content violates usage guidelines.' } },
  {
    of: 'xAI',
    class: 'model-missing',
    status: 404,
    body: { code: 'Some requested entity was not found', error: 'The model x does not exist or your team y does not have access to it.' },
  },
  {
    of: 'Moonshot',
    class: 'out-of-credit',
    status: 429,
    body: error(null, 'exceeded_current_quota_error', 'Your account is suspended, please check your plan and billing details'),
  },
  {
    of: 'Moonshot',
    class: 'rate-limited',
    status: 429,
    body: error(null, 'rate_limit_reached_error', 'Your account reached organization max RPM: 3, please try again after 1 seconds'),
    seconds: 1,
  },
  {
    of: 'Moonshot',
    class: 'overloaded',
    status: 429,
    body: error(null, 'engine_overloaded_error', 'The engine is currently overloaded, please try again later'),
  },
  {
    of: 'Moonshot',
    class: 'context-overflow',
    status: 400,
    body: error(null, INVALID, 'Invalid request: Your request exceeded model token limit: 131072 (requested: 140000)'),
  },
  {
    of: 'Qwen',
    class: 'out-of-credit',
    status: 400,
    body: { code: 'Arrearage', message: 'Access denied, please make sure your account is in good standing.', request_id: 'r' },
  },
  {
    of: 'Qwen',
    class: 'rate-limited-blind',
    status: 429,
    body: error('limit_requests', 'limit_requests', 'You exceeded your current requests list.'),
  },
  {
    of: 'Qwen',
    class: 'rate-limited-blind',
    status: 429,
    body: { code: 'Throttling.RateQuota', message: 'Requests rate limit exceeded, please try again later.', request_id: 'r' },
  },
  {
    of: 'Qwen',
    class: 'content-policy',
    status: 400,
    body: error('data_inspection_failed', 'data_inspection_failed', 'Input data may contain inappropriate content.'),
  },
  {
    of: 'Qwen',
    class: 'context-overflow',
    status: 400,
    body: error('invalid_parameter_error', INVALID, 'Range of input length should be [1, 98304]'),
  },
  {
    of: 'Qwen',
    class: 'key-rejected',
    status: 401,
    body: { code: 'InvalidApiKey', message: 'Invalid API-key provided.', request_id: 'r' },
  },
  { of: 'GLM', class: 'out-of-credit', status: 429, body: { error: { code: '1113', message: '余额不足或无可用资源包,请充值。' } } },
  { of: 'GLM', class: 'rate-limited-blind', status: 429, body: { error: { code: '1302', message: '您当前使用该API的并发数过高' } } },
  { of: 'GLM', class: 'quota-exhausted', status: 429, body: { error: { code: '1304', message: '该API当天调用次数已达上限' } } },
  {
    of: 'GLM',
    class: 'content-policy',
    status: 400,
    body: {
      contentFilter: [{ level: 1, role: 'user' }],
      error: { code: '1301', message: '系统检测到输入或生成内容可能包含不安全或敏感内容' },
    },
  },
  { of: 'GLM', class: 'model-missing', status: 400, body: { error: { code: '1211', message: '模型不存在,请检查模型代码。' } } },
  { of: 'GLM', class: 'context-overflow', status: 400, body: { error: { code: '1261', message: 'Prompt exceeds max length' } } },
  { of: 'GLM', class: 'invalid-request', status: 400, body: { error: { code: '1210', message: 'Invalid API parameter' } } },
  {
    of: 'SiliconFlow',
    class: 'out-of-credit',
    status: 403,
    body: { code: 30001, message: 'Sorry, your account balance is insufficient', data: null },
  },
  {
    of: 'Perplexity',
    class: 'out-of-credit',
    status: 401,
    body: error(401, 'insufficient_quota', 'You exceeded your current quota, please check your plan and billing details.'),
  },
  {
    of: 'Cerebras',
    class: 'overloaded',
    status: 429,
    body: {
      message: "We're experiencing high traffic right now! Please try again soon.",
      type: 'too_many_requests_error',
      param: 'queue',
      code: 'queue_exceeded',
    },
  },
  {
    of: 'Cerebras, the tokens of a day',
    class: 'quota-exhausted',
    status: 429,
    headers: { 'x-ratelimit-remaining-tokens-day': '0', 'x-ratelimit-reset-tokens-day': '33011.38' },
    body: {
      message: 'Tokens per day limit exceeded - too many tokens processed.',
      type: 'too_many_tokens_error',
      param: 'quota',
      code: 'token_quota_exceeded',
    },
    seconds: 33_011.38,
  },
  { of: 'Ollama', class: 'model-missing', status: 404, body: error(null, 'api_error', "model 'x' not found") },
  { of: 'Ollama', class: 'overloaded', status: 503, body: { error: 'server busy, please try again. maximum pending requests exceeded' } },
  {
    of: 'vLLM',
    class: 'model-missing',
    status: 404,
    body: { object: 'error', message: 'The model `x` does not exist.', type: 'NotFoundError', param: null, code: 404 },
  },
  {
    of: 'SGLang',
    class: 'overloaded',
    status: 503,
    body: { object: 'error', message: 'The request queue is full.', type: 'ServiceUnavailableError', code: 503 },
  },
  {
    of: 'llama.cpp',
    class: 'context-overflow',
    status: 400,
    body: error(400, 'exceed_context_size_error', 'the request exceeds the available context size', { n_prompt_tokens: 9000, n_ctx: 4096 }),
  },
  {
    of: 'Gemini as OpenAI',
    class: 'overloaded',
    status: 503,
    body: [{ error: { code: 503, message: 'The model is overloaded. Please try again later.', status: 'UNAVAILABLE' } }],
  },
  {
    of: 'Bedrock as OpenAI',
    class: 'rate-limited-blind',
    status: 400,
    headers: { 'x-amzn-errortype': 'ThrottlingException' },
    body: { message: 'Too many requests, please wait before trying again.' },
  },
  {
    of: 'a gateway',
    class: 'rate-limited',
    status: 429,
    body: error('model_cooldown', null, 'All credentials for model x are cooling down', { reset_seconds: 17 }),
    seconds: 17,
  },
  {
    of: 'a gateway',
    class: 'model-missing',
    status: 503,
    body: error('model_not_found', 'new_api_error', 'No available channel for model x under group default'),
  },
  {
    of: 'a gateway',
    class: 'out-of-credit',
    status: 403,
    body: error('insufficient_user_quota', 'new_api_error', '用户额度不足, 剩余额度: $0.00'),
  },
  { of: 'a gateway', class: 'overloaded', status: 500, body: error(null, 'new_api_error', '当前分组上游负载已饱和,请稍后再试') },
  {
    of: 'Fireworks',
    class: 'out-of-credit',
    status: 412,
    body: error(
      null,
      'error',
      'Account x is suspended, possibly due to reaching the monthly spending limit or failure to pay past invoices.',
    ),
  },
]

export const responses: readonly Case[] = [
  ...both,
  {
    of: 'OpenAI',
    class: 'reasoning-refused',
    status: 400,
    body: error('invalid_encrypted_content', INVALID, 'The encrypted content gAAA… could not be verified.'),
  },
  {
    of: 'OpenAI',
    class: 'invalid-request',
    status: 400,
    body: error('previous_response_not_found', INVALID, "Previous response with id 'resp_1' not found."),
  },
  {
    of: 'OpenAI',
    class: 'invalid-request',
    status: 404,
    body: error(null, INVALID, "Item with id 'rs_1' not found. Items are not persisted when `store` is set to false."),
  },
  {
    of: 'ChatGPT, whose plan is used up',
    class: 'quota-exhausted',
    status: 429,
    body: {
      error: {
        type: 'usage_limit_reached',
        message: 'The usage limit has been reached',
        plan_type: 'plus',
        resets_at: 1795273200,
        resets_in_seconds: 10_800,
      },
    },
    seconds: 10_800,
  },
  { of: 'OpenAI', class: 'content-policy', status: 400, body: error('cyber_policy', INVALID, 'This request was flagged.') },
  {
    of: 'Bedrock',
    class: 'rate-limited-blind',
    status: 400,
    headers: { 'x-amzn-errortype': 'ThrottlingException' },
    body: { message: 'Too many requests, please wait before trying again.' },
  },
]

export const openaiAmid: readonly Pick<Case, 'class' | 'body'>[] = [
  { class: 'overloaded', body: error('overloaded', 'server_error', 'Overloaded') },
  { class: 'stream-error', body: error(502, null, 'Provider disconnected unexpectedly') },
  { class: 'stream-error', body: error(null, 'server_error', 'The server had an error') },
  { class: 'rate-limited', body: error(429, null, 'Rate limit exceeded. Please try again in 3s.') },
  { class: 'out-of-credit', body: { base_resp: { status_code: 1008, status_msg: 'insufficient balance' } } },
  { class: 'rate-limited-blind', body: { base_resp: { status_code: 1002, status_msg: 'rate limit' } } },
  { class: 'key-rejected', body: { base_resp: { status_code: 2049, status_msg: 'invalid api key' } } },
  { class: 'content-policy', body: { base_resp: { status_code: 1026, status_msg: 'input new_sensitive' } } },
]

const failed = (code: string, message: string, more: object = {}) => ({
  type: 'response.failed',
  response: { id: 'resp_1', object: 'response', status: 'failed', output: [], error: { code, message, ...more } },
})

export const responsesAmid: readonly Pick<Case, 'class' | 'body'>[] = [
  { class: 'overloaded', body: failed('server_is_overloaded', 'Our servers are currently overloaded.') },
  { class: 'stream-error', body: failed('server_error', 'The server had an error.') },
  { class: 'rate-limited', body: failed('rate_limit_exceeded', 'Rate limit reached. Please try again in 11.054s.') },
  { class: 'out-of-credit', body: failed('insufficient_quota', 'You exceeded your current quota.') },
  { class: 'context-overflow', body: failed('context_length_exceeded', 'Your input exceeds the context window of this model.') },
]
