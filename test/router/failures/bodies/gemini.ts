import { page, type Case } from './case.ts'

const error = (code: number, status: string, message: string, details?: object[]) => ({
  error: { code, message, status, ...(details && { details }) },
})
const detail = (type: string, fields: object) => ({ '@type': `type.googleapis.com/google.rpc.${type}`, ...fields })
const quota = (quotaId: string) =>
  detail('QuotaFailure', { violations: [{ quotaMetric: 'generativelanguage.googleapis.com/x', quotaId, quotaValue: '10' }] })
const retry = (retryDelay: string) => detail('RetryInfo', { retryDelay })
const reason = (name: string, metadata: object = {}) => detail('ErrorInfo', { reason: name, domain: 'googleapis.com', metadata })

/** @see https://ai.google.dev/gemini-api/docs/troubleshooting */
export const gemini: readonly Case[] = [
  {
    of: 'Gemini',
    class: 'invalid-request',
    status: 400,
    body: error(400, 'INVALID_ARGUMENT', '* GenerateContentRequest.contents: contents is not specified'),
  },
  { of: 'Gemini', class: 'invalid-request', status: 400, body: error(400, 'OUT_OF_RANGE', 'temperature must be in [0.0, 2.0]') },
  {
    of: 'Gemini',
    class: 'context-overflow',
    status: 400,
    body: error(400, 'INVALID_ARGUMENT', 'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).'),
  },
  { of: 'Gemini', class: 'reasoning-refused', status: 400, body: error(400, 'INVALID_ARGUMENT', 'Corrupted thought signature.') },
  {
    of: 'Gemini',
    class: 'key-rejected',
    status: 400,
    body: error(400, 'INVALID_ARGUMENT', 'API key not valid. Please pass a valid API key.', [reason('API_KEY_INVALID')]),
  },
  {
    of: 'Gemini',
    class: 'key-rejected',
    status: 400,
    body: error(400, 'INVALID_ARGUMENT', 'API Key not found. Please pass a valid API key.'),
  },
  {
    of: 'Gemini',
    class: 'key-rejected',
    status: 403,
    body: error(403, 'PERMISSION_DENIED', 'Your API key was reported as leaked. Please use another API key.'),
  },
  {
    of: 'Gemini',
    class: 'key-rejected',
    status: 401,
    body: error(401, 'UNAUTHENTICATED', 'Request had invalid authentication credentials.'),
  },
  {
    of: 'Gemini',
    class: 'forbidden',
    status: 400,
    body: error(400, 'FAILED_PRECONDITION', 'User location is not supported for the API use.'),
  },
  {
    of: 'Gemini',
    class: 'forbidden',
    status: 403,
    body: error(403, 'PERMISSION_DENIED', 'Generative Language API has not been used in project 1 before or it is disabled.', [
      reason('SERVICE_DISABLED'),
    ]),
  },
  {
    of: 'Gemini',
    class: 'out-of-credit',
    status: 400,
    body: error(
      400,
      'FAILED_PRECONDITION',
      'Gemini API free tier is not available in your country. Please enable billing on your project.',
    ),
  },
  { of: 'Gemini', class: 'out-of-credit', status: 402, body: error(402, 'FAILED_PRECONDITION', 'Your prepayment credits are depleted.') },
  {
    of: 'Gemini',
    class: 'model-missing',
    status: 404,
    body: error(404, 'NOT_FOUND', 'models/gemini-x is not found for API version v1beta, or is not supported for generateContent.'),
  },
  { of: 'Gemini', class: 'invalid-request', status: 404, body: error(404, 'NOT_FOUND', 'CachedContent not found (or permission denied)') },
  {
    of: 'Gemini',
    class: 'rate-limited',
    status: 429,
    body: error(429, 'RESOURCE_EXHAUSTED', 'You exceeded your current quota, please check your plan and billing details.', [
      quota('GenerateRequestsPerMinutePerProjectPerModel-FreeTier'),
      retry('34.4s'),
    ]),
    seconds: 35,
  },
  {
    of: 'Gemini, in words',
    class: 'rate-limited',
    status: 429,
    body: error(429, 'RESOURCE_EXHAUSTED', 'Quota exceeded. Please retry in 38.601658672s.'),
    seconds: 39,
  },
  {
    of: 'Gemini',
    class: 'rate-limited-blind',
    status: 429,
    body: error(429, 'RESOURCE_EXHAUSTED', 'Resource has been exhausted (e.g. check quota).'),
  },
  {
    of: 'Gemini, a day',
    class: 'quota-exhausted',
    status: 429,
    body: error(429, 'RESOURCE_EXHAUSTED', 'You exceeded your current quota.', [
      quota('GenerateRequestsPerDayPerProjectPerModel-FreeTier'),
      retry('34s'),
    ]),
  },
  {
    of: 'Gemini, a model that the plan has none of',
    class: 'quota-exhausted',
    status: 429,
    body: error(429, 'RESOURCE_EXHAUSTED', 'Quota exceeded for metric: x, limit: 0, model: gemini-3-pro'),
  },
  {
    of: 'Gemini behind a login',
    class: 'quota-exhausted',
    status: 429,
    body: error(429, 'RESOURCE_EXHAUSTED', 'You have exhausted your capacity on this model.', [
      reason('QUOTA_EXHAUSTED', { quotaResetTimeStamp: '2026-11-21T14:30:00Z', model: 'gemini-3-pro' }),
    ]),
    seconds: 9000,
  },
  {
    of: 'Gemini',
    class: 'overloaded',
    status: 429,
    body: error(429, 'RESOURCE_EXHAUSTED', 'No capacity available for model gemini-3-pro on the server', [
      reason('MODEL_CAPACITY_EXHAUSTED'),
      retry('3s'),
    ]),
    seconds: 3,
  },
  { of: 'Gemini', class: 'overloaded', status: 503, body: error(503, 'UNAVAILABLE', 'The model is overloaded. Please try again later.') },
  { of: 'Gemini', class: 'overloaded', status: 503, body: error(503, 'UNAVAILABLE', 'This model is currently experiencing high demand.') },
  { of: 'Gemini', class: 'server-error', status: 500, body: error(500, 'INTERNAL', 'An internal error has occurred.') },
  { of: 'Gemini', class: 'server-error', status: 503, body: error(503, 'UNAVAILABLE', 'The service is currently unavailable.') },
  { of: 'Gemini', class: 'server-error', status: 504, body: error(504, 'DEADLINE_EXCEEDED', 'The request timed out.') },
  {
    of: 'Gemini, whose own side gave up',
    class: 'server-error',
    status: 499,
    body: error(499, 'CANCELLED', 'The operation was cancelled.'),
  },
  { of: 'Gemini', class: 'conflict', status: 409, body: error(409, 'ABORTED', 'The operation was aborted.') },
  {
    of: 'Gemini',
    class: 'unsupported-capability',
    status: 501,
    body: error(501, 'UNIMPLEMENTED', 'Operation is not implemented, or supported, or enabled.'),
  },
  {
    of: 'Gemini',
    class: 'unsupported-capability',
    status: 400,
    body: error(400, 'INVALID_ARGUMENT', 'Audio input modality is not supported for this model: models/gemini-x'),
  },
  {
    of: 'Gemini',
    class: 'too-large',
    status: 413,
    body: error(413, 'INVALID_ARGUMENT', 'Request payload size exceeds the limit: 20971520 bytes.'),
  },
  { of: "Google's front", class: 'bad-response', status: 404, body: page('Error 404 (Not Found)!!1') },
  { of: "Google's front", class: 'server-error', status: 502, body: page('Error 502 (Server Error)!!1') },
  { of: 'a list of errors', class: 'overloaded', status: 503, body: [error(503, 'UNAVAILABLE', 'The model is overloaded.')] },
]

export const geminiAmid: readonly Pick<Case, 'class' | 'body'>[] = [
  { class: 'overloaded', body: error(503, 'UNAVAILABLE', 'The model is overloaded. Please try again later.') },
  { class: 'stream-error', body: error(500, 'INTERNAL', 'An internal error has occurred.') },
  { class: 'stream-error', body: error(503, 'UNAVAILABLE', 'The service is currently unavailable.') },
  { class: 'rate-limited', body: error(429, 'RESOURCE_EXHAUSTED', 'Slow down.', [retry('2s')]) },
]
