/**
 * Headers as a plain object, of which real ones are made for whoever does more than look.
 *
 * @module
 */

/** The one name that stands once for each value. */
const COOKIE = 'set-cookie'

/** In Node Headers that hold six names cost 8 us, and half a microsecond more for each look at them. Called when wanted: Node loads its own with the first use. */
export const lazyHeadersClass = () => {
  class LazyHeaders {
    #plain = new Map<string, string>()
    #cookies: string[] = []
    #made: Headers | undefined
    constructor(init: HeadersInit = {}) {
      const list = Symbol.iterator in init ? (init as Iterable<readonly [string, string]>) : Object.entries(init)
      for (const [name, value] of list) this.#add(name.toLowerCase(), value)
    }
    #add(name: string, value: string): void {
      const before = this.#plain.get(name)
      this.#plain.set(name, before === undefined ? value : `${before}, ${value}`)
      if (name === COOKIE) this.#cookies.push(value)
    }
    get #whole(): Headers {
      if (this.#made) return this.#made
      const made = new Headers()
      this.forEach((value, name) => made.append(name, value))
      return (this.#made = made)
    }
    get(name: string): string | null {
      return this.#made ? this.#made.get(name) : (this.#plain.get(name.toLowerCase()) ?? null)
    }
    has(name: string): boolean {
      return this.get(name) !== null
    }
    /** In the order in which they were given, as long as nobody has changed them. */
    forEach(tell: (value: string, name: string, headers: Headers) => void, self?: unknown): void {
      const headers = this as unknown as Headers
      if (this.#made) return this.#made.forEach((value, name) => tell.call(self, value, name, headers))
      for (const [name, value] of this.#plain)
        if (name === COOKIE) for (const cookie of this.#cookies) tell.call(self, cookie, name, headers)
        else tell.call(self, value, name, headers)
    }
    set(name: string, value: string): void {
      this.#whole.set(name, value)
    }
    append(name: string, value: string): void {
      this.#whole.append(name, value)
    }
    delete(name: string): void {
      this.#whole.delete(name)
    }
    getSetCookie(): string[] {
      return this.#whole.getSetCookie()
    }
    entries() {
      return this.#whole.entries()
    }
    keys() {
      return this.#whole.keys()
    }
    values() {
      return this.#whole.values()
    }
    [Symbol.iterator]() {
      return this.#whole.entries()
    }
    /** @see https://nodejs.org/api/util.html#utilinspectcustom */
    [Symbol.for('nodejs.util.inspect.custom')](_depth: number, options: object, inspect: (value: unknown, options: object) => string) {
      return inspect(this.#whole, options)
    }
  }
  Object.setPrototypeOf(LazyHeaders.prototype, Headers.prototype)
  return LazyHeaders as unknown as new (init?: HeadersInit) => Headers
}
