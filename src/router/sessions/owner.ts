/**
 * Whose request it is.
 *
 * @module
 */

const CREDENTIALS = ['authorization', 'x-api-key', 'api-key', 'x-goog-api-key']

/** Names the owner of a request by its credential, hashed: what is kept must not hold keys. Requests without one share an owner. */
export async function ownerOf(request: Request): Promise<string> {
  const credential = CREDENTIALS.map((name) => request.headers.get(name) ?? '').join('\n')
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(credential)))
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
