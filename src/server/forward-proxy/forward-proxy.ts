/**
 * The proxy between this machine and the providers: which one a call goes through, as an option or the environment says.
 *
 * @module
 */
import { isIP } from 'node:net'
import { isLoopback } from '../safety/guard.ts'
import { bare, bracketed, networkMatcher } from '../safety/ip-network.ts'

export interface ForwardProxyOptions {
  /** `http://`, `https://` or `socks5://`, with `user:password@` if need be; `direct` for none. Default: what `env` says. */
  proxy?: string
  /** Hosts that are called directly, as `NO_PROXY` has them: `example.com,.internal,10.0.0.0/8,host:8443`, or `*`. Default: what `env` says. */
  noProxy?: string
  /** Where `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY` are read from, in capitals or not. Default: nothing. */
  env?: Readonly<Record<string, string | undefined>>
}

export interface ForwardProxy {
  protocol: 'http' | 'https' | 'socks5'
  host: string
  port: number
  user: string
  password: string
}

/** What a connection is wanted to. */
export interface Target {
  host: string
  port: number
}

/** Milliseconds that a proxy has to make a connection. */
export const TUNNEL_MS = 30_000

const PORTS = { http: 80, https: 443, socks5: 1080 } as const
const PROTOCOLS: Readonly<Record<string, ForwardProxy['protocol']>> = {
  'http:': 'http',
  'https:': 'https',
  'socks5:': 'socks5',
  'socks5h:': 'socks5',
}

/**
 * Returns what tells the proxy for a URL; `undefined` for none. This machine's own addresses are never asked of a proxy, whose own they would be.
 *
 * @throws TypeError for a proxy that cannot be used
 */
export function createProxyChooser({ proxy, noProxy, env = {} }: ForwardProxyOptions): (url: URL) => ForwardProxy | undefined {
  if (proxy === 'direct') return () => undefined
  const variable = (name: string) => env[name.toLowerCase()] || env[name]
  const read = (name: string) => {
    const value = variable(name)
    return value ? readProxy(value.includes('://') ? value : `http://${value}`, name) : undefined
  }
  const chosen = proxy === undefined ? undefined : readProxy(proxy, 'proxy')
  const all = chosen ?? read('ALL_PROXY')
  const byProtocol: Readonly<Record<string, ForwardProxy | undefined>> = {
    'https:': chosen ?? read('HTTPS_PROXY') ?? all,
    // A server that runs programs for requests (CGI) would hand them a client's `Proxy` header in this variable.
    'http:': chosen ?? (env.REQUEST_METHOD === undefined ? read('HTTP_PROXY') : undefined) ?? all,
  }
  const isExempt = createExemption(noProxy ?? (proxy === undefined ? variable('NO_PROXY') : undefined) ?? '')
  return (url) => {
    const found = byProtocol[url.protocol]
    return found && !isExempt(url) ? found : undefined
  }
}

function readProxy(text: string, from: string): ForwardProxy {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const protocol = url && Object.hasOwn(PROTOCOLS, url.protocol) ? PROTOCOLS[url.protocol] : undefined
  // The text may hold a password: it is not repeated.
  if (!url || !protocol || !url.hostname)
    throw new TypeError(
      `${from} is no proxy. Write http://host:port, https://host:port or socks5://host:port, with user:password@ before the host if need be.`,
    )
  const { user, password } = credentialsIn(url, from)
  return { protocol, host: bare(url.hostname), port: Number(url.port) || PORTS[protocol], user, password }
}

function credentialsIn({ username, password }: URL, from: string): { user: string; password: string } {
  try {
    return { user: decodeURIComponent(username), password: decodeURIComponent(password) }
  } catch {
    throw new TypeError(`${from}: a "%" in the user or the password of a proxy is written %25.`)
  }
}

/** As it may be shown: without user and password. */
export const proxyName = ({ protocol, host, port }: ForwardProxy): string => `${protocol}://${bracketed(host)}:${port}`

/** What is told of a connection that did not come about: in one error, since the innermost cause alone is shown to people. */
export function tunnelError(proxy: ForwardProxy, { host, port }: Target, cause: unknown): Error {
  const { message, code } = cause as NodeJS.ErrnoException
  return Object.assign(
    new Error(`the proxy ${proxyName(proxy)} made no connection to ${bracketed(host)}:${port}: ${message}`),
    code !== undefined && { code },
  )
}

function createExemption(list: string): (url: URL) => boolean {
  const entries = list.split(/[\s,]+/).filter(Boolean)
  const networks = entries.filter((entry) => isIP(bare(entry.split('/')[0]!))).map(bare)
  const inNetwork = networks.length ? networkMatcher(networks) : () => false
  const names = entries.map((entry) => entry.toLowerCase().replace(/^\*?\./, ''))
  return ({ hostname, port, protocol }) => {
    const host = bare(hostname)
    if (isLoopback(host) || entries.includes('*') || (isIP(host) !== 0 && inNetwork(host))) return true
    const withPort = `${host}:${port || (protocol === 'https:' ? '443' : '80')}`
    return names.some((name) => [host, withPort].some((asked) => asked === name || asked.endsWith(`.${name}`)))
  }
}
