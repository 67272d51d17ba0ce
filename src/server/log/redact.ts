/**
 * Secrets by value: wherever a text goes to people or to files, each secret that is known stands there by its name alone.
 *
 * @module
 */

/** Replaces every known secret in a text by its name. */
export interface Redactor {
  (text: string): string
  /** Makes a secret known. What is shorter than 8 characters is left alone: it would be found in any text. */
  add(name: string, secret: string): void
}

const MIN_LENGTH = 8

/** @param secrets by name */
export function createRedactor(secrets: Readonly<Record<string, string | undefined>> = {}): Redactor {
  const names = new Map<string, string>()
  let pattern: RegExp | undefined
  const add = (name: string, secret: string) => {
    if (secret.length < MIN_LENGTH) return
    // As it stands in JSON and in a URL, too.
    for (const form of [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)])
      if (!names.has(form)) names.set(form, name)
    const longestFirst = [...names.keys()].sort((a, b) => b.length - a.length)
    pattern = new RegExp(longestFirst.map((form) => form.replace(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`)).join('|'), 'g')
  }
  for (const [name, secret] of Object.entries(secrets)) if (secret !== undefined) add(name, secret)
  const redact = (text: string) => (pattern ? text.replace(pattern, (form) => `[${names.get(form)}]`) : text)
  return Object.assign(redact, { add })
}
