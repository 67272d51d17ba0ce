/**
 * Requests that are no generations (files, batches, embeddings, images, audio …): they go as they are to a provider that speaks their protocol,
 * and its answer comes back as it is. Bodies flow through both ways; only the credentials are changed.
 *
 * @module
 */
import { respondWith, takeSource } from '../core/respond.ts'
import type { ProtocolName } from '../core/chat.ts'
import type { Clock } from '../core/clock.ts'
import { fail, FailureError, isFailureError, STATUS } from '../core/failure.ts'
import { errorResponse } from '../router/endpoint/answer.ts'
import { createTailReader } from '../router/endpoint/read-tail.ts'
import { DEFAULT_TIMEOUTS } from '../router/endpoint/timeouts.ts'
import { permitOf } from '../router/caller.ts'
import { isPassedOn, passBack } from '../router/endpoint/upstream.ts'
import { eachHeader } from '../router/headers.ts'
import { networkFailure } from '../router/failures/network-failure.ts'
import { notAllowed } from '../router/not-allowed.ts'
import { attachOutcome, type Attempt } from '../router/outcome.ts'
import { watched } from '../router/pool/stranger.ts'
import { choiceOf } from '../router/routing/explicit.ts'
import { dialectFor } from '../transformers/dialects.ts'
import { protocols } from '../transformers/registry.ts'
import type { ServedEndpoint } from './compose.ts'
import { protocolOfPath, type Place } from './paths.ts'

export interface PassOnOptions {
  /** In the order in which they are asked; `undefined`: switched off. */
  endpoints: ReadonlyMap<string, ServedEndpoint | undefined>
  /** Whether clients may name the endpoint. */
  explicit: boolean
  clock: Clock
}

/** Bodies that are as small and say so go in one piece, which is cheaper and which every proxy takes. */
const ONE_PIECE_BYTES = 1024 * 1024

export function createPassOn(options: PassOnOptions): (request: Request, place: Place) => Promise<Response> {
  const { endpoints, clock } = options
  return async (request, place) => {
    const protocol = protocolOfPath(request, place)!
    const served = chosen(request, place, protocol, options)
    const { name, config } = served
    const key = await keyOf(served, clock.now())
    const attempt: Attempt = { endpoint: name, reason: 'first', waitedMs: 0, startedAt: clock.now(), ...(key && { key: key.name }) }
    const known = { endpoint: name, protocol: config.protocol, notices: [], attempts: [attempt], ...(key && { key: key.name }) }
    const late = new AbortController()
    const headersMs = config.timeouts?.headersMs ?? DEFAULT_TIMEOUTS.headersMs
    const onTime = headersMs ? clock.after(headersMs, () => late.abort(new FailureError(timeout(name, headersMs)))) : () => {}
    const settle = (status: number) => {
      onTime()
      attempt.tookMs = clock.now() - attempt.startedAt
      attempt.status = status
    }
    try {
      const response = await served.fetch(addressOf(served, place), {
        ...(await bodyOf(request)),
        method: request.method,
        headers: headersFor(served, request, key?.key),
        redirect: 'manual',
        signal: AbortSignal.any([request.signal, late.signal]),
      })
      settle(response.status)
      const isJson = response.ok && /\bjson\b/.test(response.headers.get('content-type') ?? '')
      return watched(
        answered(response),
        known,
        isJson && familyOf(config.protocol) === 'openai' ? createTailReader() : undefined,
        request.signal,
      )
    } catch (error) {
      if (request.signal.aborted) throw error
      const thrown: unknown = late.signal.aborted ? late.signal.reason : error
      // What is wrong with the body as it is read reaches here as what made the call fail.
      const cause = (thrown as { cause?: unknown } | undefined)?.cause
      const reason = isFailureError(cause) ? cause : thrown
      const failure = isFailureError(reason)
        ? reason.failure
        : networkFailure(reason, `endpoint "${name}": no answer from ${hostOf(served)}`)
      settle(failure.status)
      const ended = Promise.resolve({ how: 'error' as const, failure })
      return attachOutcome(errorResponse(protocols[protocol], failure), { ...known, failure, ended })
    }
  }

  /** The endpoint that the client names, else the first that speaks the protocol. */
  function chosen(request: Request, { url, path }: Place, protocol: ProtocolName, { explicit }: PassOnOptions): ServedEndpoint {
    const names = Object.fromEntries([...endpoints].map(([name, served]) => [name, served ? served.fetch : (false as const)]))
    const query = () => url.searchParams
    const choice = explicit && choiceOf({ headers: request.headers, query, model: undefined, endpoints: names, isModel: () => false })
    const speaks = (served: ServedEndpoint | undefined): served is ServedEndpoint =>
      served !== undefined && familyOf(served.config.protocol) === familyOf(protocol)
    const permit = permitOf(request)
    const barred = (served: ServedEndpoint) => permit?.endpoint(served.name, undefined)
    const why = choice ? permit?.route(choice.rule) : undefined
    if (why !== undefined) return notAllowed(why)
    const speaking = [...endpoints.values()].filter(speaks)
    const found = choice ? endpoints.get(choice.name) : (speaking.find((served) => barred(served) === undefined) ?? speaking[0])
    if (found && speaks(found)) {
      const refused = barred(found)
      return refused === undefined ? found : notAllowed(refused)
    }
    const known = [...endpoints].flatMap(([name, served]) => (served ? [`${name} (${served.config.protocol})`] : [])).join(', ')
    return fail({
      kind: 'not-found',
      message: `${request.method} ${path} is passed on as it is, and ${choice ? `the endpoint "${choice.name}" does not speak` : 'no endpoint here speaks'} its protocol (${familyOf(protocol)}). There are: ${known}.`,
    })
  }
}

