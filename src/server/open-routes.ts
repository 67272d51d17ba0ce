/**
 * What is answered to anybody, key or not.
 *
 * @module
 */
import type { GatewayOptions } from './front-options.ts'
import { createProxyCheck } from './safety/client-address.ts'
import { version } from './version.ts'
import { welcome } from './welcome.ts'

type Answer = (request: Request, url: URL) => Response

/** By their paths. */
export const openRoutes = ({ isReady = () => true, trustedProxies, instance }: GatewayOptions): ReadonlyMap<string, Answer> => {
  const isForwarded = createProxyCheck(trustedProxies)
  return new Map<string, Answer>([
    ['/', (request, url) => plain(welcome(originOf(request, url, isForwarded(request))))],
    // Claude Code asks for it when it starts, and waits for the answer.
    ['/api/hello', () => plain('')],
    ['/health', () => health(isReady(), instance)],
  ])
}

const health = (ready: boolean, instance: string | undefined): Response =>
  Response.json(
    { status: ready ? 'ok' : 'stopping', name: 'cc-route', version, ...(instance !== undefined && { instance }) },
    { status: ready ? 200 : 503, headers: { 'cache-control': 'no-store' } },
  )

/** How the client calls this server: a proxy in front may have another name and scheme. */
function originOf({ headers }: Request, url: URL, isForwarded: boolean): string {
  const forwarded = (name: string) => (isForwarded ? headers.get(`x-forwarded-${name}`)?.split(',').at(-1)?.trim() : undefined)
  const origin = `${forwarded('proto') ?? url.protocol.slice(0, -1)}://${forwarded('host') ?? headers.get('host') ?? url.host}`
  return URL.canParse(origin) ? new URL(origin).origin : url.origin
}

const plain = (text: string): Response => new Response(text, { headers: { 'content-type': 'text/plain; charset=utf-8' } })
