/**
 * Who may talk to a server on this machine: not a web page that the user happens to have open.
 *
 * A page of any site can send requests to 127.0.0.1. What gives it away is the `Origin` or `Sec-Fetch-Site` header that
 * browsers add; where the page's name was rebound to this address so that it counts as the same origin, it is the `Host`.
 * @see https://developer.mozilla.org/docs/Glossary/Fetch_metadata_request_header
 *
 * @module
 */
import type { Failure } from '../../core/failure.ts'

/** `any`: all; `loopback`: names of this machine only; a list: those names besides, without port. */
export type AllowedHosts = 'any' | 'loopback' | readonly string[]

/**
 * Returns why a request is refused; `undefined` where it may pass.
 *
 * @param origins those of other sites' pages that may call, as browsers write them
 */
export function createGuard(hosts: AllowedHosts, origins: ReadonlySet<string> = NONE): (request: Request) => Failure | undefined {
  const listed = new Set(typeof hosts === 'string' ? [] : hosts.map((host) => host.toLowerCase()))
  const isAllowed = (host: string) => hosts === 'any' || listed.has(host) || isLoopback(host)
  return (request) => {
    const host = request.headers.get('host') ?? new URL(request.url).host
    const name = hostName(host)
    if (!isAllowed(name))
      return refusal(`The host name ${JSON.stringify(name)} is not one that this server answers to. Use 127.0.0.1 or localhost.`)
    const origin = request.headers.get('origin')
    if (origin !== null && origins.has(origin)) return undefined
    if (origin !== null && originHost(origin) !== host.toLowerCase())
      return refusal(`Requests from web pages of other origins (${JSON.stringify(origin)}) are refused.`)
    if (request.headers.get('sec-fetch-site') === 'cross-site') return refusal('Requests from web pages of other sites are refused.')
    return undefined
  }
}

const NONE: ReadonlySet<string> = new Set()

const refusal = (message: string): Failure => ({ kind: 'permission', status: 403, message, retryable: false })

/** Whether a host name or address, without port, always means this machine. */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host.endsWith('.localhost') || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)

/** `[::1]:3456` → `::1`, `Localhost:3456` → `localhost`. */
function hostName(host: string): string {
  const bracketed = /^\[([^\]]*)\](:\d*)?$/.exec(host)
  return (bracketed?.[1] ?? host.replace(/:\d*$/, '')).toLowerCase()
}

const originHost = (origin: string): string | undefined => (URL.canParse(origin) ? new URL(origin).host : undefined)
