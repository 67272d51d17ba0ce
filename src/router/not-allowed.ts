/**
 * The refusal of what whoever asks may not use.
 *
 * @module
 */
import { fail } from '../core/failure.ts'

/**
 * Refuses, and says why. 403: waiting is of no use, nothing is to be tried elsewhere, and Claude Code shows the words, where it would take a 401
 * for its own login's.
 */
export const notAllowed = (why: string): never => fail({ kind: 'permission', message: why, code: 'model_not_allowed', retryable: false })
