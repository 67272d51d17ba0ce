/**
 * Keeps secrets out of what is recorded: by the name of what holds them, and then by value wherever else they appear.
 *
 * @module
 */

export interface Redactor {
  /** Learns the credentials of a request or an answer, so that they are known wherever they appear. */
  learn(url: string, headers: Headers): void
  header(name: string, value: string): string
  url(url: string): string
  text(text: string): string
  /** Chunks of one body: a secret is found across their borders, and masked without moving them. */
  chunks(chunks: readonly Uint8Array[]): Uint8Array[]
}

export interface RedactOptions {
  /** Values that must not be recorded, of at least four characters. */
  secrets?: readonly string[]
  /** More headers that hold secrets. */
  redactHeaders?: readonly string[]
}

const REDACTED = 'REDACTED'

const HEADER = /authorization|cookie|token|secret|password|credential|signature|(^|-)key$/
/** Counts of tokens are none. */
const LIMIT = /rate-?limit/
/** No secrets, but whose account it was is nobody's business. */
const ACCOUNT = new Set(['openai-organization', 'openai-project', 'anthropic-organization-id', 'x-goog-user-project'])
const PARAMETER = /(^|[-_])(key|sig|code)$|api-?key|token|secret|password|signature|credential/i

/** Shorter credentials are left where they appear outside their own place: they are words. */
const MIN_LEARNED = 8
const MIN_GIVEN = 4
const MASK = 0x2a

export function createRedactor({ secrets = [], redactHeaders = [] }: RedactOptions): Redactor {
  for (const secret of secrets)
    if (secret.length < MIN_GIVEN)
      throw new TypeError(`record: a secret of ${secret.length} characters cannot be told from other text. Give at least ${MIN_GIVEN}.`)
  const named = new Set(redactHeaders.map((name) => name.toLowerCase()))
  const known = new Set(secrets.flatMap(formsOf))
  const isSecret = (header: string) => named.has(header) || ACCOUNT.has(header) || (HEADER.test(header) && !LIMIT.test(header))
  const mask = (text: string) => longestFirst(known).reduce((masked, secret) => masked.replaceAll(secret, '*'.repeat(secret.length)), text)
  return {
    learn(url, headers) {
      const learned = [...new URL(url).searchParams].flatMap(([name, value]) => (PARAMETER.test(name) ? [value] : []))
      headers.forEach((value, name) => {
        if (isSecret(name)) learned.push(...credentialsIn(name, value))
      })
      for (const secret of learned) if (secret.length >= MIN_LEARNED) for (const form of formsOf(secret)) known.add(form)
    },
    header: (name, value) => (isSecret(name) ? REDACTED : mask(value)),
    url(url) {
      const redacted = new URL(url)
      const secret = Array.from(redacted.searchParams.keys()).filter((name) => PARAMETER.test(name))
      for (const name of secret) redacted.searchParams.set(name, REDACTED)
      return mask(redacted.href)
    },
    text: mask,
    chunks: (chunks) => maskChunks(chunks, longestFirst(known)),
  }
}

/** So that a secret within another does not hide the rest of it. */
const longestFirst = (secrets: ReadonlySet<string>): string[] => [...secrets].sort((a, b) => b.length - a.length)

/** A secret as it may be written: as it is, in JSON, in a URL. */
const formsOf = (secret: string): string[] => [
  ...new Set([
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret),
    new URLSearchParams({ '': secret }).toString().slice(1),
  ]),
]

function credentialsIn(header: string, value: string): string[] {
  // What follows the first pair of a cookie that is set tells how long it lives.
  if (header === 'set-cookie') return credentialsIn('cookie', value.split(';')[0]!)
  if (header === 'cookie') return value.split(';').map((pair) => pair.slice(pair.indexOf('=') + 1).trim())
  const [, scheme = '', token = value] = /^(\w+) (.+)$/.exec(value) ?? []
  return scheme.toLowerCase() === 'basic' ? [token, ...passwordIn(token)] : [token]
}

function passwordIn(basic: string): string[] {
  try {
    const text = atob(basic)
    return [text.slice(text.indexOf(':') + 1)]
  } catch {
    return []
  }
}

function maskChunks(chunks: readonly Uint8Array[], secrets: readonly string[]): Uint8Array[] {
  const whole = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0))
  const borders: [from: number, to: number][] = []
  let at = 0
  for (const chunk of chunks) {
    whole.set(chunk, at)
    borders.push([at, (at += chunk.length)])
  }
  const encoder = new TextEncoder()
  for (const secret of secrets) {
    const bytes = encoder.encode(secret)
    for (let found = find(whole, bytes, 0); found >= 0; found = find(whole, bytes, found + bytes.length))
      whole.fill(MASK, found, found + bytes.length)
  }
  return borders.map(([from, to]) => whole.subarray(from, to))
}

function find(bytes: Uint8Array, part: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(part[0]!, from); at >= 0; at = bytes.indexOf(part[0]!, at + 1))
    if (part.every((byte, index) => bytes[at + index] === byte)) return at
  return -1
}
