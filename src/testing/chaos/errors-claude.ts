/**
 * Anthropic's errors.
 * @see https://platform.claude.com/docs/en/api/errors
 *
 * @module
 */
import type { JsonObject } from '../../core/json.ts'
import type { ErrorTable, ErrorWords } from './errors.ts'
import { badGateway, noneAvailable } from './pages.ts'

export const claudeErrors: ErrorTable = ({ model, requestId }) => {
  const error = (status: number, type: string, message: string, details?: JsonObject): ErrorWords => ({
    status,
    body: { type: 'error', error: { type, message, ...(details && { details }) }, request_id: requestId },
  })
  const invalid = (message: string): ErrorWords => error(400, 'invalid_request_error', message)
  return {
    'bad-request': invalid('messages.0.content: Field required'),
    'context-overflow': invalid('prompt is too long: 215032 tokens > 200000 maximum'),
    'bad-signature': invalid('messages.1.content.0: Invalid `signature` in `thinking` block'),
    'spend-limit': invalid(
      'You have reached your specified workspace API usage limits. You will regain access on 2026-12-01 at 00:00 UTC.',
    ),
    'bad-key': error(401, 'authentication_error', 'invalid x-api-key'),
    'expired-login': error(
      401,
      'authentication_error',
      'OAuth token has expired. Please obtain a new token or refresh your existing token.',
    ),
    'payment-required': error(402, 'billing_error', 'Your credit balance is too low to access the Anthropic API.'),
    forbidden: error(403, 'permission_error', 'Your API key does not have permission to use the specified resource.'),
    'model-not-found': error(404, 'not_found_error', `model: ${model}`),
    'request-timeout': error(408, 'timeout_error', 'Request timed out while its body was read'),
    conflict: error(409, 'conflict_error', 'The resource was changed by another request. Try again.'),
    'too-large': error(413, 'request_too_large', 'Request exceeds the maximum size'),
    unprocessable: error(422, 'invalid_request_error', 'tools.0.input_schema: JSON schema is invalid'),
    'rate-limit': error(
      429,
      'rate_limit_error',
      'This request would exceed the rate limit for your organization of 50 requests per minute.',
    ),
    'insufficient-quota': error(429, 'rate_limit_error', 'Your organization has reached its monthly spend limit.', {
      error_code: 'enforced_spend_limit_reached',
    }),
    'content-policy': invalid('Output blocked by content filtering policy'),
    'server-error': error(500, 'api_error', 'Internal server error'),
    'bad-gateway': badGateway,
    unavailable: noneAvailable,
    'gateway-timeout': error(504, 'timeout_error', 'Request timed out'),
    overloaded: error(529, 'overloaded_error', 'Overloaded'),
  }
}
