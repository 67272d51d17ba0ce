/**
 * The upstream side of the Node fast path: fetch over node:http, whose bodies push their bytes. Costs a third of the
 * global fetch for each request, and no promise for each chunk.
 *
 * @module
 */
import type http from 'node:http'
import type { Readable } from 'node:stream'
import type { ByteSink, ByteSource } from '../../core/byte-source.ts'
import { respondWith } from '../../core/respond.ts'
import { createMemo } from '../../core/memo.ts'
import { attendanceOf, attends, type Attendance } from '../../router/endpoint/connection.ts'
import type { Fetch } from '../../router/fetch.ts'
import { bytesOf } from './bytes.ts'
import { decoded } from './decoded.ts'
import { createProxyChooser, type ForwardProxyOptions } from '../forward-proxy/forward-proxy.ts'
import { inTurns } from './in-turns.ts'
import { createRoutes, type Route } from './routes.ts'
import { sendStream } from './send-stream.ts'

/**
 * Makes a fetch with a connection pool of its own. Anything but a plain call (a URL, with a body of text, bytes or a stream) goes to the
 * global fetch, unless there is a proxy for it: then it is made one, and its redirects are not followed.
 *
 * @throws TypeError for a proxy that cannot be used
 */
export function createNodeFetch(options: ForwardProxyOptions = {}): Fetch & { close(): void } {
  const routes = createRoutes(createProxyChooser(options))
  const nodeFetch: Fetch = async (input, init) => {
    const url = input instanceof Request ? new URL(input.url) : urls(String(input), () => new URL(input))
    const body = init?.body
    const isPlain =
      !(input instanceof Request) &&
      (body === undefined || body === null || typeof body === 'string' || body instanceof Uint8Array || body instanceof ReadableStream) &&
      (init?.redirect === undefined || init.redirect === 'manual')
    const route = routes.routeOf(url)
    if (!route || (!isPlain && !route.viaProxy)) return globalThis.fetch(input, init)
    if (isPlain) {
      const sent = typeof body === 'string' ? bytesOf(body) : (body as Body)
      return send({
        url,
        method: init?.method,
        headers: init?.headers,
        signal: init?.signal,
        attendance: attendanceOf(init),
        body: sent,
        route,
      })
    }
    const request = new Request(input, init)
    const { method, headers, signal } = request
    return send({ url, method, headers, signal, body: request.body ? new Uint8Array(await request.arrayBuffer()) : undefined, route })
  }
  return Object.assign(attends(nodeFetch), { close: routes.close })
}

/** Where it calls are a few addresses. */
const urls = createMemo<URL>()

type Body = Uint8Array | ReadableStream<Uint8Array> | null | undefined

/** Has the body as bytes alone, and until the answer comes: a long text amid the heap makes for many more full collections. */
interface Call extends Pick<RequestInit, 'method' | 'headers' | 'signal'> {
  url: URL
  attendance?: Attendance
  body: Body
  route: Route
}

