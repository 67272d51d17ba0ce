import { vi } from 'vitest'
import { endpoint, outcomeOf, type Ending, type Fetch, type Outcome } from '../../src/router/index.ts'
import { chaosProvider, seededRandom, type ChaosOptions, type ChaosProvider, type ChaosRequest } from '../../src/testing/index.ts'
import { simulatedClock } from './simulated-clock.ts'

// A simulation is all work and no waiting: on a busy machine it takes a while.
vi.setConfig({ testTimeout: 60_000 })

export const SECOND = 1000
export const MINUTE = 60 * SECOND
/** All simulations begin at the same time, so that dates are the same in each run. */
export const START = Date.UTC(2026, 10, 2)

export interface Asked {
  status: number
  /** When it was asked, and how long it took to the end of the answer. */
  at: number
  tookMs: number
  outcome: Outcome | undefined
  ending: Ending | undefined
}

export interface Conversation {
  session: string
  agent?: string
  text?: string
}

/** Time, chance and clients of one simulation: the same for the same seed. */
export function createWorld(seed: number) {
  const clock = simulatedClock(START)
  const random = seededRandom(seed)

  /** A question of a conversation, read to its end. */
  const ask = async (fetch: Fetch, { session, agent, text = 'go on' }: Conversation): Promise<Asked> => {
    const at = clock.now()
    const response = await fetch('https://client.example/v1/messages', {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-claude-code-session-id': session,
        ...(agent !== undefined && { 'x-claude-code-agent-id': agent }),
      },
      body: JSON.stringify({ model: 'm', max_tokens: 100, messages: [{ role: 'user', content: text }] }),
    })
    await response.text()
    const outcome = outcomeOf(response)
    return { status: response.status, at, tookMs: clock.now() - at, outcome, ending: await outcome?.ended }
  }
  /** Runs something `perSecond` times a second on average, at random, for `ms`. */
  const arrivals = (perSecond: number, ms: number, run: (index: number) => void): void => {
    let at = 0
    for (let index = 0; ; index++) {
      at += (-Math.log(1 - random()) * SECOND) / perSecond
      if (at >= ms) return
      clock.after(at, () => run(index))
    }
  }
  /** An endpoint with the provider behind it. */
  const provided = (name: string, options: ChaosOptions = {}, more: Partial<Parameters<typeof endpoint>[0]> = {}) => {
    const provider = chaosProvider({ clock, random, ...options })
    const baseUrl = `https://${name}.example`
    return { name, provider, fetch: endpoint({ name, protocol: 'claude', baseUrl, apiKey: 'k', fetch: provider, clock, random, ...more }) }
  }
  return { clock, random, ask, arrivals, provided }
}

/** The most requests that a provider had under way at the same time between two times. */
export function mostAtOnce({ requests }: ChaosProvider, from: number, to: number): number {
  const changes = requests.flatMap(({ at, endedAt = Infinity }) => [
    { at, by: 1 },
    { at: endedAt, by: -1 },
  ])
  changes.sort((a, b) => a.at - b.at || a.by - b.by)
  let open = 0
  let most = 0
  for (const { at, by } of changes) {
    open += by
    if (at >= from && at <= to) most = Math.max(most, open)
  }
  return most
}

export const between = ({ requests }: ChaosProvider, from: number, to: number): ChaosRequest[] =>
  requests.filter(({ at }) => at >= from && at < to)

/** A fault between two times. */
export const during =
  <F>(from: number, to: number, fault: F) =>
  ({ at }: ChaosRequest): F | undefined =>
    at >= from && at < to ? fault : undefined
