/**
 * Which texts are not repeated in errors, because they may be keys.
 *
 * @module
 */
import type { Path } from './problem.ts'

/** Fields whose texts are keys, or may hold them. */
const SECRET_FIELD = /key|header|proxy|secret|token|password|passphrase/i
const SECRET_TEXT = /^(sk|pk|gsk|xai|ghp|key|AIza)[-_a-zA-Z0-9]|[A-Za-z0-9_-]{24,}|^file:/

export const mayBeSecret = (text: string, path: Path): boolean =>
  SECRET_TEXT.test(text) || path.some((step) => typeof step === 'string' && SECRET_FIELD.test(step))
