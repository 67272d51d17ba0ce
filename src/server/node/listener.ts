/**
 * What answers the requests of a Node server. Loaded with the first of them.
 *
 * @module
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { NodeRequest } from 'srvx/node'
import { detachAll } from '../../core/attachment.ts'
import { respondLazily } from '../../core/respond.ts'
import { createPresence } from '../../core/presence.ts'
import { createMemo } from '../../core/memo.ts'
import type { Failure } from '../../core/failure.ts'
import { attachBody } from '../../router/facts.ts'
import { attachHeaders } from '../../router/headers.ts'
import { attachPresence } from '../../router/presence.ts'
import type { Fetch } from '../../router/fetch.ts'
import type { Closing, Interrupt } from '../closing.ts'
import { refuse } from '../refuse.ts'
import { attachConnection } from '../safety/connection.ts'
import { hasTooManyHeaders, type SocketLimits } from './limits.ts'
import { readNodeBody } from './request.ts'
import { deliver } from './response.ts'
import type { Listener } from './server.ts'

export interface ListenerOptions {
  gateway: Fetch
  closing: Closing
  limits: SocketLimits
  /** The answer to a request that comes too late. */
  stopping(request: Request): Response
  /** The end of a stream that this server breaks off. `begun`: more of it has gone out than signs of life. */
  lastWords(request: Request, begun: boolean): string
}

export function createNodeListener({ gateway, closing, limits, stopping, lastWords }: ListenerOptions): Listener {
  respondLazily()
  const answer = async (request: Request, req: IncomingMessage, res: ServerResponse): Promise<void> => {
    // Of a request that was broken off it is no longer known.
    const { socket } = req
    // A variable, and no field of an object in the set: such an object keeps the request until a full collection.
    let interrupt: Interrupt = () => void (interrupt = deliver(stopping(request), res))
    const land = closing.board(() => interrupt())
    const over = until(2, () => setImmediate(detachAll, request))
    const waiting = createPresence()
    attachPresence(request, waiting)
    res.once('close', () => {
      if (req.errored || !res.writableEnded) waiting.leave(req.errored ?? new DOMException('The client has gone.', 'AbortError'))
      if (!req.complete) passOver(req, socket)
      land()
      over()
    })
    attachHeaders(request, req.headers)
    attachBody(request, (maxBytes) => readNodeBody(req, maxBytes))
    attachConnection(request, { address: req.socket.remoteAddress, whenClosed: (run) => void res.once('close', run) })
    const response = await gateway(request).finally(over)
    // Interrupted: the client has its answer.
    if (res.headersSent) return void response.body?.cancel()
    interrupt = deliver(response, res, (begun) => lastWords(request, begun))
  }
  return (req, res) => {
    if (!isTarget(req.url ?? '') || !isHost(req.headers.host)) return void res.writeHead(400).end()
    const request = new NodeRequest({ req, res })
    if (closing.phase === 'closing') return void deliver(stopping(request), res)
    if (hasTooManyHeaders(req, limits)) return void deliver(refuse(request, TOO_MANY_HEADERS), res)
    answer(request, req, res).catch((error: unknown) => res.destroy(error as Error))
  }
}

/** Runs `run` with the last of so many calls. */
const until = (calls: number, run: () => void) => () => void (--calls || run())

/** What nobody has read of an answered request stands before the next one on its connection. Where it cannot be read any more there is no next one. */
function passOver(req: IncomingMessage, socket: Socket): void {
  const hangUp = () => void (req.complete || socket.destroySoon())
  if (req.destroyed) return hangUp()
  req.once('close', hangUp)
  req.removeAllListeners('data').resume()
}

const TOO_MANY_HEADERS: Failure = { kind: 'invalid-request', status: 431, message: 'The request has too many headers.' }

/** What can stand in a URL: a port beyond all ports cannot. */
const isHost = (host = ''): boolean => host === '' || hosts(host, () => URL.canParse(`http://${host}`))
const hosts = createMemo<boolean>()

/** What a request line may ask for: a path, `*`, or a whole URL, as proxies are asked. */
const isTarget = (target: string): boolean =>
  target.startsWith('/') || target === '*' || (/^https?:\/\/./i.test(target) && URL.canParse(target))
