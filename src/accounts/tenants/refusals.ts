/**
 * How who may not is told so: in words that help, and with a status at which no program shows a login of its own.
 *
 * @module
 */
import type { Failure } from '../../core/failure.ts'

/** Claude Code takes a 401 for its own login's, and tells people to log in: it gets a 403, whose words it shows. */
export function unknownKey(request: Request, given: boolean): Failure {
  const isClaudeCode = /^claude-(cli|code)\//.test(request.headers.get('user-agent') ?? '')
  const words = given
    ? 'cc-route: the key is not one of this server’s. It takes its own keys, not those of providers.'
    : 'cc-route: this server asks for a key. Send one of its own as x-api-key, x-goog-api-key, or a bearer token in authorization.'
  const message = isClaudeCode ? `${words} Set ANTHROPIC_AUTH_TOKEN to one of its keys.` : words
  return isClaudeCode
    ? { kind: 'permission', status: 403, message, retryable: false }
    : { kind: 'authentication', status: 401, message, retryable: false }
}

/** A key that was good, or will be: another try is of no use, which Codex makes five of at a 401. */
export const refusedKey = (why: string): Failure => ({ kind: 'permission', status: 403, message: `cc-route: ${why}`, retryable: false })
