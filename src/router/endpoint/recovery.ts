/**
 * Failures that a second try with a changed request survives.
 *
 * @module
 */
import type { Failure } from '../../core/failure.ts'

/**
 * How the providers say that they cannot verify reasoning that they are given back: it was minted under another key, by
 * another of their models, or it was changed on the way.
 */
const REFUSED: readonly RegExp[] = [
  // Claude
  /invalid `?signature`? in `?thinking`?/i,
  /`?(redacted_)?thinking`? blocks?.{0,80}cannot be modified/i,
  // Gemini
  /(corrupted|invalid|not valid)\W+thought.?signature/i,
  /thought.?signature.{0,40}(corrupted|invalid|not valid)/i,
  // OpenAI Responses
  /encrypted content.{0,120}(could not be (verified|decrypted)|did not match)/i,
]
const CODES: ReadonlySet<string> = new Set(['invalid_encrypted_content', 'thinking_signature_invalid'])

/** Whether a provider refused the reasoning in the request, so that the same request without it may be answered. */
export const refusesReasoning = ({ status, code, message }: Failure): boolean =>
  status === 400 && ((code !== undefined && CODES.has(code)) || REFUSED.some((words) => words.test(message)))
