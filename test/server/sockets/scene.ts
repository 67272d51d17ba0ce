/** Real upstreams, a real server, real clients, and an account of every socket and timer they took. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { serve as listen } from 'srvx'
import { vi } from 'vitest'
import { systemClock, type Clock } from '../../../src/core/clock.ts'
import { endpoint } from '../../../src/router/endpoint/endpoint.ts'
import type { Timeouts } from '../../../src/router/endpoint/timeouts.ts'
import type { Fetch } from '../../../src/router/fetch.ts'
import type { PoolOptions } from '../../../src/router/pool/options.ts'
import { pool } from '../../../src/router/pool/pool.ts'
import { createGateway } from '../../../src/server/front.ts'
import { createNodeFetch } from '../../../src/server/node/fetch.ts'
import { serve } from '../../../src/server/serve.ts'

const named = (event: { type: string }) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`
const chunk = (delta: object, finish: string | null = null) =>
  `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`

/** An answer's events as two providers write them: the first passes untouched to a client of Claude, the second is translated. */
export const WIRE = {
  claude: {
    begin:
      named({
        type: 'message_start',
        message: { id: 'msg_1', type: 'message', role: 'assistant', model: 'm', content: [], usage: { input_tokens: 1, output_tokens: 1 } },
      } as { type: string }) +
      named({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } } as { type: string }),
    word: (text: string) => named({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } } as { type: string }),
    end:
      named({ type: 'content_block_stop', index: 0 } as { type: string }) +
      named({ type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 3 } } as { type: string }) +
      named({ type: 'message_stop' }),
  },
  openai: {
    begin: chunk({ role: 'assistant', content: '' }),
    word: (text: string) => chunk({ content: text }),
    end: `${chunk({}, 'stop')}data: [DONE]\n\n`,
  },
} as const
type Wire = keyof typeof WIRE

/**
 * Both ways to call an upstream, the server's own and everybody's, and both ways of an answer through it; at last with nothing of Node's
 * at all, as other runtimes have it: their server gives Requests and takes Responses with streams.
 */
export const CASES = [
  { which: 'node', wire: 'claude', server: 'node' },
  { which: 'node', wire: 'openai', server: 'node' },
  { which: 'global', wire: 'claude', server: 'node' },
  { which: 'global', wire: 'openai', server: 'web' },
] as const
export type Case = (typeof CASES)[number]

export interface Call {
  req: http.IncomingMessage
  res: http.ServerResponse
  /** Resolves when the connection is gone. */
  gone: Promise<unknown>
}

