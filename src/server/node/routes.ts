/**
 * The ways from here to an upstream, each with its connections: straight, or through a proxy.
 *
 * @module
 */
import { once } from 'node:events'
import http from 'node:http'
import https from 'node:https'
import { isIP } from 'node:net'
import type { Duplex } from 'node:stream'
import tls from 'node:tls'
import { urlToHttpOptions } from 'node:url'
import { callbackify } from 'node:util'
import { createMemo } from '../../core/memo.ts'
import { proxyName, type ForwardProxy } from '../forward-proxy/forward-proxy.ts'
import { openTunnel, proxyHeaders } from '../forward-proxy/tunnel.ts'
import { bare } from '../safety/ip-network.ts'

export interface Route {
  viaProxy: boolean
  /** Begins a call. `fresh`: over a connection that nobody used before. */
  open(url: URL, options: { method: string; headers: Record<string, string> }, fresh: boolean): http.ClientRequest
}

export interface Routes {
  /** The way to a URL; `undefined` where it is none of HTTP. */
  routeOf(url: URL): Route | undefined
  close(): void
}

const POOL = { keepAlive: true, maxSockets: Number.POSITIVE_INFINITY, maxFreeSockets: 256 }
const FRESH = { keepAlive: false }

/** Makes the ways, each when it is first gone. */
export function createRoutes(proxyOf: (url: URL) => ForwardProxy | undefined): Routes {
  const agents: http.Agent[] = []
  const routes = new Map<string, Route>()
  const make = (protocol: string, proxy: ForwardProxy | undefined): Route => {
    if (protocol === 'http:' && proxy && proxy.protocol !== 'socks5') return forwarded(proxy, agents)
    const request = protocol === 'https:' ? https.request : http.request
    const agentFor = (options: http.AgentOptions) => {
      const agent = protocol === 'https:' ? new https.Agent(options) : new http.Agent(options)
      return proxy ? tunnelled(agent, proxy) : agent
    }
    const pool = agentFor(POOL)
    agents.push(pool)
    return {
      viaProxy: proxy !== undefined,
      open(url, { method, headers }, fresh) {
        const more = { method, headers: listed(url, headers), agent: fresh ? agentFor(FRESH) : pool }
        return request(
          Object.assign(
            {},
            targets(url.href, () => targetOf(url)),
            more,
            namedIn(headers.host),
          ),
        )
      },
    }
  }
  return {
    routeOf(url) {
      const { protocol } = url
      if (protocol !== 'http:' && protocol !== 'https:') return undefined
      const proxy = proxyOf(url)
      const name = proxy ? `${protocol} ${proxyName(proxy)}` : protocol
      let route = routes.get(name)
      if (!route) routes.set(name, (route = make(protocol, proxy)))
      return route
    },
    close: () => agents.forEach((agent) => agent.destroy()),
  }
}

/** What Node has to know of a URL, found out once for each. */
const targets = createMemo<http.RequestOptions>()

function targetOf(url: URL): http.RequestOptions {
  const { protocol, hostname, port, path } = urlToHttpOptions(url)
  return { protocol, hostname, port, path }
}

/** Headers in a list: Node writes them as they are, and keeps no table of them. Then it adds none of its own either. */
function listed(url: URL, headers: Record<string, string>): string[] {
  const list = headers.host === undefined ? ['host', url.host] : []
  if ((url.username || url.password) && headers.authorization === undefined)
    list.push('authorization', `Basic ${Buffer.from(credentialsOf(url)).toString('base64')}`)
  for (const name in headers) list.push(name, headers[name]!)
  return list
}

/** A host of the user's own is the one whose certificate is looked at, too. */
function namedIn(host: string | undefined): { servername?: string } {
  const name = host?.replace(/:\d*$/, '')
  return name && !isIP(bare(name)) ? { servername: name } : {}
}

const credentialsOf = ({ username, password }: URL): string => `${decodeURIComponent(username)}:${decodeURIComponent(password)}`

/** Calls in the clear are not tunnelled: proxies take them whole, and many allow tunnels to port 443 alone. */
function forwarded(proxy: ForwardProxy, agents: http.Agent[]): Route {
  const secure = proxy.protocol === 'https'
  const agentFor = (options: http.AgentOptions) => (secure ? new https.Agent(options) : new http.Agent(options))
  const pool = agentFor(POOL)
  agents.push(pool)
  return {
    viaProxy: true,
    open: ({ host, href }, { method, headers }, fresh) =>
      (secure ? https : http).request({
        host: proxy.host,
        port: proxy.port,
        path: href.replace(/#.*$/, ''),
        method,
        headers: { ...headers, host, ...proxyHeaders(proxy) },
        agent: fresh ? agentFor(FRESH) : pool,
      }),
  }
}

/** The agent, its connections made through a proxy. */
function tunnelled<A extends http.Agent>(agent: A, proxy: ForwardProxy): A {
  const connect = async (options: tls.ConnectionOptions & { host?: string; port?: number | string }): Promise<Duplex> => {
    const socket = await openTunnel(proxy, { host: bare(options.host ?? ''), port: Number(options.port) })
    if (!(agent instanceof https.Agent)) return socket
    const encrypted = tls.connect({ ...options, socket, path: undefined })
    await once(encrypted, 'secureConnect')
    return encrypted
  }
  return Object.assign(agent, { createConnection: callbackify(connect) })
}
