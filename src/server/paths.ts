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
  ['gemini', /^(\/upload|\/download)?\/v1(alpha|beta)\w*\/|^\/v1\/(models|tunedModels)\/[^/]+:\w+$/],
  [
    'openai',
    /^\/v1\/(audio|batches|chat\/completions|completions|containers|conversations|embeddings|evals|fine_tuning|images|moderations|responses|uploads|vector_stores|videos)(\/|$)/,
  ],
]

/** Paths that several have: the headers decide. */
const SHARED = /^\/v1\/(files|models)(\/|$)/

/** The administration of the provider's account: no business of clients. */
const NEVER = /^\/(v\d+\w*\/)?(organizations?|dashboard)(\/|$)/i

/**
 * The protocol whose providers know what to do with a path that no generation has. `undefined`: nobody's, or one that a provider may read
 * otherwise than it is read here. So percent-encoding, double slashes and capitals in the names of resources are not passed on: what looks
 * like a list of files here must not be a generation there, past all rules, limits and counts.
 */
export function protocolOfPath(request: Request, { path, protocol }: Place): ProtocolName | undefined {
  if (!PLAIN.test(path) || NEVER.test(path) || GENERATES.test(path)) return undefined
  const found = protocol ?? OWN.find(([, paths]) => paths.test(path))?.[0] ?? (SHARED.test(path) ? clientProtocol(request) : undefined)
  return found === 'gemini' || SMALL.test(path) ? found : undefined
}

/** No name is empty, and nothing stands for something else. */
const PLAIN = /^(\/[\w.:~@+,=-]+)+\/?$/
/** Where generations are asked for; those that are spelled as they should be have been answered before. */
const GENERATES = /(\/messages(\/count_tokens)?|\/chat\/completions|\/responses|:(stream)?generateContent|:countTokens)\/?$/i
/** The version and the name of what is asked about have no capitals, except Gemini's. Ids may have. */
const SMALL = /^(\/v\d+[a-z\d]*)?\/(?!v\d)[^/A-Z]+(\/|$)/
