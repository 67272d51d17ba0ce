/**
 * A second member asked when the first one is slow to begin: the first answer wins, the other one is given up.
 *
 * @module
 */
import { extended } from '../../core/extended.ts'
import type { AttemptReason } from '../outcome.ts'
import type { PoolParts } from './parts.ts'
import type { Candidate, Result, Running } from './try-member.ts'

/** The winner's result with all that failed on the way; of several failures the last. */
export type Raced = Result & { failed: Result[] }

/** An answer that came too late: nobody will read it. */
const drop = (result: Result | undefined): void => {
  if (result && !result.verdict) void result.response.body?.cancel().catch(() => {})
}

/** Requests that are asked twice, at most, unless the pool says otherwise. */
const SHARE = 0.05

/**
 * Asks the first candidate that is not being probed by others, and with hedging another one. `undefined`: others probe all of them.
 *
 * @param mayAsk whether enough is left of the budget for another attempt
 */
export async function race(
  parts: PoolParts,
  candidates: readonly Candidate[],
  start: (candidate: Candidate, reason: AttemptReason | undefined) => Running,
  mayAsk: (candidate: Candidate) => boolean,
): Promise<Raced | undefined> {
  const { hedge, clock, hedged } = parts
  hedged.asked++
  for (const [index, candidate] of candidates.entries()) {
    const first = start(candidate, undefined)
    const other = candidates[index + 1]
    const mayHedge = hedge && other && hedged.twice < (hedge.share ?? SHARE) * hedged.asked + 1
    const result = mayHedge
      ? await raceTwo(first, other)
      : await first.result.then((single) => single && extended(single, { failed: single.verdict ? [single] : [] }))
    if (result) return result
  }
  return undefined

  function raceTwo(first: Running, other: Candidate): Promise<Raced | undefined> {
    return new Promise((resolve, reject) => {
      const failed: Result[] = []
      let second: Running | undefined
      let running = 1
      let gone = false
      const settle = (from: Running) => (result: Result | undefined) => {
        running--
        if (gone) return drop(result)
        if (result && !result.verdict) {
          gone = true
          cancel()
          ;(from === first ? second : first)?.abort()
          return resolve({ ...result, failed })
        }
        if (result) failed.push(result)
        if (running) return
        cancel()
        const last = failed.at(-1)
        resolve(last && { ...last, failed })
      }
      /** One of them cannot be asked at all. The other one goes on, unless the client has gone: then it ends likewise. */
      const lost = (error: unknown) => {
        running--
        if (gone || running) return
        gone = true
        cancel()
        const last = failed.at(-1)
        if (last) resolve({ ...last, failed })
        else reject(error)
      }
      const cancel = clock.after(hedge!.afterMs, () => {
        if (gone || !mayAsk(other)) return
        hedged.twice++
        running++
        second = start(other, 'hedge')
        second.result.then(settle(second), lost)
      })
      first.result.then(settle(first), lost)
    })
  }
}
