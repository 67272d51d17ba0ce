/** What clients make up must not fill the memory. */
const MAX_KEY_LENGTH = 1024

/** Remembers what is made of few different texts, most of them configured: addresses, dialects. Beyond `most` it begins anew. */
export function createMemo<T>(most = 256): (key: string, make: () => T) => T {
  const made = new Map<string, T>()
  return (key, make) => {
    if (key.length > MAX_KEY_LENGTH) return make()
    const known = made.get(key)
    if (known !== undefined || made.has(key)) return known as T
    const value = make()
    if (made.size >= most) made.clear()
    made.set(key, value)
    return value
  }
}
