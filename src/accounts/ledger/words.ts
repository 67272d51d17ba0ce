/**
 * Words of captured texts: one meaning for every store that searches them.
 *
 * @module
 */

/** Longer ones are no words but data: they are known by their begin. */
const MAX_WORD = 64

/** Letters, digits and what stands upon letters; a backslash before them may be an escape of JSON, whose letter is not of the word. */
const WORD = /\\?[\p{L}\p{N}\p{M}]+/gu

/** Scripts that write no spaces. There, neighbours are what is looked for. */
const UNSPACED = /([\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]+)/u

const ESCAPED_CHARACTER = /\\u([0-9a-f]{4})/gi
const JSON_ESCAPE = /^\\[bfnrt]/

/** Every word of a text that was captured, each once, in small letters. JSON is read as it stands: `"a\nb"` has the words `a` and `b`. */
export function wordsOf(text: string): Set<string> {
  const words = new Set<string>()
  const plain = text.includes('\\u') ? text.replace(ESCAPED_CHARACTER, (_, code: string) => String.fromCharCode(parseInt(code, 16))) : text
  for (const [found] of plain.toLowerCase().matchAll(WORD)) {
    if (JSON_ESCAPE.test(found)) addWord(words, found.slice(2))
    // Text that is no JSON has backslashes of its own, as in paths.
    addWord(words, found.startsWith('\\') ? found.slice(1) : found)
  }
  return words
}

/** The words that a text must have to be found by a question. */
export function wantedWords(question: string): string[] {
  const words = new Set<string>()
  for (const [found] of question.toLowerCase().matchAll(WORD)) addWord(words, found.startsWith('\\') ? found.slice(1) : found, true)
  return [...words]
}

/** @param wanted each character need not be there by itself where its neighbours tell more */
function addWord(words: Set<string>, word: string, wanted = false): void {
  for (const [index, run] of word.split(UNSPACED).entries()) {
    if (!run) continue
    // Every second one is in such a script.
    if (index % 2 === 0) words.add(run.slice(0, MAX_WORD))
    else addNeighbours(words, Array.from(run), wanted)
  }
}

function addNeighbours(words: Set<string>, characters: readonly string[], wanted: boolean): void {
  if (!wanted || characters.length === 1) for (const character of characters) words.add(character)
  for (let i = 1; i < characters.length; i++) words.add(characters[i - 1]! + characters[i]!)
}
