/**
 * Node's server, listening at once: what answers is loaded with the first request. Node's own fetch, which comes with it, takes 15 ms
 * and 8 MB: more than all else that is loaded to begin with.
 *
 * @module
 */
import { createServer, type IncomingMessage, type Server, type ServerOptions, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Closable } from '../closing.ts'
import { loadOnce } from '../load-once.ts'

export interface NodeServer extends Closable {
  node: Server
  port: number
}

export type Listener = (request: IncomingMessage, response: ServerResponse) => unknown

/** Rejects where the address cannot be listened on. */
export async function openNodeServer(
  { port, hostname, ...options }: ServerOptions & { port: number; hostname: string },
  load: () => Promise<Listener>,
): Promise<NodeServer> {
  let listener: Listener | undefined
  const ready = loadOnce(async () => void (listener = await load()))
  const server = createServer(options, (request, response) => {
    if (listener) return void listener(request, response)
    const answer = () => {
      if (!response.destroyed) listener!(request, response)
    }
    ready().then(answer, (error: unknown) => response.destroy(error as Error))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port, host: hostname }, () => {
      server.off('error', reject)
      resolve()
    })
  })
  return {
    node: server,
    port: (server.address() as AddressInfo).port,
    close: (closeAll) =>
      new Promise((resolve, reject) => {
        if (closeAll) server.closeAllConnections()
        if (!server.listening) return resolve()
        server.close((error) => (error ? reject(error) : resolve()))
      }),
  }
}
