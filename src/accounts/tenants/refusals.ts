/**
 * How who may not is told so: in words that help, and with a status at which no program shows a login of its own.
 *
 * Claude Code takes each 401 and 403 for its own login's, and puts "Please run /login" before the words. It shows those of a 400, which it tries a few times
 * with less in it, and those of a 429 that says `x-should-retry: false`, which it does not try again.
 *
 * @module
 */
import type { Failure } from '../../core/failure.ts'
import { protocols } from '../../transformers/registry.ts'
import { errorResponse } from '../../router/endpoint/answer.ts'
import { clientProtocol } from '../../router/facts.ts'
import { attachOutcome, outcomeOf } from '../../router/outcome.ts'

const isClaudeCode = ({ headers }: Request): boolean => /^claude-(cli|code)\//.test(headers.get('user-agent') ?? '')

export function unknownKey(request: Request, given: boolean): Failure {
  const words = given
    ? 'cc-route: the key is not one of this server’s. It takes its own keys, not those of providers.'
    : 'cc-route: this server asks for a key. Send one of its own as x-api-key, x-goog-api-key, or a bearer token in authorization.'
  const message = isClaudeCode(request) ? `${words} Set ANTHROPIC_AUTH_TOKEN to one of its keys.` : words
  return { kind: 'authentication', status: 401, message, retryable: false }
}

/** A key that was good, or will be: another try is of no use, which Codex makes five of at a 401. */
export const refusedKey = (why: string): Failure => ({ kind: 'permission', status: 403, message: `cc-route: ${why}`, retryable: false })

/** A failure of this side's as the program that asks can show it. */
export function shownTo(request: Request, failure: Failure): Failure {
  const isLogin = failure.status === 401 || failure.status === 403
  if (!isLogin || failure.source || !isClaudeCode(request)) return failure
  // What comes back by itself is a limit.
  if (failure.retryAfter !== undefined) return { ...failure, kind: 'rate-limit', status: 429, retryable: false }
  return { ...failure, kind: 'invalid-request', status: 400 }
}

/** The same of an answer. */
export function refusalShownTo(request: Request, response: Response): Response {
  if (response.status !== 401 && response.status !== 403) return response
  const outcome = outcomeOf(response)
  const failure = outcome?.failure && shownTo(request, outcome.failure)
  if (!failure || failure === outcome.failure) return response
  const shown = errorResponse(protocols[clientProtocol(request)], failure)
  response.headers.forEach((value, name) => {
    if (!shown.headers.has(name) && name !== 'content-length') shown.headers.set(name, value)
  })
  return attachOutcome(shown, outcome)
}
