/**
 * A gateway on a socket: Node, Bun and Deno.
 *
 * @module
 */
import type { Failure } from '../core/failure.ts'
import { failureInStream } from '../router/endpoint/answer.ts'
import { clientProtocol, routeOf } from '../router/facts.ts'
import type { Fetch } from '../router/fetch.ts'
import { answerClientErrors } from './node/client-error.ts'
import { protocols } from '../transformers/registry.ts'
import { createClosing, type Closable } from './closing.ts'
import { attachConnection } from './safety/connection.ts'
import { createGateway } from './front.ts'
import type { GatewayOptions } from './front-options.ts'
import { refuse } from './refuse.ts'
import { servableOf } from './serving.ts'
import { isLoopback } from './safety/guard.ts'
import { bracketed } from './safety/ip-network.ts'
import type { Limits } from './safety/limits.ts'
import { endStalled, socketOptions, type SocketLimits } from './node/limits.ts'
import { openNodeServer, type NodeServer } from './node/server.ts'

export interface ServeOptions extends Omit<GatewayOptions, 'app' | 'limits'> {
  /** Default 3456; 0 takes any free port. */
  port?: number
  /** The address to listen on. Anything but loopback is reachable from elsewhere, and takes `keys`. Default `127.0.0.1`. */
  hostname?: string
  /** Listen where others can reach it and ask for no key: whoever finds the server spends your money. Default `false`. */
  allowAnyone?: boolean
  limits?: Limits & SocketLimits
  /** Milliseconds that requests in flight are given to end when the server closes. Default 5000. */
  graceMs?: number
  /** Milliseconds before that in which it answers all requests, but says at `/health` that it is leaving (503). Default 0. */
  leaveMs?: number
}

export interface Served {
  /** Where it listens, without a trailing slash. */
  url: string
  port: number
  /** Takes no more requests, lets those in flight end for `graceMs`, then ends them with an error. Always resolves. */
  close(): Promise<void>
}

/**
 * Serves an app: an endpoint, a pool, a router, or a `gateway()`, whose configuration says who may use it and what models there are.
 * Rejects where the address cannot be listened on (`EADDRINUSE`), and with a TypeError where others could reach it without a key.
 *
 * A server on loopback answers to loopback host names only, unless `hosts` says otherwise, so that no web page can reach it.
 */
export async function serve(app: Fetch, options: ServeOptions = {}): Promise<Served> {
  const servable = servableOf(app)
  refuseAnyone(options, servable?.asksForKeys ?? options.keys !== undefined)
  const { port = 3456, hostname = '127.0.0.1', graceMs = 5000, leaveMs = 0, ...rest } = options
  const limits = { ...servable?.limits, ...options.limits }
  const hosts = options.hosts ?? (isLoopback(hostname) ? 'loopback' : 'any')
  const own = {
    ...rest,
    limits: { streams: 4096, streamsPerClient: 256, ...limits },
    isReady: () => closing.phase === 'open' && (options.isReady?.() ?? true),
  }
  servable?.serve({ ...own, needsKeys: !options.allowAnyone && !isLoopback(hostname) })
  const gateway = servable ? app : createGateway({ ...own, app, hosts })
  const onNode = () =>
    openNodeServer(
      // Clients keep connections open between requests. Node closes one after 5 s, at times just when the next request is on its way.
      { port, hostname, keepAliveTimeout: 75_000, ...socketOptions(limits) },
      async () => (await import('./node/listener.ts')).createNodeListener({ gateway, closing, limits, stopping, lastWords }),
    )
  const elsewhere = () =>
    openServer(port, hostname, (request, address) => {
      attachConnection(request, { address })
      return closing.phase === 'closing' ? stopping(request) : gateway(request)
    })
  const server: NodeServer | OtherServer = await (isNode ? onNode() : elsewhere())
  const { node } = server
  const closing = createClosing({ server, node, leaveMs, graceMs })
  if (node) {
    answerClientErrors(node)
    endStalled(node, limits)
  }
  return { url: `http://${urlHost(hostname)}:${server.port}`, port: server.port, close: closing.close }
}

/** Bun and Deno have servers of their own. */
const isNode = !process.versions.bun && !('Deno' in globalThis)

interface OtherServer extends Closable {
  port: number
  node?: undefined
}

async function openServer(
  port: number,
  hostname: string,
  answer: (request: Request, address: string | undefined) => Response | Promise<Response>,
): Promise<OtherServer> {
  const { serve: listen } = await import('srvx')
  const server = listen({
    fetch: (request) => answer(request, request.ip),
    port,
    hostname,
    silent: true,
    gracefulShutdown: false,
    // Bun cuts a connection after 10 s of silence; models think longer.
    bun: { idleTimeout: 0 },
  })
  await server.ready()
  return { port: Number(new URL(server.url ?? `http://localhost:${port}`).port || 80), close: (closeAll) => server.close(closeAll) }
}

const STOPPING: Failure = {
  kind: 'overloaded',
  status: 503,
  message: 'The server is being stopped. Try again in a moment: another one may have taken its place.',
  retryAfter: 1,
}

function stopping(request: Request): Response {
  const response = refuse(request, STOPPING)
  response.headers.set('connection', 'close')
  return response
}

/** The end of a stream that the server breaks off, in the client's own words. */
const lastWords = (request: Request, begun: boolean): string =>
  failureInStream(protocols[clientProtocol(request)], STOPPING, {
    framing: routeOf(request)?.route.framing ?? 'sse',
    model: routeOf(request)?.route.model ?? '',
    now: Date.now,
    ...(begun && { begun: {} }),
  })

function refuseAnyone({ hostname = '127.0.0.1', allowAnyone }: ServeOptions, asksForKeys: boolean): void {
  if (asksForKeys || allowAnyone || isLoopback(hostname)) return
  throw new TypeError(
    `Without keys the server does not listen on ${hostname || 'all addresses'}: whoever reached it would use your providers’ keys. ` +
      'Give it keys for its clients, or listen on 127.0.0.1.',
  )
}

/** An address to call, where the server listens on all of them. */
const urlHost = (hostname: string): string =>
  hostname === '0.0.0.0' || hostname === '' ? '127.0.0.1' : hostname === '::' ? '[::1]' : bracketed(hostname)
