/**
 * The keys of clients, and whether one may be used now.
 *
 * Keys are compared by their SHA-256: what is looked up and compared says nothing of the key, however long it takes.
 *
 * @module
 */
import type { Clock } from '../../core/clock.ts'
import { equalDigests, hexOf, randomToken, sha256 } from '../../core/digest.ts'

/** A key that clients may use. */
export interface ClientKey {
  /** Whose it is, for logs and limits. Unique. */
  name: string
  /** The key itself, 16 characters or more; or `sha256:` and the SHA-256 of it in hex, so that it is written nowhere. */
  key: string
  /** The key that this one has replaced, which may be used until then, in milliseconds since 1970. */
  previous?: { key: string; until: number }
  /** From when on it may not be used any more, in milliseconds since 1970. Default: never. */
  expires?: number
  /** It may not be used for now. Default `false`. */
  disabled?: boolean
}

/** Whose key it is; `refused`: why it may not be used now. */
export interface KnownKey {
  name: string
  refused?: string
}

/** The fewest characters of a key that somebody made up. */
const MIN_LENGTH = 16
const HASHED = 'sha256:'

/** Makes a key of 256 random bits. Show `key` once, and keep `hash`: a {@link ClientKey} takes it in place of the key. */
export function generateKey(): { key: string; hash: string } {
  const key = `ccr_${randomToken(32)}`
  return { key, hash: HASHED + hexOf(sha256(key)) }
}

/** A key as it may be written down. */
export const hashedKey = (key: string): string => (key.startsWith(HASHED) ? key : HASHED + hexOf(sha256(key)))

interface Entry {
  name: string
  digest: Uint8Array
  refused(now: number): string | undefined
}

const WHOM = 'Ask whoever runs this server'

/**
 * Returns what finds whose a key is; `undefined`: nobody's.
 *
 * @throws TypeError for keys that cannot work
 */
export function createKeyring(keys: readonly ClientKey[], clock: Clock): (credential: string) => KnownKey | undefined {
  if (!keys.length)
    throw new TypeError('keys: the list is empty, so nobody could be let in. Leave it out for a server that asks for no key.')
  const entries = new Map<string, Entry>()
  const names = new Set<string>()
  const add = (name: string, key: string, refused: Entry['refused']) => {
    const digest = digestOf(name, key)
    const same = entries.get(idOf(digest))
    if (same) throw new TypeError(`keys: "${name}" has the same key as "${same.name}".`)
    entries.set(idOf(digest), { name, digest, refused })
  }
  for (const { name, key, previous, expires = Infinity, disabled } of keys) {
    if (!name) throw new TypeError('keys: each key needs a name.')
    if (names.has(name)) throw new TypeError(`keys: the name "${name}" is given twice.`)
    names.add(name)
    const refused = (now: number): string | undefined => {
      if (disabled) return `The key of "${name}" is switched off. ${WHOM}.`
      return now < expires ? undefined : `The key of "${name}" expired on ${momentText(expires)}. ${WHOM} for a new one.`
    }
    add(name, key, refused)
    if (!previous) continue
    const { until } = previous
    add(name, previous.key, (now) => {
      if (now < until) return refused(now)
      return `This key of "${name}" was replaced, and could be used until ${momentText(until)}. Use the new one.`
    })
  }
  const nobody: Entry = { name: '', digest: new Uint8Array(32), refused: () => undefined }
  return (credential) => {
    const digest = sha256(credential)
    const entry = entries.get(idOf(digest)) ?? nobody
    if (!equalDigests(digest, entry.digest)) return undefined
    const refused = entry.refused(clock.now())
    return { name: entry.name, ...(refused !== undefined && { refused }) }
  }
}

const momentText = (at: number): string => new Date(at).toISOString().replace('.000', '')

function digestOf(name: string, key: string): Uint8Array {
  if (key.startsWith(HASHED)) {
    const hex = key.slice(HASHED.length)
    if (!/^[\da-f]{64}$/i.test(hex)) throw new TypeError(`keys: behind "${HASHED}" the key of "${name}" has to be 64 hexadecimal digits.`)
    return Uint8Array.from(hex.match(/../g)!, (pair) => parseInt(pair, 16))
  }
  if (!/^[\x21-\x7e]*$/.test(key)) throw new TypeError(`keys: the key of "${name}" has blanks or other characters that no header carries.`)
  if (key.length < MIN_LENGTH)
    throw new TypeError(
      `keys: the key of "${name}" is shorter than ${MIN_LENGTH} characters and could be guessed. generateKey() makes one.`,
    )
  return sha256(key)
}

/** What a key is looked up by: the beginning of its digest. */
const idOf = (digest: Uint8Array): string => hexOf(digest.subarray(0, 8))
