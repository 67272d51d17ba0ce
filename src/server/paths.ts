/**
 * What the paths of requests mean that are no generations.
 *
 * @module
 */
import type { ProtocolName } from '../core/chat.ts'
import { clientProtocol } from '../router/facts.ts'

/** Where a request goes, below the prefix that names a protocol. */
export interface Place {
  url: URL
  /** Without the prefix. */
  path: string
  /** The protocol that the prefix names. */
  protocol?: ProtocolName
}

const PREFIXES: Readonly<Record<string, ProtocolName>> = { anthropic: 'claude', openai: 'openai', gemini: 'gemini' }
const PREFIX = new RegExp(`^/(${Object.keys(PREFIXES).join('|')})(?=/|$)`)

export function placeOf(url: URL): Place {
  const { pathname } = url
  const prefix = PREFIX.exec(pathname)
  return prefix ? { url, path: pathname.slice(prefix[0].length) || '/', protocol: PREFIXES[prefix[1]!]! } : { url, path: pathname }
}

/** What clients tell their vendor of themselves: it is taken, so that they are content, and goes nowhere. */
const TELEMETRY = /^\/api\/(event_logging(\/v\d+)?\/batch|claude_code\/metrics)\/?$/

export const isTelemetry = (path: string): boolean => TELEMETRY.test(path)

/** Paths that one protocol alone has. */
const OWN: readonly (readonly [ProtocolName, RegExp])[] = [
  ['claude', /^\/v1\/(messages\/batches|complete|skills)(\/|$)/],
  ['gemini', /^(\/upload|\/download)?\/v1(alpha|beta)\w*\/|^\/v1\/models\/[^/]+:\w+$/],
  [
    'openai',
    /^\/v1\/(audio|batches|chat\/completions|completions|containers|conversations|embeddings|evals|fine_tuning|images|moderations|responses|uploads|vector_stores|videos)(\/|$)/,
  ],
]

/** Paths that several have: the headers decide. */
const SHARED = /^\/v1\/(files|models)(\/|$)/

/** The administration of the provider's account: no business of clients. */
const NEVER = /^\/(v\d+\w*\/)?(organizations?|dashboard)(\/|$)/i

/** The protocol whose providers know what to do with a path that no generation has. `undefined`: nobody's. */
export function protocolOfPath(request: Request, { path, protocol }: Place): ProtocolName | undefined {
  const plain = plainPath(path)
  if (plain === undefined || NEVER.test(plain) || climbs(path)) return undefined
  if (protocol) return protocol
  return OWN.find(([, paths]) => paths.test(path))?.[0] ?? (SHARED.test(path) ? clientProtocol(request) : undefined)
}

/** A path as providers may read it. */
function plainPath(path: string): string | undefined {
  try {
    return decodeURIComponent(path).replaceAll(/[/\\]+/g, '/')
  } catch {
    return undefined
  }
}

/** Whether a path leaves its folder in a way that URLs do not resolve, but a provider may. */
const climbs = (path: string): boolean => /(^|%2f|%5c|[/\\])(\.|%2e){2}($|%2f|%5c|[/\\])/i.test(path)
