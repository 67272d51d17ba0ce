/**
 * Reads what a request is, once: the layers of routers, pools and endpoints that it passes all share it.
 *
 * @module
 */
import { createAttachment } from '../core/attachment.ts'
import type { ProtocolName } from '../core/chat.ts'
import { fail } from '../core/failure.ts'
import { joinBytes } from '../core/join-bytes.ts'
import { isObject, reject, type JsonObject } from '../core/json.ts'
import { decodeUtf8, encodeUtf8 } from '../core/utf8.ts'
import { protocols } from '../transformers/registry.ts'
import { inheritCaller, seenOf } from './caller.ts'
import { urlOf } from './fetch.ts'
import { checkBeforeParsing, checkDepth, MAX_DEPTH } from './json-bounds.ts'
import { factsWith, type RequestFacts, type Routed } from './request-facts.ts'

/** The largest request body that is read, in bytes, unless the caller says otherwise: as large as Claude's own limit. */
export const MAX_BODY_BYTES = 32 * 1024 * 1024

const known = createAttachment<Request, Promise<RequestFacts>>('facts')

/**
 * Reads what a request is. Reads the body once; later calls for the same Request give the same facts.
 *
 * @throws FailureError 400 for a body that is no JSON object, 404 for a path of no protocol, 405, 413 for a body over `maxBytes`
 */
export function factsOf(request: Request, maxBytes = MAX_BODY_BYTES): Promise<RequestFacts> {
  let facts = known.get(request)
  if (!facts) known.set(request, (facts = readFacts(request, maxBytes)))
  return facts
}

/** What is known of a request already; `undefined` where nobody has read it yet. */
export const knownFacts = (request: Request): Promise<RequestFacts> | undefined => known.get(request)

/** Tells what a request is, so that no layer below reads it again. */
export const adopt = (request: Request, facts: RequestFacts): void => known.set(request, Promise.resolve(facts))

/** The protocol whose error format a client understands, told by the path, else by its headers. */
export function clientProtocol(request: Request): ProtocolName {
  return routeOf(request)?.protocol ?? protocolByPath(urlOf(request).pathname) ?? protocolInHeaders(request)
}

const told = createAttachment<Request, ProtocolName>('protocol')

/** What a client's headers tell of its protocol, for paths that several have. */
export const protocolInHeaders = (request: Request): ProtocolName => told.get(request) ?? protocolByHeaders(request.headers)

/** Remembers what a client's headers tell of its protocol, for a request that goes on without those that were its keys. */
export const keepProtocol = (from: Request, to: Request): void => told.set(to, protocolInHeaders(from))

/** The protocol and meaning of a request's path; `undefined` where no protocol has such a path. */
export function routeOf(request: Request): Routed | undefined {
  let found = routes.get(request)
  if (found === undefined) routes.set(request, (found = findRoute(request) ?? null))
  return found ?? undefined
}

/** `null`: there is none. */
const routes = createAttachment<Request, Routed | null>('route')

function findRoute(request: Request): Routed | undefined {
  const url = urlOf(request)
  for (const protocol of Object.values(protocols)) {
    const route = protocol.route(request.method, url)
    if (route) return { protocol: protocol.name, route }
  }
  return undefined
}

async function readFacts(request: Request, maxBytes: number): Promise<RequestFacts> {
  const found = routeOf(request)
  if (!found) {
    const { pathname } = urlOf(request)
    return fail({
      kind: 'not-found',
      message: `${request.method} ${pathname}: no such endpoint. Known: POST /v1/messages, /v1/chat/completions, /v1/responses, /v1beta/models/{model}:generateContent.`,
    })
  }
  const encoding = request.headers.get('content-encoding')
  if (encoding && encoding !== 'identity')
    fail({ kind: 'invalid-request', status: 415, message: `The body is compressed (content-encoding: ${encoding}). Send it uncompressed.` })
  const bytes = await readBytes(request, maxBytes)
  const text = decodeText(bytes)
  const body = parseBody(text, depths.get(request) ?? MAX_DEPTH)
  const facts = factsWith(found, text, bytes, body)
  const seen = seenOf(request)
  if (seen) seen.facts ??= facts
  return facts
}

function decodeText(bytes: Uint8Array): string {
  try {
    return decodeUtf8(bytes)
  } catch {
    return fail({ kind: 'invalid-request', message: 'The body is not valid UTF-8.' })
  }
}

function parseBody(text: string, maxDepth: number): JsonObject {
  if (!text) fail({ kind: 'invalid-request', message: 'The body is empty; a JSON object is expected.' })
  checkBeforeParsing(text, maxDepth)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    fail({ kind: 'invalid-request', message: `The body is not valid JSON: ${error instanceof Error ? error.message : String(error)}` })
  }
  checkDepth(value, maxDepth)
  return isObject(value) ? value : reject('', 'an object', value)
}

/** The request once more, with this body: its facts are known, so that no layer below reads or parses it again, and anybody else can still read it. */
export function withBody(request: Request, facts: RequestFacts, body: JsonObject = facts.body, signal = request.signal): Request {
  const text = body === facts.body ? facts.text : JSON.stringify(body)
  const bytes = body === facts.body ? facts.bytes : encodeUtf8(text)
  const headers = new Headers(request.headers)
  headers.delete('content-length')
  const { method } = request
  const made = new Request(request.url, { method, headers, signal, body: bytes as Uint8Array<ArrayBuffer> })
  adopt(made, factsWith(facts, text, bytes, body, facts))
  inheritCaller(request, made)
  return made
}

const depths = createAttachment<Request, number>('depth')

/** Tells how deep the JSON of a request's body may be nested, before it is read. Default 512. */
export const boundDepth = (request: Request, maxDepth: number): void => depths.set(request, maxDepth)

const bodies = createAttachment<Request, (maxBytes: number) => Promise<Uint8Array>>('body')

/** Tells a cheaper way to read a request's body than through its stream. `read` throws a 413 failure where there are more than `maxBytes`. */
export const attachBody = (request: Request, read: (maxBytes: number) => Promise<Uint8Array>): void => bodies.set(request, read)

/** Throws the 413 of a body that is too large. */
export const tooLarge = (maxBytes: number): never =>
  fail({ kind: 'too-large', message: `The body is larger than ${maxBytes} bytes, the most that is taken here.`, retryable: false })

async function readBytes(request: Request, maxBytes: number): Promise<Uint8Array> {
  const length = request.headers.get('content-length')
  if (length !== null)
    return Number(length) > maxBytes ? tooLarge(maxBytes) : (bodies.get(request)?.(maxBytes) ?? new Uint8Array(await request.arrayBuffer()))
  if (!request.body) return new Uint8Array()
  const chunks: Uint8Array[] = []
  let size = 0
  for (const reader = request.body.getReader(); ;) {
    const { done, value } = await reader.read()
    if (done) break
    size += value.length
    if (size > maxBytes) {
      reader.cancel().catch(() => {})
      tooLarge(maxBytes)
    }
    chunks.push(value)
  }
  return joinBytes(chunks)
}

function protocolByPath(path: string): ProtocolName | undefined {
  if (path.includes('/messages')) return 'claude'
  if (path.includes('/responses')) return 'openai-responses'
  if (path.includes('/v1beta') || path.includes('/v1alpha') || /\/models\/[^/]+:/.test(path)) return 'gemini'
  return undefined
}

function protocolByHeaders(headers: Headers): ProtocolName {
  if (headers.has('anthropic-version') || headers.has('x-api-key')) return 'claude'
  return headers.has('x-goog-api-key') ? 'gemini' : 'openai'
}
