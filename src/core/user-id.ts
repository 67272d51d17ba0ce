/**
 * The client's user, as a provider takes it.
 *
 * @module
 */
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'

/**
 * As it is where it fits, otherwise the SHA-256 of it in hex, cut to what fits: the same user stays the same user, and no two
 * users become one, for providers block and bill by it.
 */
export const fitUser = (user: string, { max, min = 1 }: { max: number; min?: number }): string =>
  user.length >= min && user.length <= max ? user : bytesToHex(sha256(utf8ToBytes(user))).slice(0, Math.max(max, min))
