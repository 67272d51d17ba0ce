/**
 * Bytes as JSON can hold them.
 *
 * @module
 */
import type { RecordedBytes } from './cassette.ts'

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Characters that are made into one string at once: more would not fit on the stack. */
const PORTION = 0x8000

export function packBytes(bytes: Uint8Array): RecordedBytes {
  try {
    return { text: strict.decode(bytes) }
  } catch {
    let binary = ''
    for (let at = 0; at < bytes.length; at += PORTION) binary += String.fromCharCode(...bytes.subarray(at, at + PORTION))
    return { base64: btoa(binary) }
  }
}

export const unpackBytes = (packed: RecordedBytes): Uint8Array =>
  'text' in packed ? new TextEncoder().encode(packed.text) : Uint8Array.from(atob(packed.base64), (char) => char.charCodeAt(0))
