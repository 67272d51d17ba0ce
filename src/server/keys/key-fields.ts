/**
 * What may be said of a client's key when it is made or changed.
 *
 * @module
 */
import { fail } from '../../core/failure.ts'

export type Fields = Readonly<Record<string, unknown>>

const FIELDS: readonly string[] = [
  'group',
  'expires',
  'disabled',
  'note',
  'passOn',
  'models',
  'routes',
  'endpoints',
  'requestsPerMinute',
  'tokensPerMinute',
  'streams',
  'budgets',
]

const SPANS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 }

/** Milliseconds of `30m`, `12h`, `90d` or `2w`; `undefined` for what is no span. */
export function spanIn(text: unknown): number | undefined {
  const [, count, unit] = /^(\d{1,6})(m|h|d|w)$/.exec(typeof text === 'string' ? text : '') ?? []
  return count === undefined ? undefined : Number(count) * SPANS[unit!]!
}

/**
 * The fields as the file has them: a span until a key expires is a moment there. `null` takes a field away.
 *
 * @throws FailureError 400 for a field that there is not; whether the values can be used is told when the configuration is read
 */
export function readFields(given: Fields, now: number): Fields {
  for (const name of Object.keys(given))
    if (!FIELDS.includes(name))
      fail({ kind: 'invalid-request', message: `A key has no field "${name}" to set. It has: ${FIELDS.join(', ')}.`, param: name })
  const span = spanIn(given['expires'])
  return span === undefined ? given : { ...given, expires: momentText(now + span) }
}

/** To the second, as files have it. */
export const momentText = (at: number): string => new Date(at).toISOString().replace(/\.\d+Z$/, 'Z')
