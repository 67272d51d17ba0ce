/**
 * JSON as people write it: names without quotes, texts in single quotes, and a plus before a number (JSON5).
 *
 * @module
 */

/** Texts and comments are read whole, so that nothing in them is taken for anything else. */
const TOKEN = /"(?:\\[^]|[^"\\])*"|'((?:\\[^]|[^'\\])*)'|\/\/[^\n]*|\/\*[^]*?\*\/|([$A-Z_a-z][$\w-]*)(?=\s*:)|\+(?=[\d.])/g

/** The same in the JSON that has comments and trailing commas. Lines stay where they are. */
export const relaxedJson = (text: string): string =>
  text.replace(TOKEN, (token: string, single?: string, name?: string) => {
    if (name !== undefined) return JSON.stringify(name)
    if (single !== undefined) return `"${single.replace(/\\'|(?<!\\)"/g, (quote) => (quote === '"' ? '\\"' : "'"))}"`
    return token === '+' ? '' : token
  })
