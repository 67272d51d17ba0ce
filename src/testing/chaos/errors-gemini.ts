/**
 * Google's errors. A bad key is a 400 here.
 * @see https://google.aip.dev/193
 * @see https://ai.google.dev/gemini-api/docs/troubleshooting
 *
 * @module
 */
import type { JsonObject } from '../../core/json.ts'
import type { ErrorTable, ErrorWords } from './errors.ts'
import { badGateway, noneAvailable } from './pages.ts'

const rpc = (name: string, fields: JsonObject): JsonObject => ({ '@type': `type.googleapis.com/google.rpc.${name}`, ...fields })

/** The detail that tells when to come back. */
export const retryInfo = (seconds: number): JsonObject => rpc('RetryInfo', { retryDelay: `${seconds}s` })

export const geminiErrors: ErrorTable = ({ model }) => {
  const error = (code: number, status: string, message: string, details?: JsonObject[]): ErrorWords => ({
    status: code,
    body: { error: { code, message, status, ...(details && { details }) } },
  })
  const invalid = (message: string, details?: JsonObject[]): ErrorWords => error(400, 'INVALID_ARGUMENT', message, details)
  const reason = (name: string): JsonObject[] => [rpc('ErrorInfo', { reason: name, domain: 'googleapis.com' })]
  const quota = (quotaId: string): JsonObject =>
    rpc('QuotaFailure', {
      violations: [
        {
          quotaMetric: 'generativelanguage.googleapis.com/generate_content_requests',
          quotaId,
          quotaDimensions: { location: 'global', model },
        },
      ],
    })
  const exhausted = 'You exceeded your current quota, please check your plan and billing details.'
  return {
    'bad-request': invalid("Invalid value at 'contents' (type.googleapis.com/google.ai.generativelanguage.v1beta.Content), 7", [
      rpc('BadRequest', { fieldViolations: [{ field: 'contents', description: "Invalid value at 'contents'" }] }),
    ]),
    'context-overflow': invalid('The input token count (1100000) exceeds the maximum number of tokens allowed (1048576).'),
    'bad-signature': invalid('Corrupted thought signature.'),
    'spend-limit': error(
      400,
      'FAILED_PRECONDITION',
      'The billing account of the project has reached its limit. Please check your billing.',
    ),
    'bad-key': invalid('API key not valid. Please pass a valid API key.', reason('API_KEY_INVALID')),
    'expired-login': error(
      401,
      'UNAUTHENTICATED',
      'Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.',
      reason('ACCESS_TOKEN_EXPIRED'),
    ),
    'payment-required': error(
      402,
      'FAILED_PRECONDITION',
      'Your prepayment credits are depleted. Please go to your billing page to add more.',
    ),
    forbidden: error(403, 'PERMISSION_DENIED', 'The caller does not have permission'),
    'model-not-found': error(
      404,
      'NOT_FOUND',
      `models/${model} is not found for API version v1beta, or is not supported for generateContent.`,
    ),
    'request-timeout': error(408, 'DEADLINE_EXCEEDED', 'The request was not received in time.'),
    conflict: error(409, 'ABORTED', 'The operation was aborted.'),
    'too-large': error(413, 'INVALID_ARGUMENT', 'Request payload size exceeds the limit: 20971520 bytes.'),
    unprocessable: error(422, 'INVALID_ARGUMENT', 'Request contains an invalid argument.'),
    'rate-limit': error(429, 'RESOURCE_EXHAUSTED', exhausted, [quota('GenerateRequestsPerMinutePerProjectPerModel')]),
    'insufficient-quota': error(429, 'RESOURCE_EXHAUSTED', exhausted, [
      quota('GenerateRequestsPerDayPerProjectPerModel-FreeTier'),
      retryInfo(34),
    ]),
    'content-policy': invalid(
      "The prompt could not be submitted. This prompt contains sensitive words that violate Google's Responsible AI practices. Try rephrasing the prompt.",
    ),
    'server-error': error(500, 'INTERNAL', 'An internal error has occurred. Please retry or report it.'),
    'bad-gateway': badGateway,
    unavailable: noneAvailable,
    'gateway-timeout': error(504, 'DEADLINE_EXCEEDED', 'Deadline expired before operation could complete.'),
    overloaded: error(503, 'UNAVAILABLE', 'The model is overloaded. Please try again later.'),
  }
}
