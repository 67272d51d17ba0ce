/**
 * What answers the requests of a Node server. Loaded with the first of them.
 *
 * @module
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { serve } from 'srvx'
import { makeStreamsLazily } from '../../core/byte-source.ts'
import { attachBody } from '../../router/facts.ts'
import type { Fetch } from '../../router/fetch.ts'
import type { Closing, Flight } from '../closing.ts'
import { refuse } from '../front.ts'
import { attachConnection } from '../safety/connection.ts'
import { hasTooManyHeaders, type SocketLimits } from './limits.ts'
import { readNodeBody } from './request.ts'
import { deliverOnNode } from './response.ts'
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
  makeStreamsLazily()
  const answer = (request: Request, req: IncomingMessage, res: ServerResponse): Response | Promise<Response> => {
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
        resolve(deliverOnNode(response, flight, (begun) => lastWords(request, begun)))
      })
    })
  }
  // The adapter alone: it opens no server of its own.
  const { node } = serve({
    fetch: (request) => {
      const { req, res } = request.runtime!.node!
      return answer(request, req as IncomingMessage, res as ServerResponse)
    },
    manual: true,
    silent: true,
    gracefulShutdown: false,
    port: 0,
  })
  return node!.handler
}
