/**
 * A gateway on a socket: Node, Bun and Deno.
 *
 * @module
 */
import type { Server } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { serve as listen } from 'srvx'
import { attachBody } from '../router/facts.ts'
import type { Fetch } from '../router/fetch.ts'
import { answerClientErrors } from './client-error.ts'
import { createClosing } from './closing.ts'
import { createGateway, type GatewayOptions } from './gateway.ts'
import { isLoopback } from './guard.ts'
import { readNodeBody } from './node-request.ts'
import { deliverOnNode } from './node-response.ts'

export interface ServeOptions extends Omit<GatewayOptions, 'app'> {
  /** Default 3456; 0 takes any free port. */
  port?: number
  /**
   * The address to listen on. **Important:** anything but loopback is reachable from elsewhere, and whoever reaches it uses
   * your keys. Default `127.0.0.1`.
   */
  hostname?: string
  /** Milliseconds that requests in flight are given to end when the server closes. Default 5000. */
  graceMs?: number
}

export interface Served {
  /** Where it listens, without a trailing slash. */
  url: string
  port: number
  /** Takes no more requests, lets those in flight end for `graceMs`, then cuts them. Always resolves. */
  close(): Promise<void>
}

/**
 * Serves an app: an endpoint, a pool, a router, or a whole gateway. Rejects where the address cannot be listened on (`EADDRINUSE`).
 *
 * A server on loopback answers to loopback host names only, unless `hosts` says otherwise, so that no web page can reach it.
 */
export async function serve(app: Fetch, options: ServeOptions = {}): Promise<Served> {
  const { port = 3456, hostname = '127.0.0.1', graceMs = 5000, hosts = isLoopback(hostname) ? 'loopback' : 'any', ...rest } = options
  const gateway = createGateway({ ...rest, hosts, app })
  const server = listen({
    fetch: async (request) => {
      const node = request.runtime?.node
      if (!node) return gateway(request)
      attachBody(request, (maxBytes) => readNodeBody(node.req as IncomingMessage, maxBytes))
      return deliverOnNode(await gateway(request))
    },
    port,
    hostname,
    silent: true,
    gracefulShutdown: false,
    // Clients keep connections open between requests. Node closes one after 5 s, at times just when the next request is on its way.
    node: { keepAliveTimeout: 75_000 },
    // Bun cuts a connection after 10 s of silence; models think longer.
    bun: { idleTimeout: 0 },
  })
  await server.ready()
  const node = server.node?.server as Server | undefined
  if (node) answerClientErrors(node)
  const actualPort = Number(new URL(server.url ?? `http://localhost:${port}`).port || 80)
  return { url: `http://${urlHost(hostname)}:${actualPort}`, port: actualPort, close: createClosing(server, node, graceMs) }
}

/** An address to call, where the server listens on all of them. */
const urlHost = (hostname: string): string =>
  hostname === '0.0.0.0' || hostname === ''
    ? '127.0.0.1'
    : hostname === '::'
      ? '[::1]'
      : hostname.includes(':')
        ? `[${hostname}]`
        : hostname
