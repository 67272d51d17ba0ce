/**
 * Addresses and networks of IP: their bits, and how URLs write them.
 *
 * @module
 */

/** The bytes of an address: 4, or 16; `undefined` for what is none. */
export function addressBytes(text: string): number[] | undefined {
  if (!text.includes(':')) return ipv4(text)
  const [head, tail, ...rest] = text.split('::')
  if (rest.length) return undefined
  const before = groups(head!)
  const after = tail === undefined ? [] : groups(tail)
  if (!before || !after) return undefined
  const missing = 16 - before.length - after.length
  // "::" stands for one group at least.
  if (tail === undefined ? missing !== 0 : missing < 2) return undefined
  return [...before, ...Array<number>(missing).fill(0), ...after]
}

function ipv4(text: string): number[] | undefined {
  const parts = text.split('.')
  const isByte = (part: string) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256
  return parts.length === 4 && parts.every(isByte) ? parts.map(Number) : undefined
}

/** The bytes of some groups of an IPv6 address; the last may be an IPv4 address. */
function groups(text: string): number[] | undefined {
  if (!text) return []
  const bytes: number[] = []
  const parts = text.split(':')
  for (const [index, part] of parts.entries()) {
    const last = index === parts.length - 1 && part.includes('.') ? ipv4(part) : undefined
    if (!last && !/^[\da-f]{1,4}$/i.test(part)) return undefined
    const value = Number.parseInt(part, 16)
    bytes.push(...(last ?? [value >> 8, value & 0xff]))
  }
  return bytes
}

/** Whether the first `prefix` bits of two addresses are the same. */
export const sameNetwork = (a: readonly number[], b: readonly number[], prefix: number): boolean =>
  a.length === b.length &&
  a.every((byte, index) => {
    const bits = Math.min(8, Math.max(0, prefix - index * 8))
    return (byte ^ b[index]!) >> (8 - bits) === 0
  })

/** Returns what tells whether an address is in one of the networks. @throws TypeError for what is no network */
export function networkMatcher(networks: readonly string[]): (address: string) => boolean {
  const list = networks
    .flatMap((name) => (name === 'loopback' ? ['127.0.0.0/8', '::1'] : [name]))
    .map((network) => {
      const [address = '', bits, ...rest] = network.split('/')
      const bytes = addressBytes(address)
      const longest = (bytes?.length ?? 0) * 8
      const prefix = bits === undefined ? longest : /^\d{1,3}$/.test(bits) ? Number(bits) : Infinity
      if (!bytes || rest.length || prefix > longest)
        throw new TypeError(`"${network}" is no address or network. Write 10.0.0.7, 10.0.0.0/8, fd00::/8 or loopback.`)
      return { bytes, prefix }
    })
  return (address) => {
    const asked = addressBytes(address)
    return asked !== undefined && list.some(({ bytes, prefix }) => sameNetwork(asked, bytes, prefix))
  }
}

/** A host without the brackets that a URL puts around an IPv6 address. */
export const bare = (hostname: string): string => hostname.replace(/^\[(.*)\]$/, '$1')

/** A host as a URL has it: an IPv6 address in brackets. */
export const bracketed = (host: string): string => (host.includes(':') ? `[${host}]` : host)
