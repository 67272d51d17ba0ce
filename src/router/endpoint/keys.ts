/**
 * The keys of one endpoint: which to use next, which rest, and why.
 *
 * @module
 */
import type { Clock } from '../../core/clock.ts'
import { hashOf } from '../../core/hash.ts'
import type { FailureClass, Scope, Verdict } from '../failures/classify.ts'
import { createCooldowns, type Rest } from './cooldowns.ts'
import type { State } from '../state.ts'

export interface ApiKey {
  key: string
  /** Names the key in outcomes, logs and admin answers. Default `key-1`, `key-2` … by position. */
  name?: string
  /** Keys of the same organisation share quota, money and prompt caches. Default: each key is its own. */
  org?: string
}

/**
 * How an endpoint shares requests among its keys. `sticky`: a session keeps its key, as prompt caches belong to one organisation, and sessions
 * spread evenly; requests of no session take turns.
 */
export type KeyStrategy = 'sticky' | 'round_robin' | 'random' | 'priority'

export interface NamedKey {
  name: string
  org: string
  key?: string
}

export interface KeyChoice {
  key: NamedKey
  /** Rests of this key that are over: the attempt is their probe. */
  probing: readonly string[]
}

export interface KeyRing {
  /** The key to use now; or when there will be one, and why not now. `avoid` are keys that this request has given up. */
  choose(ask: { model: string; session?: string; avoid: (key: NamedKey) => boolean }): Promise<KeyChoice | NoKey>
  /** When a key could take a request for this model. Takes nothing. */
  ready(model: string): Promise<{ at: number; why?: string; told?: boolean }>
  failed(choice: KeyChoice, model: string, verdict: Verdict): Promise<void>
  succeeded(choice: KeyChoice): Promise<void>
  /** The attempt ended undecided. */
  release(choice: KeyChoice): Promise<void>
  /** Each key with what rests of it. */
  show(): Promise<KeyState[]>
  /** Forgets all rests and degradations, of one key by name or of all; of all, those of the endpoint itself, too. */
  clear(name?: string): Promise<void>
}

export interface NoKey {
  key?: undefined
  at: number
  why: string
  /** The provider named the time. */
  told: boolean
}

export interface KeyState {
  name: string
  org: string
  /** It ran out of quota lately: it is used after the others, even when it is ready. */
  degraded: boolean
  rests: { scope: Scope; model?: string; until: number; why: string; streak: number }[]
}

export interface KeyRingOptions {
  endpoint: string
  keys: readonly (string | ApiKey)[]
  strategy: KeyStrategy
  state: State
  clock: Clock
  random: () => number
}

/** A limit of seconds says nothing of a key; these do. */
const DEGRADING: ReadonlySet<string> = new Set<FailureClass>(['out-of-credit', 'quota-exhausted'])
/** A key that ran out of quota is used last for so long. */
const DEGRADED_MS = 60 * 60_000
/** How soon to look again whether somebody else's probe has succeeded. */
const PROBED_MS = 500
/** How long nothing rests, once nothing was found to. */
const QUIET_MS = 1000

