/**
 * How often each law is tried: a few dozen times with the same examples every day, and more, with others, on demand:
 *
 *     LAW_RUNS=5000 npx vitest run test/laws          # more of the same
 *     LAW_SEED=random npx vitest run test/laws        # others; a failure names its seed
 */
import fc from 'fast-check'

const { LAW_RUNS, LAW_SEED } = process.env
const SEED = 20261101

export const RUNS = Number(LAW_RUNS ?? 60)
fc.configureGlobal({
  numRuns: RUNS,
  ...(LAW_SEED === 'random' ? {} : { seed: Number(LAW_SEED ?? SEED) }),
})
/** For tests that run a law: more runs take longer. */
export const TIMEOUT = Math.max(20_000, RUNS * 250)
