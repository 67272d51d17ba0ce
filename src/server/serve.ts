/**
 * A gateway on a socket: Node, Bun and Deno.
 *
 * @module
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { serve as listen } from 'srvx'
import type { Failure } from '../core/failure.ts'
import { failureInStream } from '../router/endpoint/answer.ts'
import { attachBody, clientProtocol, routeOf } from '../router/facts.ts'
import type { Fetch } from '../router/fetch.ts'
import { answerClientErrors } from './node/client-error.ts'
import { protocols } from '../transformers/registry.ts'
import { createClosing, type Flight } from './closing.ts'
import { attachConnection } from './safety/connection.ts'
import { createGateway, refuse, type GatewayOptions } from './gateway.ts'
import { isLoopback } from './safety/guard.ts'
import type { Limits } from './safety/limits.ts'
import { endStalled, hasTooManyHeaders, socketOptions, type SocketLimits } from './node/limits.ts'
import { readNodeBody } from './node/request.ts'
import { deliverOnNode } from './node/response.ts'

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
 * Serves an app: an endpoint, a pool, a router, or a whole gateway. Rejects where the address cannot be listened on (`EADDRINUSE`),
 * and with a TypeError where others could reach it without a key.
 *
 * A server on loopback answers to loopback host names only, unless `hosts` says otherwise, so that no web page can reach it.
 */
export async function serve(app: Fetch, options: ServeOptions = {}): Promise<Served> {
  refuseAnyone(options)
  const { port = 3456, hostname = '127.0.0.1', graceMs = 5000, leaveMs = 0, limits = {}, ...rest } = options
  const hosts = options.hosts ?? (isLoopback(hostname) ? 'loopback' : 'any')
  const gateway = createGateway({
    ...rest,
    hosts,
    app,
    limits: { streams: 4096, streamsPerClient: 256, ...limits },
    isReady: () => closing.phase === 'open' && (options.isReady?.() ?? true),
  })
  const server = listen({
    fetch: (request) => {
      const node = request.runtime?.node
      if (node?.res) return answerOnNode(request, { req: node.req as IncomingMessage, res: node.res as ServerResponse })
      attachConnection(request, { address: request.ip })
      return closing.phase === 'closing' ? stopping(request) : gateway(request)
    },
    port,
    hostname,
    silent: true,
    gracefulShutdown: false,
    // Clients keep connections open between requests. Node closes one after 5 s, at times just when the next request is on its way.
    node: { keepAliveTimeout: 75_000, ...socketOptions(limits) },
    // Bun cuts a connection after 10 s of silence; models think longer.
    bun: { idleTimeout: 0 },
  })
  const closing = createClosing({ server, node: () => server.node?.server as Server | undefined, leaveMs, graceMs })

  const answerOnNode = (request: Request, { req, res }: NodePair): Response | Promise<Response> => {
    if (closing.phase === 'closing') return stopping(request)
    if (hasTooManyHeaders(req, limits))
      return refuse(request, { kind: 'invalid-request', status: 431, message: 'The request has too many headers.' })
    attachBody(request, (maxBytes) => readNodeBody(req, maxBytes))
    attachConnection(request, { address: req.socket.remoteAddress, whenClosed: (run) => void res.once('close', run) })
    return new Promise((resolve) => {
      let late = false
      const flight: Flight = {
        interrupt() {
          late = true
          resolve(stopping(request))
        },
      }
      res.once('close', closing.board(flight))
      void gateway(request).then((response) => {
        if (late) return void response.body?.cancel()
        flight.interrupt = () => res.destroy()
        resolve(deliverOnNode(response, flight, () => lastWords(request)))
      })
    })
  }

  await server.ready()
  const node = server.node?.server as Server | undefined
  if (node) {
    answerClientErrors(node)
    endStalled(node, limits)
  }
  const actualPort = Number(new URL(server.url ?? `http://localhost:${port}`).port || 80)
  return { url: `http://${urlHost(hostname)}:${actualPort}`, port: actualPort, close: closing.close }
}

interface NodePair {
  req: IncomingMessage
  res: ServerResponse
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
const lastWords = (request: Request): string =>
  failureInStream(protocols[clientProtocol(request)], routeOf(request)?.route.framing ?? 'sse', STOPPING)

function refuseAnyone({ hostname = '127.0.0.1', keys, allowAnyone }: ServeOptions): void {
  if (keys || allowAnyone || isLoopback(hostname)) return
  throw new TypeError(
    `Without keys the server does not listen on ${hostname || 'all addresses'}: whoever reached it would use your providers’ keys. ` +
      'Give it keys for its clients, or listen on 127.0.0.1.',
  )
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
