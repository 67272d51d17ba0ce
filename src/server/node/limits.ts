/**
 * What a Node server does about clients that are slow, or that never come to an end.
 *
 * @module
 */
import type { IncomingMessage, Server, ServerOptions, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

export interface SocketLimits {
  /** The most bytes of a request's line and headers. Default 32 KiB. Node only, as all of these. */
  headerBytes?: number
  /** The most headers of a request. Default 128. */
  headers?: number
  /** Milliseconds for a request's headers to arrive. Default 20 000. */
  headersMs?: number
  /** Milliseconds for all of a request to arrive. Default 60 000. */
  bodyMs?: number
  /** Milliseconds without a byte amid a request, or of an answer that waits for its client to read. Default 60 000. */
  stallMs?: number
}

/** A server's options for these limits. */
export function socketOptions({ headerBytes = 32 * 1024, headersMs = 20_000, bodyMs = 60_000 }: SocketLimits): ServerOptions {
  const shortest = Math.min(headersMs, bodyMs)
  return {
    maxHeaderSize: headerBytes,
    headersTimeout: shortest,
    requestTimeout: bodyMs,
    connectionsCheckingInterval: Math.max(50, Math.min(5000, shortest / 4)),
    // Strict whatever the command line of Node says: a lenient parser and the proxy in front could disagree on where a request ends.
    insecureHTTPParser: false,
  }
}

/** Whether a request has more headers than it may. */
export const hasTooManyHeaders = ({ rawHeaders }: IncomingMessage, { headers = 128 }: SocketLimits): boolean =>
  rawHeaders.length > 2 * headers

/** Ends connections on which nothing moves although it is the client's turn. Silence while a model thinks is none of them. */
export function endStalled(server: Server, { stallMs = 60_000 }: SocketLimits): void {
  server.timeout = stallMs
  server.on('timeout', (socket: Socket & { _httpMessage?: ServerResponse }) => {
    // oxlint-disable-next-line no-underscore-dangle
    const response = socket._httpMessage
    if (!response) return void socket.destroy() // kept alive, and not used again
    if (!response.req.complete) return void server.emit('clientError', timeout(), socket)
    if (socket.writableLength) return void socket.destroy()
    socket.setTimeout(stallMs)
  })
}

const timeout = (): Error => Object.assign(new Error('the request did not arrive in time'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' })
