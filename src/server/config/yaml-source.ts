/**
 * YAML.
 *
 * @module
 */
import { isMap, isNode, isPair, isScalar, LineCounter, parseDocument, type Document, type Node } from 'yaml'
import type { Path, Place } from './problem.ts'
import type { Source } from './source.ts'

export function readYaml(text: string): Source {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const place = (offset: number): Place => {
    const { line, col } = lines.linePos(offset)
    return { line, column: col }
  }
  const mistakes = document.errors.map(({ message, pos }) => ({ message: `not valid YAML: ${message}`, place: place(pos[0]) }))
  // Aliases may grow a small file beyond all bounds: the library refuses that, here.
  const value: unknown = mistakes.length ? undefined : document.toJS({ maxAliasCount: 100 })
  return {
    value,
    mistakes: value === null ? [{ message: 'the file is empty', place: { line: 1, column: 1 } }] : mistakes,
    locate: (path) => {
      const offset = offsetOf(document, path)
      return offset === undefined ? undefined : place(offset)
    },
  }
}

function offsetOf(document: Document, path: Path): number | undefined {
  for (let length = path.length; length > 0; length--) {
    const parent: unknown = length > 1 ? document.getIn(path.slice(0, length - 1), true) : document.contents
    const step = path[length - 1]!
    const pair = isMap(parent) ? parent.items.find((item) => isPair(item) && isScalar(item.key) && item.key.value === step) : undefined
    const node = isNode(pair?.key) ? pair.key : (document.getIn(path.slice(0, length), true) as Node | undefined)
    if (isNode(node) && node.range) return node.range[0]
  }
  return document.contents?.range?.[0]
}
