/**
 * OpenAI's errors, of Chat Completions and of Responses.
 * @see https://platform.openai.com/docs/guides/error-codes/api-errors
 *
 * @module
 */
import type { ErrorTable, ErrorWords } from './errors.ts'
import { badGateway, noneAvailable } from './pages.ts'

/** The two APIs differ in what they call their input, and in how they say that it is too long or that they are busy. */
const errorsOf =
  (api: { input: string; overflow: ErrorWords; signature: ErrorWords; overloaded: ErrorWords }): ErrorTable =>
  ({ model }) => ({
    'bad-request': error(400, {
      message: `Invalid type for '${api.input}': expected an array of objects, but got an integer instead.`,
      param: api.input,
      code: 'invalid_type',
    }),
    'context-overflow': api.overflow,
    'bad-signature': api.signature,
    'spend-limit': error(400, { message: 'Billing hard limit has been reached.', code: 'billing_hard_limit_reached' }),
    'bad-key': error(401, {
      message: 'Incorrect API key provided: sk-****. You can find your API key at https://platform.openai.com/account/api-keys.',
      code: 'invalid_api_key',
    }),
    'expired-login': error(401, {
      message: 'Provided authentication token is expired. Please try signing in again.',
      code: 'token_expired',
    }),
    'payment-required': error(402, { message: 'Insufficient Balance', type: 'unknown_error', code: 'invalid_request_error' }),
    forbidden: error(403, { message: 'You have insufficient permissions for this operation.', type: 'permission_error' }),
    'model-not-found': error(404, {
      message: `The model \`${model}\` does not exist or you do not have access to it.`,
      code: 'model_not_found',
    }),
    'request-timeout': error(408, { message: 'Request timed out.', type: 'timeout' }),
    conflict: error(409, { message: 'The resource was updated by another request. Please try again.', code: 'conflict' }),
    'too-large': error(413, { message: 'Request body is too large.', code: 'request_too_large' }),
    unprocessable: error(422, {
      message: 'Invalid schema for function: schema must be of type "object".',
      code: 'invalid_function_parameters',
    }),
    'rate-limit': error(429, {
      message: `Rate limit reached for ${model} on requests per min (RPM): Limit 500, Used 500, Requested 1.`,
      type: 'requests',
      code: 'rate_limit_exceeded',
    }),
    'insufficient-quota': error(429, {
      message: 'You exceeded your current quota, please check your plan and billing details.',
      type: 'insufficient_quota',
      code: 'insufficient_quota',
    }),
    'content-policy': error(400, {
      message: 'Your request was rejected as a result of our safety system.',
      code: 'content_policy_violation',
    }),
    'server-error': error(500, {
      message: 'The server had an error while processing your request. Sorry about that!',
      type: 'server_error',
      code: 'server_error',
    }),
    'bad-gateway': badGateway,
    unavailable: noneAvailable,
    'gateway-timeout': error(504, { message: 'The request timed out at the gateway.', type: 'timeout' }),
    overloaded: api.overloaded,
  })

function error(status: number, words: { message: string; type?: string; param?: string; code?: string }): ErrorWords {
  const { message, type = 'invalid_request_error', param = null, code = null } = words
  return { status, body: { error: { message, type, param, code } } }
}

// Chat Completions has no signed reasoning of its own: these are Google's words, whose compatible endpoint has.
export const chatErrors = errorsOf({
  input: 'messages',
  overflow: error(400, {
    message:
      "This model's maximum context length is 128000 tokens. However, your messages resulted in 131072 tokens. Please reduce the length of the messages.",
    param: 'messages',
    code: 'context_length_exceeded',
  }),
  signature: error(400, { message: 'Corrupted thought signature.' }),
  overloaded: error(503, {
    message: 'The engine is currently overloaded, please try again later.',
    type: 'server_error',
    code: 'overloaded',
  }),
})

export const responsesErrors = errorsOf({
  input: 'input',
  overflow: error(400, {
    message: 'Your input exceeds the context window of this model. Please adjust your input and try again.',
    param: 'input',
    code: 'context_length_exceeded',
  }),
  signature: error(400, { message: 'The encrypted content could not be verified.', param: 'input', code: 'invalid_encrypted_content' }),
  overloaded: error(503, {
    message: 'Our servers are currently overloaded. Please try again later.',
    type: 'service_unavailable_error',
    code: 'server_is_overloaded',
  }),
})
