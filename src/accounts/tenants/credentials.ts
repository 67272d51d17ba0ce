/**
 * Where clients put their keys.
 *
 * @module
 */
import { clientProtocol, keepProtocol } from '../../router/facts.ts'
import type { KnownKey } from './keyring.ts'

/** A request says who it is once; clients that are set up twice, twice. */
const MAX_CREDENTIALS = 4
export const KEY_HEADERS = ['authorization', 'x-api-key', 'x-goog-api-key', 'api-key'] as const

/** The keys of a request. Gemini's may stand in the URL, where no other client's may: URLs end up in logs. */
export function credentialsOf(request: Request): string[] {
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

export const keyInUrl = (request: Request): string | null =>
  request.url.includes('key=') && clientProtocol(request) === 'gemini' ? new URL(request.url).searchParams.get('key') : null

/** Of several keys the first that may be used; else the first that is known. */
export function knownAmong(credentials: readonly string[], find: (credential: string) => KnownKey | undefined): KnownKey | undefined {
  let refused: KnownKey | undefined
  for (const credential of credentials) {
    const found = find(credential)
    if (found && found.refused === undefined) return found
    refused ??= found
  }
  return refused
}

/** The same request without its keys. What they tell of the client's protocol is remembered. */
export function withoutKeys(request: Request): Request {
  const url = new URL(request.url)
  if (keyInUrl(request) !== null) url.searchParams.delete('key')
  const headers = new Headers(request.headers)
  for (const name of KEY_HEADERS) headers.delete(name)
  const { method, signal, body } = request
  const bare = new Request(url, { method, headers, signal, ...(body && { body, duplex: 'half' }) })
  keepProtocol(request, bare)
  return bare
}
