/**
 * The set-up that a configuration asks for.
 *
 * @module
 */
import type { NamedEndpoint, Setup } from '../setup.ts'
import type { Config } from './settle.ts'
import { readTarget } from './targets.ts'

/** The endpoints that are switched on, and the default among them. */
export function setupOf({ endpoints, routes }: Config): Setup {
  const used = Object.entries(endpoints).flatMap(([name, endpoint]): NamedEndpoint[] => {
    const { protocol, baseUrl, keys, model, own, dialect, headers, enabled } = endpoint
    if (enabled === false) return []
    // Where the file says which request goes where, models have no way of their own.
    return [
      { name, protocol, baseUrl, apiKey: keys[0]?.key, keyFrom: keys[0]?.from, model, own: routes ? undefined : own, dialect, headers },
    ]
  })
  const asked = typeof routes?.default === 'string' ? readTarget(Object.keys(endpoints), routes.default)?.name : undefined
  return { endpoints: used, default: used.find(({ name }) => name === asked)?.name ?? used[0]!.name }
}