function send(call: Call, retried = false): Promise<Response> {
  const { url, method = 'GET', attendance, route } = call
  const signal = call.signal ?? undefined
  return new Promise((resolve, reject) => {
    let stopped = signal?.aborted ? { reason: signal.reason as unknown } : attendance?.stopped
    if (stopped) return reject(stopped.reason)
    const headers = headersOf(call.headers)
    headers['accept-encoding'] ??= 'identity'
    const { body } = call
    const bytes = body instanceof Uint8Array ? body : undefined
    const stream = body && !bytes ? (body as ReadableStream<Uint8Array>) : undefined
    // Node would send a list of headers without a length in chunks, which WebDAV servers refuse where there is no body.
    if (!stream && (bytes || !BODILESS.has(method))) headers['content-length'] = String(bytes?.length ?? 0)
    if (stream && headers['content-length'] === undefined) headers['transfer-encoding'] = 'chunked'
    // A stream cannot be sent twice: it is worth a connection that nobody can have closed.
    const request = route.open(url, { method, headers }, retried || stream !== undefined)
    const stop = (reason: unknown) => {
      stopped = { reason }
      request.destroy(reason instanceof Error ? reason : new Error('aborted'))
      // As long as a tunnel is being opened nothing else would tell.
      if (!request.socket) reject(reason)
    }
    const abort = () => stop(signal?.reason)
    if (attendance) attendance.stop = stop
    signal?.addEventListener('abort', abort, { once: true })
    request.on('socket', (socket) => {
      // An upstream that answers before it has read everything, and then resets the connection, breaks it when it is no request's any more:
      // for a moment Node has nobody listen for its errors, and such an error would end the process.
      if (!request.reusedSocket) socket.on('error', () => {})
      if (!socket.connecting) attendance?.connected()
      else socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', () => attendance?.connected())
    })
    let answered = false
    request.on('close', () => {
      signal?.removeEventListener('abort', abort)
      // Node tells of no error where a protocol is switched (101) that nobody asked to be, and nothing else would end the call.
      if (!answered) reject(new TypeError('fetch failed', { cause: new Error('the connection was closed without an answer') }))
    })
    request.on('error', (error: NodeJS.ErrnoException) => {
      // The body of the answer tells of it, too.
      if (answered) return
      if (stopped) return reject(stopped.reason)
      // The upstream closed an idle connection just as it was used again: nothing was read of this request.
      if (request.reusedSocket && error.code === 'ECONNRESET' && !retried) return resolve(send(call, true))
      reject(new TypeError('fetch failed', { cause: error }))
    })
    request.on('response', (message) => {
      answered = true
      call.body = undefined
      try {
        resolve(responseOf(message, method))
      } catch (error) {
        message.destroy()
        reject(new TypeError('fetch failed', { cause: error }))
      }
    })
    if (stream) void sendStream(stream, request)
    else request.end(bytes)
  })
}

/** What nobody expects a body of. */
const BODILESS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT'])

/** In lower case, so that none is sent twice. */
function headersOf(headers: HeadersInit | undefined): Record<string, string> {
  if (!headers || headers instanceof Headers || Array.isArray(headers)) return Object.fromEntries(new Headers(headers))
  const lowered: Record<string, string> = {}
  for (const name in headers) lowered[name.toLowerCase()] = headers[name]!
  return lowered
}

function responseOf(message: http.IncomingMessage, method: string): Response {
  const status = message.statusCode ?? 0
  const headers = headersIn(message)
  if (status < 200 || status > 599) throw new Error(`the upstream answered with status ${status}`)
  if (status === 204 || status === 205 || status === 304) {
    message.resume()
    return new Response(null, { status, headers })
  }
  // An answer to HEAD only tells how its body would be packed.
  const source = sourceOfReadable(method === 'HEAD' ? message : decoded(message))
  return respondWith(message.headers['content-type']?.includes('event-stream') ? inTurns(source) : source, { status, headers })
}

/** As a plain object, which costs least; cookies alone come one by one, which takes a list. Node has joined the others. */
function headersIn({ headers }: http.IncomingMessage): HeadersInit {
  if (!headers['set-cookie']) return headers as Record<string, string>
  return Object.entries(headers).flatMap(([name, value]) => [value ?? []].flat().map((one): [string, string] => [name, one]))
}

/** A Node stream as a source. A stream that closes before its end has failed. */
export function sourceOfReadable(readable: Readable): ByteSource {
  readable.pause()
  let sink: ByteSink | undefined
  let over: (() => void) | undefined
  const end = (tell: () => void) => {
    if (over) return
    over = tell
    if (sink) tell()
  }
  const fail = (error: unknown) => end(() => sink?.fail(error))
  readable.on('end', () => end(() => sink?.end()))
  readable.on('error', fail)
  readable.on('close', () => {
    if (!over) fail(new Error('the connection was closed amid the body'))
  })
  return {
    start(to) {
      sink = to
      if (over) return over()
      readable.on('data', (chunk: Uint8Array) => {
        if (!over) to.write(chunk)
      })
      readable.resume()
    },
    pause: () => void readable.pause(),
    resume: () => void readable.resume(),
    cancel() {
      over ??= () => {}
      readable.destroy()
    },
  }
}
