/**
 * What a pool says where no member answered.
 *
 * @module
 */
import type { Failure } from '../../core/failure.ts'
import type { Verdict } from '../failures/classify.ts'
import type { Survey } from './survey.ts'
import type { Result } from './try-member.ts'

/** How much a refusal tells the client: what it can mend or wait for before what just broke. */
const TELLING: Record<Verdict['fault'], number> = {
  caller: 9,
  policy: 8,
  quota: 7,
  capacity: 6,
  provider: 5,
  timeout: 4,
  stream: 3,
  credential: 2,
  network: 1,
  internal: 0,
}

/** The refusal that tells most. */
export const mostTelling = (refusals: readonly Result[]): Response => refusals.toSorted((a, b) => telling(b) - telling(a))[0]!.response

const telling = ({ verdict, failure }: Result): number =>
  (verdict ? TELLING[verdict.fault] : 0) + (failure?.retryAfter === undefined ? 0 : 0.5)

/** Why none could be asked. */
export function unavailable(
  name: string,
  { idle, resting, skipped }: Survey,
  at: number | undefined,
  now: number,
): Omit<Failure, 'status'> {
  const probed = idle.map(({ seat }) => ({ seat, why: 'another request finds out whether it is back' }))
  const reasons = [...probed, ...resting, ...skipped].map(({ seat, why }) => `${seat.name}: ${why}`).join('; ')
  // What no member can do is the request's to change; what rests is worth another try.
  const unable = !idle.length && !resting.length && skipped.every(({ seat }) => seat.standing === 'enabled')
  return {
    kind: unable ? 'unsupported' : resting.some(({ told }) => told) ? 'rate-limit' : 'overloaded',
    message: `pool "${name}": no member can take this request now (${reasons}).`,
    ...(at !== undefined && { retryAfter: Math.max(1, Math.ceil((at - now) / 1000)) }),
  }
}
