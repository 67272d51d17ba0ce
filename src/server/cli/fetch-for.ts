/**
 * What calls the providers: straight, or through the proxies that the configuration names.
 *
 * @module
 */
import type { Fetch } from '../../router/fetch.ts'
import { createNodeFetch } from '../node/fetch.ts'

/** Bun and Deno have a fetch of their own that is as fast as it gets, and goes through the proxies of the environment itself. */
const isNode = !process.versions.bun && !('Deno' in globalThis)

/** Returns what gives the fetch for a proxy: a URL, `direct`, or nothing for what the environment says. One of each, with its connections. */
export function createFetchFor(env: Readonly<Record<string, string | undefined>>): (proxy: string | undefined) => Fetch {
  const made = new Map<string | undefined, Fetch>()
  const make = (proxy: string | undefined): Fetch => {
    if (proxy !== undefined) return createNodeFetch({ proxy })
    return isNode ? createNodeFetch({ env }) : globalThis.fetch
  }
  return (proxy) => {
    const found = made.get(proxy) ?? make(proxy)
    made.set(proxy, found)
    return found
  }
}
