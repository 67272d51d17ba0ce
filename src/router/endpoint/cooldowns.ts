/**
 * What rests after a failure: keys, models, organisations, endpoints, providers. A rest that is over is not forgotten before an
 * answer has come: until then one request at a time probes it, so that a recovering provider meets no herd.
 *
 * @module
 */
import type { Clock } from '../../core/clock.ts'
import type { Verdict } from '../failures/classify.ts'
import { update, type Awaitable, type State } from '../state.ts'

export interface Rest {
  /** Milliseconds since 1970. */
  until: number
  /** The class of the failure. */
  why: string
  /** The provider itself named the time, so that asking before is of no use. */
  told: boolean
  /** Failures in a row. */
  streak: number
}

export interface Cooldowns {
  /** What is known of these; a rest whose time is over is still there until {@link Cooldowns.succeeded}. */
  read(names: readonly string[]): Awaitable<readonly (Rest | undefined)[]>
  /** Sends `name` to rest as the verdict says. */
  rest(name: string, verdict: Verdict): Promise<void>
  /** Takes the one place to probe something whose rest is over. `false`: somebody else is at it. */
  probe(name: string): Awaitable<boolean>
  /** An attempt ended undecided: the next one may probe. */
  release(names: readonly string[]): Promise<void>
  /** An answer came: forgets the rests. */
  succeeded(names: readonly string[]): Promise<void>
  /** All rests whose names begin so. */
  list(prefix: string): Promise<{ name: string; rest: Rest }[]>
  /** Forgets all rests whose names begin so. */
  clear(prefix: string): Promise<void>
}

/** A probe that tells nothing for so long no longer keeps others away. */
const PROBE_MS = 60_000

export function createCooldowns(state: State, clock: Clock, random: () => number): Cooldowns {
  const cool = (name: string) => `cool/${name}`
  const lease = (name: string) => `lease/${name}`
  const forget = async (names: readonly string[], kinds: readonly ((name: string) => string)[]) => {
    for (const name of names) for (const kind of kinds) await state.remove(kind(name))
  }
  return {
    read(names) {
      const found = state.read(names.map(cool))
      const rests = (values: Awaited<typeof found>) => values.map((entry) => entry?.value as Rest | undefined)
      return found instanceof Promise ? found.then(rests) : rests(found)
    },
    async rest(name, verdict) {
      const { cool: rule, resetAt } = verdict
      if (!rule) return
      const now = clock.now()
      const told = rule.reset === true && resetAt !== undefined && resetAt > now
      // A guessed time is spread by a fifth, so that what failed together does not come back together.
      const spread = 0.8 + 0.4 * random()
      const longest = rule.atMost ?? rule.ms
      await update<Rest>(
        state,
        cool(name),
        (before) => {
          const streak = (before?.streak ?? 0) + 1
          const until = told ? resetAt : now + Math.min(longest, rule.ms * 2 ** (streak - 1)) * spread
          // Failures of requests that were on their way together do not shorten what the provider named.
          return { until: before?.told && before.until > until ? before.until : until, why: verdict.class, told, streak }
        },
        (told ? resetAt - now : longest) + Math.max(10 * rule.ms, PROBE_MS),
      )
      await state.remove(lease(name))
    },
    probe: (name) => state.write(lease(name), true, { ttlMs: PROBE_MS, version: null }),
    release: (names) => forget(names, [lease]),
    succeeded: (names) => forget(names, [cool, lease]),
    list: async (prefix) =>
      (await state.list(cool(prefix))).map(({ name, value }) => ({ name: name.slice(cool('').length), rest: value as Rest })),
    async clear(prefix) {
      for (const { name } of await state.list(cool(prefix))) await state.remove(name)
      for (const { name } of await state.list(lease(prefix))) await state.remove(name)
    },
  }
}
