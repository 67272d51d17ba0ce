/**
 * Errors of what is no protocol's path, as JSON.
 *
 * @module
 */
import type { Failure } from '../../core/failure.ts'

/** For answers that are nobody else's, and old at once. */
export const PRIVATE = { 'content-type': 'application/json', 'cache-control': 'no-store' }

export type Refusal = (failure: Failure, headers?: Record<string, string>) => Response

/** Errors may repeat what somebody sent: `redact` takes secrets out. */
export const createRefusal =
  (redact: (text: string) => string): Refusal =>
  ({ kind, status, message, param, retryAfter, details }, headers = {}) => {
    const text = JSON.stringify({ error: { type: kind, message, ...(param !== undefined && { param }), ...details } })
    return new Response(redact(text), {
      status,
      headers: { ...PRIVATE, ...headers, ...(retryAfter !== undefined && { 'retry-after': String(retryAfter) }) },
    })
  }
