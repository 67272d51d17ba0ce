/**
 * Changes JSON with comments.
 *
 * @module
 */
import { applyEdits, createScanner, findNodeAtLocation, modify, parseTree, type JSONPath, type Node } from 'jsonc-parser'
import { missing, type Change } from './change.ts'

// Values of the `const enum` that the scanner gives.
const COMMA = 5
const LINE_BREAK = 14
const END = 17

export function editJson(text: string, change: Change): string {
  const path = [...change.path] as JSONPath
  const formattingOptions = {
    insertSpaces: !/^\t/m.test(text),
    tabSize: /^( +)\S/m.exec(text)?.[1]?.length ?? 2,
    eol: text.includes('\r\n') ? '\r\n' : '\n',
  }
  if (change.op === 'set') return applyEdits(text, modify(text, path, change.value, { formattingOptions }))
  const node = nodeAt(text, path)
  if (!node) throw missing(change)
  if (change.op === 'remove') return applyEdits(text, modify(text, path, undefined, { formattingOptions }))
  const own = node.parent?.type === 'property' ? node.parent : node
  if (change.op === 'move') return moved(text, own, change.to)
  const key = own.children![0]!
  return text.slice(0, key.offset) + JSON.stringify(change.to) + text.slice(key.offset + key.length)
}

function nodeAt(text: string, path: JSONPath): Node | undefined {
  const root = parseTree(text, [], { allowTrailingComma: true })
  return root && findNodeAtLocation(root, path)
}

/** A child with what belongs to it: the comments above it, and those behind it on its line. */
interface Piece {
  lead: string
  body: string
  tail: string
}

function moved(text: string, child: Node, to: number): string {
  const parent = child.parent!
  const children = parent.children!
  const end = (node: Node) => node.offset + node.length
  const pieces: Piece[] = []
  let lead = ''
  let trailingComma = false
  for (const [index, { offset, length }] of children.entries()) {
    const next = children[index + 1]?.offset ?? end(parent) - 1
    const { tail, rest, comma } = gapOf(text.slice(offset + length, next))
    const first = index === 0 ? text.slice(parent.offset + 1, offset) : lead
    pieces.push({ lead: first, body: text.slice(offset, offset + length), tail })
    lead = rest
    if (index === children.length - 1) trailingComma = comma
  }
  const from = children.indexOf(child)
  const ordered = pieces.toSpliced(from, 1).toSpliced(to, 0, pieces[from]!)
  const inner = ordered
    .map(({ lead, body, tail }, index) => lead + body + (index < ordered.length - 1 || trailingComma ? ',' : '') + tail)
    .join('')
  return text.slice(0, parent.offset + 1) + inner + lead + text.slice(end(parent) - 1)
}

/** What stands between two children: what is on the line of the first, without the comma, and the rest. */
function gapOf(gap: string): { tail: string; rest: string; comma: boolean } {
  const scanner = createScanner(gap)
  let comma = -1
  let lineEnd = -1
  for (let token: number = scanner.scan(); token !== END; token = scanner.scan()) {
    if (token === COMMA) comma = scanner.getTokenOffset()
    else if (token === LINE_BREAK && lineEnd < 0) lineEnd = scanner.getTokenOffset()
  }
  // On one line the blank before the next child is the next child's.
  const cut = lineEnd >= 0 ? lineEnd : comma >= 0 ? comma + 1 : gap.trimEnd().length
  const without = (from: number, to: number) =>
    comma >= from && comma < to ? gap.slice(from, comma) + gap.slice(comma + 1, to) : gap.slice(from, to)
  return { tail: without(0, cut), rest: without(cut, gap.length), comma: comma >= 0 }
}
