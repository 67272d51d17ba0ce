/**
 * Whose address a request has: its connection's, unless that is a proxy's that is trusted to tell it.
 *
 * @module
 */
import { createMemo } from '../../core/memo.ts'
import { connectionOf } from './connection.ts'
import { addressBytes, networkMatcher } from './ip-network.ts'

/**
 * Returns the reader of clients' addresses. `X-Forwarded-For` is read from its end, as far as trusted proxies wrote it: what stands
 * before that is the client's own invention. `undefined` where the address is not known.
 *
 * @param trusted addresses or networks: `10.0.0.7`, `10.0.0.0/8`, `fd00::/8`, or `loopback`
 * @throws TypeError for what is none
 */
export function createAddressReader(trusted: readonly string[] = []): (request: Request) => string | undefined {
  if (!trusted.length) return (request) => ownAddress(connectionOf(request)?.address)
  const isTrusted = networkMatcher(trusted)
  return (request) => {
    let address = plainAddress(connectionOf(request)?.address)
    if (address === undefined || !isTrusted(address)) return address
    const hops = request.headers.get('x-forwarded-for')?.split(',') ?? []
    for (const hop of hops.toReversed()) {
      const next = plainAddress(hop)
      if (next === undefined) break
      address = next
      if (!isTrusted(address)) break
    }
    return address
  }
}

/** Whether the connection itself is a trusted proxy's: then what it says of the client's host and scheme counts. */
export function createProxyCheck(trusted: readonly string[] = []): (request: Request) => boolean {
  if (!trusted.length) return () => false
  const isTrusted = networkMatcher(trusted)
  return (request) => {
    const address = plainAddress(connectionOf(request)?.address)
    return address !== undefined && isTrusted(address)
  }
}

/** The same for the address of a connection, of which there are few. */
const ownAddress = (text = ''): string | undefined => known(text, () => plainAddress(text))
const known = createMemo<string | undefined>()

/** An address without port, brackets or zone; an IPv4 address in IPv6 clothes as what it is. */
function plainAddress(text: string | undefined): string | undefined {
  const trimmed = text?.trim() ?? ''
  const bare = /^\[([^\]]*)\](?::\d+)?$/.exec(trimmed)?.[1] ?? /^([\d.]+):\d+$/.exec(trimmed)?.[1] ?? trimmed
  const address = (/^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(bare)?.[1] ?? bare).replace(/%.*$/, '')
  return addressBytes(address) ? address.toLowerCase() : undefined
}
