/**
 * What a fetch throws where the way to the upstream fails, as a failure.
 *
 * @module
 */
import { STATUS, type Failure } from '../../core/failure.ts'

/**
 * Any value that a fetch threw, as a failure of the network with the code that the runtime gave it (`ECONNREFUSED`).
 *
 * @param what what was attempted, for people
 * @param amid the answer had begun
 */
export function networkFailure(error: unknown, what: string, amid?: 'amid'): Failure {
  const code = codeOf(error)
  return {
    kind: 'network',
    status: STATUS.network,
    message: `${what}: ${describe(error, code)}`,
    ...(code !== undefined && { code }),
    ...(amid && { amid: true as const }),
  }
}

/** Causes are nested no deeper by any runtime. */
const MAX_DEPTH = 5

/** The error, what caused it, and so on. Node tries several addresses at once and tells of each. */
function causesOf(error: unknown): Error[] {
  const causes: Error[] = []
  let next = error
  while (next instanceof Error && causes.length < MAX_DEPTH) {
    causes.push(next)
    next = next.cause ?? (next instanceof AggregateError ? (next.errors as unknown[])[0] : undefined)
  }
  return causes
}

/** The innermost code: fetch itself says no more than that it failed. */
const codeOf = (error: unknown): string | undefined =>
  causesOf(error)
    .map((cause) => (cause as { code?: unknown }).code)
    .findLast((code) => typeof code === 'string')

/** What went wrong, with the cause that fetch hides. */
function describe(error: unknown, code: string | undefined): string {
  const words = causesOf(error)
    .map(({ message }) => message)
    .findLast(Boolean)
  if (words === undefined) return code ?? String(error)
  return code === undefined || words.includes(code) ? words : `${words} (${code})`
}
