/**
 * What calls the providers: straight, or through the proxies that the configuration names.
 *
 * @module
 */
import { attends } from '../../router/endpoint/connection.ts'
import type { Fetch } from '../../router/fetch.ts'
import { createProxyChooser, type ForwardProxyOptions } from '../forward-proxy/forward-proxy.ts'
import { loadOnce } from '../load-once.ts'

/** Bun and Deno have a fetch of their own that is as fast as it gets, and goes through the proxies of the environment itself. */
const isNode = !process.versions.bun && !('Deno' in globalThis)

/** Returns what gives the fetch for a proxy: a URL, `direct`, or nothing for what the environment says. One of each, with its connections. */
export function createFetchFor(env: Readonly<Record<string, string | undefined>>): (proxy: string | undefined) => Fetch {
  const made = new Map<string | undefined, Fetch>()
  const make = (proxy: string | undefined): Fetch => {
    if (proxy !== undefined) return createLateFetch({ proxy })
    return isNode ? createLateFetch({ env }) : globalThis.fetch
  }
  return (proxy) => {
    const found = made.get(proxy) ?? make(proxy)
    made.set(proxy, found)
    return found
  }
}

/** Node's way to the providers, loaded with the first call: a server that starts has nobody to call yet. */
function createLateFetch(options: ForwardProxyOptions): Fetch {
  // Throws now for a proxy that cannot be used.
  createProxyChooser(options)
  let fetch: Fetch | undefined
  const load = loadOnce(async () => (fetch = (await import('../node/fetch.ts')).createNodeFetch(options)))
  return attends((input, init) => fetch?.(input, init) ?? load().then((loaded) => loaded(input, init)))
}