const familyOf = (protocol: ProtocolName): ProtocolName => (protocol === 'openai-responses' ? 'openai' : protocol)

const hostOf = ({ config }: ServedEndpoint): string => new URL(config.baseUrl).origin

const timeout = (name: string, ms: number) => ({
  kind: 'timeout' as const,
  status: STATUS.timeout,
  message: `endpoint "${name}": no answer within ${ms} ms. Raise timeouts.headersMs if it needs longer.`,
})

/** The first key that does not rest; what was made with one key is there for that one only. */
async function keyOf({ endpoint, config }: ServedEndpoint, now: number): Promise<{ name: string; key: string } | undefined> {
  const states = await endpoint.keys.show()
  const rests = (index: number) => states[index]?.rests.some(({ scope, until }) => scope !== 'key-model' && until > now)
  const index = Math.max(
    0,
    config.keys.findIndex((_, at) => !rests(at)),
  )
  const key = config.keys[index]
  return key && { name: states[index]!.name, key: key.key }
}

/** What the addresses of generations end with. */
const GENERATION = /\/(messages|chat\/completions|responses|(publishers\/google\/)?models\/m:generateContent)$/
const VERSIONED = /^(\/upload|\/download)?(\/v\d+\w*)?(\/.*)$/
/** What of a client's query is meant for this side: its key, and its choice of an endpoint. */
const OWN_QUERY = new Set(['key', 'endpoint', 'ep'])

/** The path below the provider's own root. The version is the provider's, except that Gemini's clients say which they mean. */
function addressOf({ config }: ServedEndpoint, { url: { searchParams }, path }: Place): string {
  const { protocol, baseUrl } = config
  const dialect = dialectFor({ protocol, dialect: config.dialect, baseUrl })
  const url = new URL(protocols[protocol].address(baseUrl, { model: 'm', stream: false, dialect }))
  const [, media = '', version, rest] = VERSIONED.exec(path) ?? []
  const root = url.pathname.replace(GENERATION, '')
  const own = /(\/v\d+\w*)?$/.exec(root)![0]
  url.pathname = root.slice(0, root.length - own.length) + media + (protocol === 'gemini' && version ? version : own) + (rest ?? path)
  for (const [name, value] of searchParams) if (!OWN_QUERY.has(name)) url.searchParams.append(name, value)
  return url.href
}

const ALSO_PASSED_ON = /^(content-(type|encoding|disposition|length)|range|if-[\w-]+|x-goog-upload-[\w-]+)$/

function headersFor({ config }: ServedEndpoint, request: Request, key: string | undefined): Record<string, string> {
  const { protocol, baseUrl } = config
  const dialect = dialectFor({ protocol, dialect: config.dialect, baseUrl })
  const headers: Record<string, string> = {}
  eachHeader(request, (value, name) => {
    if (isPassedOn(name) || ALSO_PASSED_ON.test(name)) headers[name] = value
  })
  const version = headers['anthropic-version']
  Object.assign(headers, protocols[protocol].credentials(key, dialect), version && { 'anthropic-version': version }, dialect.headers)
  for (const [name, value] of Object.entries(config.headers ?? {})) headers[name.toLowerCase()] = value
  return headers
}

async function bodyOf(request: Request): Promise<RequestInit> {
  if (!request.body) return {}
  const length = Number(request.headers.get('content-length') ?? Infinity)
  if (length <= ONE_PIECE_BYTES) return { body: new Uint8Array(await request.arrayBuffer()) }
  return { body: request.body, duplex: 'half' } as RequestInit
}

const ALSO_PASSED_BACK = /^(content-(disposition|range)|etag|location|last-modified|accept-ranges|x-goog-upload-[\w-]+)$/

/** The answer with those of its headers that are the client's business. What was compressed has been unpacked on the way. */
function answered(response: Response): Response {
  const { status, headers: given } = response
  const headers = passBack(given)
  given.forEach((value, name) => {
    if (ALSO_PASSED_BACK.test(name) || (name === 'content-length' && !given.has('content-encoding'))) headers[name] = value
  })
  const source = takeSource(response)
  return source ? respondWith(source, { status, headers }) : new Response(null, { status, headers })
}
