import { createAttachment } from '../core/attachment.ts'
import { createMemo } from '../core/memo.ts'

/** The one signature of this library: what `endpoint`, `pool` and `router` take and give. The global `fetch` has it too. */
export type Fetch = (input: Request | URL | string, init?: RequestInit) => Promise<Response>

/** A {@link Fetch} that is a server's handler, too: what a runtime passes besides the request (Bun its server, Deno the connection, Workers their bindings) is not looked at. */
export interface Handler extends Fetch {
  (request: Request, ...context: unknown[]): Promise<Response>
}

const urls = createAttachment<Request, URL>('url')
/** Nearly all requests have one of a few addresses. To make a URL takes 4 us. What stands in a query, such as keys, is not remembered. */
const known = createMemo<URL>()

/** A request's URL, parsed once: every layer looks at it. Never change it. */
export function urlOf(request: Request): URL {
  let url = urls.get(request)
  if (url) return url
  const address = request.url
  url = address.includes('?') ? new URL(address) : known(address, () => new URL(address))
  urls.set(request, url)
  return url
}

const INIT = ['method', 'headers', 'body', 'signal']

/** The request that a call of a {@link Fetch} means. */
export const requestOf = (input: Request | URL | string, init?: unknown): Request =>
  input instanceof Request && !isInit(init) ? input : new Request(input, init as RequestInit | undefined)

/** Runtimes pass objects of their own in this place, some with fields that a Request would take for its own. */
function isInit(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return (prototype === Object.prototype || prototype === null) && INIT.some((name) => name in value)
}