/** A provider that does with each request what `answer` does. */
export async function openUpstream(answer: (call: Call, index: number) => void) {
  const calls: Call[] = []
  const server = http.createServer((req, res) => {
    const call = { req, res, gone: once(res, 'close') }
    req.on('error', () => {})
    answer(call, calls.push(call) - 1)
  })
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.once('close', () => sockets.delete(socket))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  return {
    port,
    calls,
    /** How many connections stand. */
    connections: () => sockets.size,
    /** Resets all connections, as a process that is killed does, and takes none any more. */
    die() {
      server.close()
      for (const socket of sockets) socket.resetAndDestroy()
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
export type Upstream = Awaited<ReturnType<typeof openUpstream>>

export const head = (res: http.ServerResponse): http.ServerResponse => res.writeHead(200, { 'content-type': 'text/event-stream' })

/** Answers well, at once. */
export const well =
  (wire: Wire, words = ['well']) =>
  ({ res }: Call): void =>
    void head(res).end(WIRE[wire].begin + words.map(WIRE[wire].word).join('') + WIRE[wire].end)

/** A server over a pool of these upstreams, and what it takes to take all of it down again. `timeouts` are the first one's: a healthy one may take its time. */
export async function openServer(
  { which, wire, server }: Case,
  upstreams: readonly Upstream[],
  timeouts: Timeouts = {},
  poolOptions: PoolOptions = {},
) {
  const nodeFetch = createNodeFetch()
  const fetch: Fetch = which === 'node' ? nodeFetch : (input, init) => globalThis.fetch(input, init)
  const members = upstreams.map(({ port }, index) =>
    endpoint({
      name: `up${index}`,
      protocol: wire,
      baseUrl: `http://127.0.0.1:${port}`,
      apiKey: 'k',
      fetch,
      clock: countingClock,
      ...(index === 0 && { timeouts }),
    }),
  )
  const app = members.length === 1 ? members[0]! : pool(members, { clock: countingClock, ...poolOptions })
  const served = await (server === 'node' ? serve(app, { port: 0, graceMs: 0 }) : serveOnTheWeb(app))
  return {
    port: served.port,
    async close() {
      await served.close()
      nodeFetch.close()
      await Promise.all(upstreams.map((upstream) => upstream.close()))
    },
  }
}

/** The server of other runtimes, on Node. */
async function serveOnTheWeb(app: Fetch) {
  const server = listen({ fetch: createGateway({ app }), port: 0, hostname: '127.0.0.1', silent: true, gracefulShutdown: false })
  await server.ready()
  return { port: Number(new URL(server.url!).port), close: () => server.close(true) }
}

export interface Asked {
  /** Rejects where the client leaves before there is one. */
  response: Promise<http.IncomingMessage>
  /** All of the answer; rejects where it broke off. */
  text(): Promise<string>
  leave(): void
}

/** A client of Claude that asks for a stream. `padding`: bytes that make its request longer. */
export function ask(port: number, { agent, padding = 0 }: { agent?: http.Agent; padding?: number } = {}): Asked {
  const body = JSON.stringify({
    model: 'm',
    max_tokens: 9,
    stream: true,
    messages: [{ role: 'user', content: `Hi${'.'.repeat(padding)}` }],
  })
  const request = http.request({ port, host: '127.0.0.1', method: 'POST', path: '/v1/messages', agent: agent ?? false })
  request.setHeader('content-type', 'application/json')
  const response = new Promise<http.IncomingMessage>((resolve, reject) => {
    request.once('response', resolve)
    request.on('error', reject)
  })
  response.catch(() => {})
  request.end(body)
  return {
    response,
    async text() {
      let text = ''
      for await (const part of (await response).setEncoding('utf8')) text += part
      return text
    },
    leave: () => void request.destroy(),
  }
}

/** Resolves once `check` holds; rejects with what it last threw, after a time that a busy machine does not need. */
export const until = (check: () => void | Promise<void>): Promise<void> => vi.waitFor(check, { timeout: 10_000, interval: 10 })

const now = { timers: 0 }

/** The system's clock, its timers counted. Those of the test runner come and go as well, so that the process's own account says nothing. */
const countingClock: Clock = {
  now: Date.now,
  after(ms, run) {
    now.timers++
    let over = false
    const end = () => {
      if (over) return
      over = true
      now.timers--
    }
    const cancel = systemClock.after(ms, () => {
      end()
      run()
    })
    return () => {
      end()
      cancel()
    }
  },
}

const ports = new WeakMap<Socket, number>()
/** Where a socket was connected to; it forgets when it is destroyed. */
const portOf = (socket: Socket): number | undefined => ports.get(socket)

/** Keeps account of what is opened from now on. */
export function keepAccount() {
  const sockets = new Set<Socket>()
  const warnings: string[] = []
  const seen = (message: unknown) => {
    const { socket } = message as { socket: Socket }
    sockets.add(socket)
    socket.once('connect', () => void (socket.remotePort && ports.set(socket, socket.remotePort)))
  }
  const warned = ({ name, message }: Error) => void warnings.push(`${name}: ${message}`)
  const channels = ['net.client.socket', 'net.server.socket']
  for (const channel of channels) subscribe(channel, seen)
  process.on('warning', warned)
  return {
    sockets,
    warnings,
    /** How many connections to an upstream stand. One that reads nothing does not see them go. */
    to: ({ port }: Upstream) => [...sockets].filter((socket) => !socket.destroyed && portOf(socket) === port).length,
    first: ({ port }: Upstream) => [...sockets].find((socket) => portOf(socket) === port)!,
    /** How many timers run. */
    timers: () => now.timers,
    /** What is still open or running, in words. */
    left: () => [
      ...[...sockets].filter(({ destroyed }) => !destroyed).map(({ localPort, remotePort }) => `a socket ${localPort}-${remotePort}`),
      ...Array.from({ length: now.timers }, () => 'a timer'),
      ...warnings,
    ],
    close() {
      for (const channel of channels) unsubscribe(channel, seen)
      process.off('warning', warned)
    },
  }
}
