/**
 * What a front is made of.
 *
 * @module
 */
import type { Ledger } from '../accounts/ledger/ledger.ts'
import type { Clock } from '../core/clock.ts'
import type { Failure } from '../core/failure.ts'
import type { Fetch } from '../router/fetch.ts'
import type { SessionsOptions } from '../router/sessions/sessions.ts'
import type { Log } from './log/log.ts'
import type { Model } from './models/models.ts'
import type { Place } from './paths.ts'
import type { ClientKey } from './safety/auth.ts'
import type { AllowedHosts } from './safety/guard.ts'
import type { Limits } from './safety/limits.ts'

export interface GatewayOptions {
  /** Answers the model requests: an endpoint, a pool, a router, or a fetch of your own. */
  app: Fetch
  /** What `GET /v1/models` lists; a function where that changes, or is not the same for everybody. Default: such requests go to the app. */
  models?: readonly Model[] | ((request: Request) => readonly Model[] | Promise<readonly Model[]>)
  /**
   * The host names that are answered. **Important:** `any` is safe only where a browser cannot reach the server by a name
   * that somebody else controls; a server on loopback needs `loopback`. Default `any`, since a mounted gateway has the
   * names of the server around it; `serve` chooses by the address it listens on.
   */
  hosts?: AllowedHosts
  /** The web pages of other sites that may call, as origins: `https://chat.example`. Default: none. */
  origins?: readonly string[]
  /** The keys of those who may use it. Default: none is asked for. */
  keys?: readonly ClientKey[]
  /**
   * The proxies in front that may tell whose request it is, by `X-Forwarded-*`: addresses, networks (`10.0.0.0/8`) or `loopback`.
   * Default: none.
   */
  trustedProxies?: readonly string[]
  limits?: Limits
  /** The largest request body in bytes: short for `limits.bodyBytes`. Default 32 MiB. */
  maxBodyBytes?: number
  /** Whether `GET /health` shall say that all is well: `false` has load balancers send their requests elsewhere. Default: always. */
  isReady?: () => boolean
  /** Told at `GET /health`, so that whoever started a server knows it from every other. Default: nothing is told. */
  instance?: string
  /** Writes a line for each request. Default: nothing is written. */
  log?: Log
  /** Takes the secrets that somebody echoed out of errors: a `createRedactor()`. Default: none is known. */
  redact?: (text: string) => string
  /** How the conversations of OpenAI Responses clients are kept; `false` for an app that does so itself. Default: in memory. */
  sessions?: SessionsOptions | false
}

/** What a gateway of a configuration has besides. */
export interface FrontParts extends GatewayOptions {
  /** Answers what is asked about the gateway itself, and decides who may ask; `undefined` for what is none of its paths. */
  admin?(request: Request, url: URL): Response | Promise<Response> | undefined
  /** Answers what is asked of its own usage by somebody whom `admit` lets in; `undefined` for what is none of its paths. */
  usage?(request: Request, url: URL, admit: (request: Request) => Request | Failure): Promise<Response> | undefined
  /** Answers `GET /status`. */
  status?(): Promise<Response>
  /** Sends what is no generation to a provider that speaks the protocol. */
  passOn?(request: Request, place: Place): Promise<Response>
  clock?: Clock
  /** Answers `GET /metrics`, to whom `admit` lets in. */
  metrics?: { admit: (request: Request) => Request | Failure; answer(): Promise<Response> } | undefined
  /** Told of each request; what it returns is told of the answer. */
  watch?: readonly ((request: Request) => ((response: Response) => void) | undefined)[]
  /** Keeps a record of each request. */
  ledger?: Pick<Ledger, 'watch'>
}
