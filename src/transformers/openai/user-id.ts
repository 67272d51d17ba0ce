/**
 * The client's user, as the provider takes it.
 *
 * @module
 */

/**
 * As it is where it fits, otherwise 64 hex digits that depend on it alone: the same user stays the same user. Not a
 * cryptographic hash: it shortens, it does not hide.
 */
export const fitUser = (user: string, { max, min = 1 }: { max: number; min?: number }): string =>
  user.length >= min && user.length <= max ? user : hash64(user).slice(0, Math.max(max, min))

/** Eight 32-bit FNV-1a hashes, each over the text with another seed before it. */
function hash64(text: string): string {
  let hex = ''
  for (let seed = 0; seed < 8; seed++) {
    let hash = Math.imul(0x811c9dc5 ^ (seed + 1), 0x01000193)
    for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
    hash ^= hash >>> 15
    hash = Math.imul(hash, 0x2c1b3c6d)
    hex += ((hash ^ (hash >>> 13)) >>> 0).toString(16).padStart(8, '0')
  }
  return hex
}
