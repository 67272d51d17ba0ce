/**
 * `GET /status`: how a gateway fares, in one look.
 *
 * @module
 */
import type { Clock } from '../../core/clock.ts'
import { version } from '../version.ts'
import type { Standing } from './administered.ts'
import { providerState } from './providers.ts'
import type { Recent } from './recent.ts'

export interface StatusParts {
  recent: Recent
  clock: Clock
  /** Milliseconds since 1970. */
  startedAt: number
}

/** `ok`: each provider that is switched on can be asked; `degraded`: some rest; `failing`: all do. */
export async function answerStatus(standing: Standing, { recent, clock, startedAt }: StatusParts): Promise<Response> {
  const { config, revision } = standing
  const endpoints = await Promise.all(
    Object.entries(config.endpoints).map(async ([name, { protocol, model }]) => ({
      name,
      protocol,
      ...(model !== undefined && { model }),
      state: await providerState(name, standing, clock.now()),
    })),
  )
  const used = endpoints.filter(({ state }) => state !== 'off')
  const resting = used.filter(({ state }) => state === 'resting').length
  const body = {
    status: resting === 0 ? 'ok' : resting < used.length ? 'degraded' : 'failing',
    name: 'cc-route',
    version,
    startedAt: new Date(startedAt).toISOString(),
    uptimeSeconds: Math.floor((clock.now() - startedAt) / 1000),
    requests: recent.counts(),
    ...(revision !== undefined && { revision }),
    endpoints,
  }
  return Response.json(body, { headers: { 'cache-control': 'no-store' } })
}

/** The endpoints, and whether each can be asked; without those that are switched off. */
export async function upstreamsOf(standing: Standing, clock: Clock): Promise<{ name: string; healthy: boolean }[]> {
  const names = Object.keys(standing.config.endpoints)
  const states = await Promise.all(names.map(async (name) => ({ name, state: await providerState(name, standing, clock.now()) })))
  return states.flatMap(({ name, state }) => (state === 'off' ? [] : [{ name, healthy: state === 'ready' }]))
}