export function createKeyRing(options: KeyRingOptions): KeyRing {
  const { endpoint, strategy, state, clock, random } = options
  const cooldowns = createCooldowns(state, clock, random)
  const keys: NamedKey[] = options.keys.length ? options.keys.map(named) : [{ name: 'none', org: 'none' }]
  let turn = 0
  /** Nothing rested when it was looked for: for a moment the only key needs no look at the state, in which others may write. */
  let quiet = { model: '', until: 0 }

  const scopes = (key: NamedKey, model: string) => [
    `${endpoint}/key/${key.name}`,
    `${endpoint}/key-model/${key.name}/${model}`,
    `${endpoint}/org/${key.org}`,
  ]
  const degradedName = (key: NamedKey) => `degraded/${endpoint}/${key.name}`

  const inOrder = (session: string | undefined): NamedKey[] => {
    if (keys.length === 1 || strategy === 'priority') return keys
    if (strategy === 'random')
      return keys
        .map((key) => ({ key, by: random() }))
        .sort((a, b) => a.by - b.by)
        .map(({ key }) => key)
    if (strategy === 'sticky' && session !== undefined) {
      // Rendezvous hashing: a key that rests moves its own sessions only.
      return keys
        .map((key) => ({ key, by: hashOf(`${session}/${key.name}`) }))
        .sort((a, b) => b.by - a.by)
        .map(({ key }) => key)
    }
    const first = turn++ % keys.length
    return [...keys.slice(first), ...keys.slice(0, first)]
  }
  /** The keys with what rests of them, degraded ones last. One read for all. */
  const survey = async (candidates: readonly NamedKey[], model: string) => {
    const names = candidates.map((key) => scopes(key, model))
    const rests = await cooldowns.read(names.flat())
    const degraded = candidates.length > 1 ? await state.read(candidates.map(degradedName)) : []
    const now = clock.now()
    return candidates
      .map((key, index) => {
        const own = names[index]!.map((name, scope) => ({ name, rest: rests[index * 3 + scope] })).filter(isResting)
        const current = own.filter(({ rest }) => rest.until > now)
        const longest = current.sort((a, b) => b.rest.until - a.rest.until)[0]?.rest
        return { key, longest, over: own.filter(({ rest }) => rest.until <= now).map(({ name }) => name), last: Boolean(degraded[index]) }
      })
      .sort((a, b) => Number(a.last) - Number(b.last))
  }
  const soonest = (resting: readonly (Rest | undefined)[]): NoKey => {
    const first = resting.filter((rest) => rest !== undefined).sort((a, b) => a.until - b.until)[0]
    return first
      ? {
          at: first.until,
          why: `every key rests, the next one until ${new Date(first.until).toISOString()} (${first.why})`,
          told: first.told,
        }
      : { at: Infinity, why: 'no key is left for this request', told: true }
  }
  return {
    async choose({ model, session, avoid }) {
      const asked = clock.now()
      if (keys.length === 1 && quiet.model === model && asked < quiet.until && !avoid(keys[0]!)) return { key: keys[0]!, probing: [] }
      const seen = (await survey(inOrder(session), model)).filter(({ key }) => !avoid(key))
      const now = clock.now()
      if (seen.every(({ longest, over }) => !longest && !over.length)) quiet = { model, until: asked + QUIET_MS }
      let probed = false
      for (const { key, longest, over } of seen) {
        // The only key is always used: the provider itself may say no.
        if (longest && keys.length > 1) continue
        if (!over.length || keys.length === 1) return { key, probing: [...over] }
        if (await cooldowns.probe(over[0]!)) return { key, probing: over }
        probed = true
      }
      if (probed) return { at: now + PROBED_MS, why: 'every key rests or is being probed', told: false }
      const guessed = seen.filter(({ longest }) => longest && !longest.told).sort((a, b) => a.longest!.until - b.longest!.until)[0]
      const none = soonest(seen.map(({ longest }) => longest))
      // Nothing better is left than a key whose rest was only guessed.
      return guessed && none.at > now + PROBED_MS ? { key: guessed.key, probing: [] } : none
    },
    async ready(model) {
      const seen = await survey(keys, model)
      if (seen.some(({ longest }) => !longest)) return { at: 0 }
      return soonest(seen.map(({ longest }) => longest))
    },
    async failed({ key, probing }, model, verdict) {
      quiet = { model: '', until: 0 }
      const scope = verdict.cool?.scope
      const index = scope === 'key' ? 0 : scope === 'key-model' ? 1 : scope === 'org' ? 2 : undefined
      const name = index === undefined ? undefined : scopes(key, model)[index]!
      if (name !== undefined) await cooldowns.rest(name, verdict)
      if (DEGRADING.has(verdict.class)) await state.write(degradedName(key), true, { ttlMs: DEGRADED_MS })
      const others = probing.filter((probed) => probed !== name)
      if (others.length) await cooldowns.release(others)
    },
    async succeeded({ probing }) {
      if (probing.length) await cooldowns.succeeded(probing)
    },
    async release({ probing }) {
      if (probing.length) await cooldowns.release(probing)
    },
    async show() {
      const all = await cooldowns.list(`${endpoint}/`)
      const degraded = await state.read(keys.map(degradedName))
      return keys.map((key, index) => ({
        name: key.name,
        org: key.org,
        degraded: Boolean(degraded[index]),
        rests: all.flatMap(({ name, rest: { until, why, streak } }) => {
          const [scope, owner, ...model] = name.slice(endpoint.length + 1).split('/')
          const owned = (scope === 'org' && owner === key.org) || (scope !== 'org' && owner === key.name)
          if (!owned) return []
          return [{ scope: scope as Scope, ...(model.length && { model: model.join('/') }), until, why, streak }]
        }),
      }))
    },
    async clear(name) {
      if (name === undefined) {
        // What pools and routers remember of the endpoint as a whole.
        await cooldowns.succeeded([`endpoint/${endpoint}`])
        await cooldowns.clear(`endpoint-model/${endpoint}/`)
      }
      for (const key of keys) {
        if (name !== undefined && key.name !== name) continue
        await cooldowns.succeeded([`${endpoint}/key/${key.name}`, `${endpoint}/org/${key.org}`])
        await cooldowns.clear(`${endpoint}/key-model/${key.name}/`)
        await state.remove(degradedName(key))
      }
    },
  }
}

const isResting = (entry: { name: string; rest: Rest | undefined }): entry is { name: string; rest: Rest } => entry.rest !== undefined

function named(key: string | ApiKey, index: number): NamedKey {
  const name = (typeof key === 'string' ? undefined : key.name) ?? `key-${index + 1}`
  return { name, key: typeof key === 'string' ? key : key.key, org: (typeof key === 'string' ? undefined : key.org) ?? name }
}
