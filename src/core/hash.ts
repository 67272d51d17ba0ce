/**
 * A 32-bit FNV-1a hash with a final mix: even, fast and synchronous; it hides nothing.
 * https://datatracker.ietf.org/doc/draft-eastlake-fnv/
 *
 * @module
 */
export function hashOf(text: string, seed = 0): number {
  let hash = 0x811c9dc5 ^ seed
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  hash ^= hash >>> 15
  hash = Math.imul(hash, 0x2c1b3c6d)
  return (hash ^ (hash >>> 13)) >>> 0
}
