/**
 * JSON with comments and trailing commas.
 *
 * @module
 */
import { findNodeAtLocation, getNodeValue, parseTree, printParseErrorCode, type Node, type ParseError } from 'jsonc-parser'
import type { Path, Place } from './problem.ts'
import { placeAt, type Source } from './source.ts'

const WORDS: Record<string, string> = {
  CommaExpected: 'a comma is missing before this',
  ColonExpected: 'a colon is missing before this',
  PropertyNameExpected: 'expected a name in double quotes',
  ValueExpected: 'expected a value',
  CloseBraceExpected: 'a "}" is missing',
  CloseBracketExpected: 'a "]" is missing',
  EndOfFileExpected: 'expected the end of the file',
  InvalidSymbol: 'a text needs double quotes',
  InvalidNumberFormat: 'this is no number',
  UnexpectedEndOfString: 'the text has no closing quote',
  UnexpectedEndOfComment: 'the comment has no end',
  InvalidEscapeCharacter: 'there is no such escape. A backslash is written twice',
  InvalidCharacter: 'this character is not allowed in a text',
}

export function readJson(text: string): Source {
  const errors: ParseError[] = []
  const root = parseTree(text, errors, { allowTrailingComma: true })
  if (!text.trim())
    return { value: undefined, mistakes: [{ message: 'the file is empty', place: { line: 1, column: 1 } }], locate: () => undefined }
  // The others follow from the first, as a rule.
  const mistakes = errors.slice(0, 1).map(({ error, offset }) => {
    const code = printParseErrorCode(error)
    return { message: `not valid JSON: ${WORDS[code] ?? code}`, place: placeAt(text, offset) }
  })
  const again = root && !mistakes.length ? fieldTwice(root) : undefined
  if (again)
    mistakes.push({
      message: `there are two fields ${JSON.stringify(again.children![0]!.value)} in this object. Remove one of them`,
      place: placeAt(text, again.offset),
    })
  return { value: root && getNodeValue(root), mistakes, locate: (path) => root && locate(text, root, path) }
}

/** The first field whose name the object around it has had already. */
function fieldTwice({ type, children = [] }: Node): Node | undefined {
  const seen = new Set<unknown>()
  for (const child of children) {
    const name: unknown = type === 'object' ? child.children?.[0]?.value : undefined
    if (name !== undefined && seen.has(name)) return child
    seen.add(name)
    const below = fieldTwice(child)
    if (below) return below
  }
  return undefined
}

function locate(text: string, root: Node, path: Path): Place {
  for (let length = path.length; length > 0; length--) {
    const node = findNodeAtLocation(root, path.slice(0, length))
    if (node) return placeAt(text, node.parent?.type === 'property' ? node.parent.offset : node.offset)
  }
  return placeAt(text, root.offset)
}
