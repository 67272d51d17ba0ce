/**
 * The keys of a server's own clients: who may use it. They go nowhere else.
 *
 * Keys are compared by their SHA-256: what is looked up and compared says nothing of the key, however long it takes.
 *
 * @module
 */
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'
import type { Clock } from '../../core/clock.ts'
import type { Failure } from '../../core/failure.ts'
import { clientProtocol } from '../../router/facts.ts'
import { connectionOf, inheritOrigin, setClient } from './connection.ts'
import { equalDigests, randomToken, sha256 } from './digest.ts'
import { firstOf } from '../first-of.ts'
import { createFailureLimit } from './limits-failures.ts'

/** A key that clients may use. */
export interface ClientKey {
  /** Whose it is, for logs and limits. Unique. */
  name: string
  /** The key itself, 16 characters or more; or `sha256:` and the SHA-256 of it in hex, so that it is written nowhere. */
  key: string
}

/** The fewest characters of a key that somebody made up. */
const MIN_LENGTH = 16
const HASHED = 'sha256:'
/** A request says who it is once; clients that are set up twice, twice. */
const MAX_CREDENTIALS = 4
const KEY_HEADERS = ['authorization', 'x-api-key', 'x-goog-api-key', 'api-key'] as const

/** Makes a key of 256 random bits. Show `key` once, and keep `hash`: a {@link ClientKey} takes it in place of the key. */
export function generateKey(): { key: string; hash: string } {
  const key = `ccr_${randomToken(32)}`
  return { key, hash: HASHED + bytesToHex(sha256(key)) }
}

export interface AuthOptions {
  keys: readonly ClientKey[]
  addressOf(request: Request): string | undefined
  clock?: Clock
}

/**
 * Returns what lets requests in: the request, without its key and with its client known ({@link clientOf}), or why it is refused.
 *
 * @throws TypeError for keys that cannot work
 */
export function createAuth({ keys, addressOf, clock }: AuthOptions): (request: Request) => Request | Failure {
  const find = createKeyring(keys)
  const limit = createFailureLimit({ clock })
  return (request) => {
    const address = addressOf(request)
    const wait = address === undefined ? 0 : limit.wait(address)
    const credentials = credentialsOf(request)
    const name = firstOf(credentials, find)
    const isKnown = name !== undefined && address !== undefined && limit.knows(address, name)
    if (name !== undefined && (!wait || isKnown)) {
      if (address !== undefined && !isKnown) limit.succeeded(address, name)
      setClient(request, { name })
      return withoutKey(request)
    }
    if (wait)
      return {
        kind: 'rate-limit',
        status: 429,
        message: `Too many attempts with wrong keys came from this address. Wait ${wait} seconds, and put right the key of the program that sends them.`,
        retryAfter: wait,
      }
    if (address !== undefined && credentials.length) limit.failed(address)
    return unauthorized(request, credentials.length > 0)
  }
}

function createKeyring(keys: readonly ClientKey[]): (credential: string) => string | undefined {
  if (!keys.length)
    throw new TypeError('keys: the list is empty, so nobody could be let in. Leave it out for a server that asks for no key.')
  const entries = new Map<string, { name: string; digest: Uint8Array }>()
  const names = new Set<string>()
  for (const { name, key } of keys) {
    if (!name) throw new TypeError('keys: each key needs a name.')
    if (names.has(name)) throw new TypeError(`keys: the name "${name}" is given twice.`)
    const digest = digestOf(name, key)
    const same = entries.get(idOf(digest))
    if (same) throw new TypeError(`keys: "${name}" has the same key as "${same.name}".`)
    names.add(name)
    entries.set(idOf(digest), { name, digest })
  }
  const nobody = { name: undefined, digest: new Uint8Array(32) }
  return (credential) => {
    const digest = sha256(credential)
    const { name, digest: known } = entries.get(idOf(digest)) ?? nobody
    return equalDigests(digest, known) ? name : undefined
  }
}

function digestOf(name: string, key: string): Uint8Array {
  if (key.startsWith(HASHED)) {
    const hex = key.slice(HASHED.length)
    if (!/^[\da-f]{64}$/i.test(hex)) throw new TypeError(`keys: behind "${HASHED}" the key of "${name}" has to be 64 hexadecimal digits.`)
    return hexToBytes(hex)
  }
  if (!/^[\x21-\x7e]*$/.test(key)) throw new TypeError(`keys: the key of "${name}" has blanks or other characters that no header carries.`)
  if (key.length < MIN_LENGTH)
    throw new TypeError(
      `keys: the key of "${name}" is shorter than ${MIN_LENGTH} characters and could be guessed. generateKey() makes one.`,
    )
  return sha256(key)
}

/** What a key is looked up by: the beginning of its digest. */
const idOf = (digest: Uint8Array): string => bytesToHex(digest.subarray(0, 8))

/** Where clients put their keys. Gemini's may stand in the URL, where no other client's may: URLs end up in logs. */
function credentialsOf(request: Request): string[] {
  const found: string[] = []
  for (const name of KEY_HEADERS) {
    const value = request.headers.get(name)
    const credential = name === 'authorization' ? /^bearer +(\S+) *$/i.exec(value ?? '')?.[1] : value
    if (credential) found.push(credential)
  }
  const inUrl = keyInUrl(request)
  if (inUrl) found.push(inUrl)
  return found.slice(0, MAX_CREDENTIALS)
}

const keyInUrl = (request: Request): string | null =>
  request.url.includes('key=') && clientProtocol(request) === 'gemini' ? new URL(request.url).searchParams.get('key') : null

/**
 * The same request without its key. One that came over a connection is ours to change; one that somebody made may be sent again,
 * and is copied.
 */
function withoutKey(request: Request): Request {
  const inUrl = keyInUrl(request) !== null
  if (connectionOf(request) && !inUrl) {
    try {
      for (const name of KEY_HEADERS) request.headers.delete(name)
      return request
    } catch {
      // Some runtimes let nobody change what they received.
    }
  }
  const url = new URL(request.url)
  if (inUrl) url.searchParams.delete('key')
  const headers = new Headers(request.headers)
  for (const name of KEY_HEADERS) headers.delete(name)
  const { method, signal, body } = request
  return inheritOrigin(request, new Request(url, { method, headers, signal, ...(body && { body, duplex: 'half' }) }))
}

/** Claude Code takes a 401 for its own login's, and tells people to log in: it gets a 403, whose words it shows. */
function unauthorized(request: Request, given: boolean): Failure {
  const isClaudeCode = /^claude-(cli|code)\//.test(request.headers.get('user-agent') ?? '')
  const words = given
    ? 'cc-route: the key is not one of this server’s. It takes its own keys, not those of providers.'
    : 'cc-route: this server asks for a key. Send one of its own as x-api-key, x-goog-api-key, or a bearer token in authorization.'
  const message = isClaudeCode ? `${words} Set ANTHROPIC_AUTH_TOKEN to one of its keys.` : words
  return isClaudeCode
    ? { kind: 'permission', status: 403, message, retryable: false }
    : { kind: 'authentication', status: 401, message, retryable: false }
}
