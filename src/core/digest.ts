/**
 * What keys are made of and compared by, on every runtime and at once: Web Crypto hashes with a promise.
 *
 * @module
 */
import { sha256 as hash } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'

export const sha256 = (text: string): Uint8Array => hash(utf8ToBytes(text))
export const hexOf = bytesToHex
export const sha256Hex = (text: string): string => bytesToHex(sha256(text))

/** Takes as long whatever differs. */
export function equalDigests(a: Uint8Array, b: Uint8Array): boolean {
  let difference = a.length ^ b.length
  for (let index = 0; index < a.length; index++) difference |= a[index]! ^ (b[index] ?? 0)
  return difference === 0
}

/** So many random bytes, as text that fits into a header and a URL. */
export function randomToken(bytes: number): string {
  const text = btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(bytes))))
  return text.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
}
