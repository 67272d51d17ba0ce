/**
 * The keys of a server's own clients: who may use it. They go nowhere else.
 *
 * @module
 */
import { credentialsOf, KEY_HEADERS, keyInUrl, knownAmong, withoutKeys } from '../../accounts/tenants/credentials.ts'
import { createKeyring, type ClientKey } from '../../accounts/tenants/keyring.ts'
import { refusedKey, unknownKey } from '../../accounts/tenants/refusals.ts'
import { systemClock, type Clock } from '../../core/clock.ts'
import { sha256Hex } from '../../core/digest.ts'
import type { Failure } from '../../core/failure.ts'
import { keepProtocol } from '../../router/facts.ts'
import { detachHeaders } from '../../router/headers.ts'
import { connectionOf, inheritOrigin, setClient } from './connection.ts'
import { createFailureLimit } from './limits-failures.ts'

export { generateKey, type ClientKey } from '../../accounts/tenants/keyring.ts'

export interface AuthOptions {
  keys: readonly (ClientKey & { group?: string })[]
  addressOf(request: Request): string | undefined
  clock?: Clock
}

/**
 * Returns what lets requests in: the request, without its key and with its client known ({@link clientOf}), or why it is refused.
 *
 * @throws TypeError for keys that cannot work
 */
export function createAuth({ keys, addressOf, clock = systemClock }: AuthOptions): (request: Request) => Request | Failure {
  const find = createKeyring(keys, clock)
  const groups = new Map(keys.map(({ name, group }) => [name, group]))
  const limit = createFailureLimit({ clock })
  return (request) => {
    const address = addressOf(request)
    const wait = address === undefined ? 0 : limit.wait(address)
    const credentials = credentialsOf(request)
    const found = knownAmong(credentials, find)
    const isKnown = found !== undefined && address !== undefined && limit.knows(address, found.name)
    if (found && (!wait || isKnown)) {
      // Who has an old key does not guess: it counts as no attempt.
      if (found.refused !== undefined) return refusedKey(found.refused)
      if (address !== undefined && !isKnown) limit.succeeded(address, found.name)
      const group = groups.get(found.name)
      setClient(request, { name: found.name, ...(group !== undefined && { group }) })
      return withoutKey(request)
    }
    if (wait)
      return {
        kind: 'rate-limit',
        status: 429,
        message: `Too many attempts with wrong keys came from this address. Wait ${wait} seconds, and put right the key of the program that sends them.`,
        retryAfter: wait,
      }
    if (address !== undefined && credentials.length) limit.failed(address, sha256Hex([address, ...credentials].join('\n')))
    return unknownKey(request, credentials.length > 0)
  }
}

/**
 * The same request without its key. One that came over a connection is ours to change; one that somebody made may be sent again,
 * and is copied.
 */
function withoutKey(request: Request): Request {
  if (connectionOf(request) && keyInUrl(request) === null) {
    keepProtocol(request, request)
    try {
      detachHeaders(request)
      for (const name of KEY_HEADERS) request.headers.delete(name)
      return request
    } catch {
      // Some runtimes let nobody change what they received.
    }
  }
  return inheritOrigin(request, withoutKeys(request))
}
