/** A server as people run it, providers of all protocols that write down what they get, and an address that nobody may call. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import type { Fetch } from '../../../src/router/fetch.ts'
import { compose } from '../../../src/server/compose.ts'
import { readConfig } from '../../../src/server/config/read.ts'
import { createDemo } from '../../../src/server/demo/demo.ts'
import { createNodeFetch } from '../../../src/server/node/fetch.ts'
import { serve, type ServeOptions } from '../../../src/server/serve.ts'
import { clients, type Client } from '../clients.ts'

export { clients, type Client }

/** What a provider got. */
export interface Received {
  url: string
  headers: Record<string, string>
  body: string
}

export interface Scene {
  url: string
  port: number
  /** What the providers got, in order. */
  received: Received[]
  /** A client's request for one of the providers, by the provider's protocol. */
  ask(client: Client, provider?: string, change?: { body?: object; headers?: Record<string, string>; query?: string }): Promise<Response>
}

/** The keys that the providers were configured with. */
export const SECRETS = Object.fromEntries(clients.map(({ protocol }) => [protocol, `sk-secret-of-${protocol}-0123456789`]))

/** @param answer what the providers answer. Default: the demo */
export async function openScene({ answer = createDemo(), ...options }: { answer?: Fetch } & ServeOptions = {}): Promise<Scene> {
  const received: Received[] = []
  const provider = await serve(
    async (input) => {
      const request = input as Request
      const { url, method, headers } = request
      const body = await request.text()
      received.push({ url, headers: Object.fromEntries(headers), body })
      return answer(new Request(url, { method, headers, body }))
    },
    { port: 0, graceMs: 0, sessions: false },
  )
  const endpoints = Object.fromEntries(
    clients.map(({ protocol }) => [protocol, { protocol, baseUrl: provider.url, apiKey: SECRETS[protocol], model: 'm' }]),
  )
  const upstream = createNodeFetch()
  const composition = compose(readConfig({ endpoints, routes: { default: 'openai' } }), { fetchFor: () => upstream })
  const served = await serve(composition.fetch, { port: 0, graceMs: 0, models: composition.models, ...options })
  onTestFinished(async () => {
    await served.close()
    upstream.close()
    await provider.close()
  })
  return {
    url: served.url,
    port: served.port,
    received,
    ask: (client, named = 'openai', { body, headers, query = '' } = {}) =>
      fetch(served.url + client.path.replace('/m:', `/${named},m:`) + query, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...client.headers, ...headers },
        body: JSON.stringify({ ...client.body, ...('model' in client.body && { model: `${named},m` }), ...body }),
      }),
  }
}

/** An address that writes down who called it. */
export async function openCanary(): Promise<{ url: string; port: number; calls: string[] }> {
  const calls: string[] = []
  const server = createServer((request, response) => {
    calls.push(`${request.method} ${request.url} ${request.headers.authorization ?? ''}`)
    response.end('{"secret":"of the inner network"}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, port, calls }
}

/** All pairs of a client's protocol and a provider's. */
export const pairs = clients.flatMap((client) => clients.map(({ protocol }) => [client.protocol, protocol, client] as const))
