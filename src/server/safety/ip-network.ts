/**
 * Addresses and networks of IP, by their bits.
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
