/**
 * Changes TOML. Its readers keep no comments, so that the text itself is changed, at the places that the syntax tree tells.
 *
 * @module
 */
import { parseTOML, type AST } from 'toml-eslint-parser'
import type { Change } from './change.ts'
import type { Path } from './problem.ts'
import { stepOf } from './toml-source.ts'

export function editToml(text: string, change: Change): string {
  const file = readFile(text)
  if (change.op === 'set') return set(file, change.path, change.value)
  const found = file.find(change.path)
  if (change.op === 'rename') return rename(file, change.path, found, change.to)
  // A part of dotted keys has no place of its own: the text stays as it is, and is refused for that.
  if (!found) return file.text
  return change.op === 'remove' ? remove(file, change.path, found) : move(file, change.path, found, change.to)
}

interface Edit {
  from: number
  to: number
  text: string
}

/** A value where it is written: as `key = value`, as an item of a list, or as tables. */
type Found = { pair: AST.TOMLKeyValue } | { item: AST.TOMLContentNode; list: AST.TOMLArray } | { tables: AST.TOMLTable[] }

interface File {
  text: string
  program: AST.TOMLProgram
  tables: readonly AST.TOMLTable[]
  find(path: Path): Found | undefined
}

function readFile(text: string): File {
  const program = parseTOML(text)
  const top = program.body[0].body
  const tables = top.filter((entry) => entry.type === 'TOMLTable')
  const find = (path: Path): Found | undefined => {
    const pairs = top.filter((entry) => entry.type === 'TOMLKeyValue')
    for (const [base, body] of [[[], pairs], ...tables.map((table) => [table.resolvedKey, table.body])] as [Path, AST.TOMLKeyValue[]][]) {
      const found = startsWith(path, base) ? findIn(body, path.slice(base.length)) : undefined
      if (found) return found
    }
    const below = tables.filter(({ resolvedKey }) => startsWith(resolvedKey, path))
    return below.length ? { tables: below } : undefined
  }
  return { text, program, tables, find }
}

const startsWith = (path: Path, start: Path) => start.length <= path.length && start.every((step, index) => step === path[index])

function findIn(pairs: readonly AST.TOMLKeyValue[], path: Path): Found | undefined {
  for (const pair of pairs) {
    const steps = pair.key.keys.map(stepOf)
    if (!startsWith(path, steps)) continue
    const rest = path.slice(steps.length)
    const found = rest.length ? findBelow(pair.value, rest) : { pair }
    if (found) return found
  }
  return undefined
}

function findBelow(value: AST.TOMLContentNode, path: Path): Found | undefined {
  if (value.type === 'TOMLInlineTable') return findIn(value.body, path)
  const item = value.type === 'TOMLArray' ? value.elements[path[0] as number] : undefined
  if (!item) return undefined
  return path.length > 1 ? findBelow(item, path.slice(1)) : { item, list: value as AST.TOMLArray }
}

const apply = (text: string, edits: readonly Edit[]): string =>
  edits.toSorted((a, b) => b.from - a.from).reduce((at, { from, to, text }) => at.slice(0, from) + text + at.slice(to), text)

/** The blocks of tables reach from the comments above their header to those above the next. */
function blockOf({ text, program }: File, table: AST.TOMLTable): Edit {
  const siblings = program.body[0].body.filter((entry) => entry.type === 'TOMLTable')
  const next = siblings[siblings.indexOf(table) + 1]
  return { from: headOf(text, table.range[0]), to: next ? headOf(text, next.range[0]) : text.length, text: '' }
}

/** Where the comments begin that stand directly above an offset's line. */
function headOf(text: string, offset: number): number {
  let from = text.lastIndexOf('\n', offset - 1) + 1
  for (;;) {
    const above = text.lastIndexOf('\n', from - 2) + 1
    if (from === 0 || !text.slice(above, from).trim().startsWith('#')) return from
    from = above
  }
}

const lineEnd = (text: string, offset: number): number => {
  const end = text.indexOf('\n', offset)
  return end < 0 ? text.length : end + 1
}

function set(file: File, path: Path, value: unknown): string {
  const { text, program, tables } = file
  if (!path.length) return sectionsOf([], value)
  const found = file.find(path)
  if (found && 'tables' in found) {
    const edits = found.tables.map((table) => blockOf(file, table))
    const header = found.tables[0]!.range[0]
    // What was said above the table stays where it stood.
    if (!isTable(value)) return set(readFile(apply(text, [{ ...edits[0]!, from: header }, ...edits.slice(1)])), path, value)
    const kept = text.slice(edits[0]!.from, header)
    return apply(text, [{ ...edits[0]!, text: `${kept}${sectionsOf(path, value)}\n` }, ...edits.slice(1)])
  }
  const old = found && ('pair' in found ? found.pair.value : found.item)
  if (old) return apply(text, [{ from: old.range[0], to: old.range[1], text: inline(value) }])

  const parent = path.slice(0, -1)
  const holder = file.find(parent)
  const inner = holder && ('pair' in holder ? holder.pair.value : 'item' in holder ? holder.item : undefined)
  if (inner) return apply(text, [insertInto(inner, path.at(-1)!, inline(value))])
  const own = tables.find(({ resolvedKey }) => resolvedKey.length === parent.length && startsWith(parent, resolvedKey))
  const isSection = isTable(value) && path.length <= 2
  if (own && !isSection) return apply(text, [insertLine(text, own.body.at(-1) ?? own, `${keyText(path.at(-1)!)} = ${inline(value)}`)])
  if (!parent.length && !isSection) {
    const last = program.body[0].body.findLast((entry) => entry.type === 'TOMLKeyValue')
    const line = `${keyText(path[0]!)} = ${inline(value)}\n`
    return last ? apply(text, [insertLine(text, last, line.trimEnd())]) : text.slice(0, 0) + line + text
  }
  // A table of its own, behind those it belongs with.
  const [base, body] = isTable(value) ? [path, value] : [parent, { [String(path.at(-1))]: value }]
  const near =
    tables.findLast(({ resolvedKey }) => startsWith(resolvedKey, parent)) ??
    tables.findLast(({ resolvedKey }) => resolvedKey[0] === path[0])
  const at = near ? blockOf(file, near).to : text.length
  const before = text.slice(0, at).trimEnd()
  const after = text.slice(at)
  return `${before}${before && '\n\n'}${sectionsOf(base, body)}\n${after && `\n${after}`}`
}

function insertLine(text: string, after: AST.TOMLNode, line: string): Edit {
  // The range of a table includes its fields: one without fields ends with its header.
  const at = lineEnd(text, after.range[1])
  return { from: at, to: at, text: `${text[at - 1] === '\n' ? '' : '\n'}${line}\n` }
}

function insertInto(node: AST.TOMLContentNode, step: string | number, value: string): Edit {
  const children = node.type === 'TOMLInlineTable' ? node.body : node.type === 'TOMLArray' ? node.elements : undefined
  if (!children) throw new TypeError('There is a value that has no fields.')
  const entry = typeof step === 'number' ? value : `${keyText(step)} = ${value}`
  const last = children.at(-1)
  if (last) return { from: last.range[1], to: last.range[1], text: `, ${entry}` }
  return { from: node.range[0] + 1, to: node.range[1] - 1, text: node.type === 'TOMLArray' ? entry : ` ${entry} ` }
}

function remove(file: File, path: Path, found: Found): string {
  const { text } = file
  if ('tables' in found) {
    const edits = found.tables.map((table) => blockOf(file, table))
    const without = readFile(apply(text, edits))
    // The last table of a table that has no header of its own: it stays, empty.
    const parent = path.slice(0, -1)
    return !parent.length || without.find(parent) ? without.text : set(without, parent, {})
  }
  if ('pair' in found && found.pair.parent.type !== 'TOMLInlineTable') {
    return apply(text, [{ from: text.lastIndexOf('\n', found.pair.range[0] - 1) + 1, to: lineEnd(text, found.pair.range[1]), text: '' }])
  }
  const node: AST.TOMLNode = 'pair' in found ? found.pair : found.item
  const siblings: readonly AST.TOMLNode[] = 'pair' in found ? (found.pair.parent as AST.TOMLInlineTable).body : found.list.elements
  const index = siblings.indexOf(node)
  const next = siblings[index + 1]
  const before = siblings[index - 1]
  const from = next || !before ? node.range[0] : before.range[1]
  return apply(text, [{ from, to: next ? next.range[0] : node.range[1], text: '' }])
}

/** Renames a step wherever it is written: in headers, in dotted keys, in a single key. */
function rename(file: File, path: Path, found: Found | undefined, to: string): string {
  if (found && 'pair' in found) {
    const [from, end] = found.pair.key.keys.at(-1)!.range
    return apply(file.text, [{ from, to: end, text: keyText(to) }])
  }
  // Positions in lists of tables are no part of a written key.
  const names = (full: Path) => full.filter((step) => typeof step === 'string').length
  const edits: Edit[] = []
  const note = (keys: readonly (AST.TOMLBare | AST.TOMLQuoted)[], full: Path, offset: number) => {
    const key = startsWith(full, path) ? keys[names(path) - 1 - offset] : undefined
    if (key) edits.push({ from: key.range[0], to: key.range[1], text: keyText(to) })
  }
  for (const entry of file.program.body[0].body) {
    if (entry.type === 'TOMLKeyValue') note(entry.key.keys, entry.key.keys.map(stepOf), 0)
    else {
      const base = entry.resolvedKey
      note(entry.key.keys, base, 0)
      for (const { key } of entry.body) note(key.keys, [...base, ...key.keys.map(stepOf)], names(base))
    }
  }
  return apply(file.text, edits)
}

function move(file: File, path: Path, found: Found, to: number): string {
  const { text } = file
  if ('tables' in found) {
    const parent = path.slice(0, -1)
    const depth = parent.length
    // The tables of each sibling, in the order in which siblings are first written.
    const groups = new Map<string | number, string>()
    const siblings = file.tables.filter(({ resolvedKey }) => resolvedKey.length > depth && startsWith(resolvedKey, parent))
    for (const table of siblings) {
      const step = table.resolvedKey[depth]!
      const { from, to } = blockOf(file, table)
      groups.set(step, `${groups.get(step) ?? ''}${text.slice(from, to).trimEnd()}\n\n`)
    }
    const blocks = siblings.map((table) => blockOf(file, table))
    const order = [...groups.keys()]
    const from = order.indexOf(path.at(-1)!)
    const ordered = order.toSpliced(from, 1).toSpliced(to, 0, order[from]!)
    const joined = ordered.map((step) => groups.get(step)).join('')
    const rest = apply(text, [{ ...blocks[0]!, text: joined }, ...blocks.slice(1)])
    return `${rest.trimEnd()}\n`
  }
  const siblings: readonly AST.TOMLNode[] = 'item' in found ? found.list.elements : (found.pair.parent as { body: AST.TOMLKeyValue[] }).body
  const written = siblings.map(({ range }) => text.slice(...range))
  const from = siblings.indexOf('item' in found ? found.item : found.pair)
  const ordered = written.toSpliced(from, 1).toSpliced(to, 0, written[from]!)
  return apply(
    text,
    siblings.map(({ range }, index) => ({ from: range[0], to: range[1], text: ordered[index]! })),
  )
}

/** An item of a list of tables is named by the list; its place tells which it is. */
function headerOf(path: Path): string {
  const name = path
    .filter((step) => typeof step === 'string')
    .map(keyText)
    .join('.')
  return typeof path.at(-1) === 'number' ? `[[${name}]]` : `[${name}]`
}

const isTable = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

const keyText = (step: string | number): string => (/^[\w-]+$/.test(String(step)) ? String(step) : JSON.stringify(String(step)))

/** A value on one line. TOML has no null: such fields are left out. */
function inline(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inline).join(', ')}]`
  if (!isTable(value)) return typeof value === 'string' ? JSON.stringify(value).replaceAll('\u007f', '\\u007F') : String(value)
  const fields = fieldsOf(value).map(([name, item]) => `${keyText(name)} = ${inline(item)}`)
  return fields.length ? `{ ${fields.join(', ')} }` : '{}'
}

const fieldsOf = (value: Record<string, unknown>) => Object.entries(value).filter(([, item]) => item !== undefined && item !== null)

/** A value as tables: down to two levels a table each, deeper ones on one line. */
function sectionsOf(path: Path, value: unknown): string {
  if (!isTable(value)) throw new TypeError('A table can only be replaced by a table.')
  const fields = fieldsOf(value)
  const isOwn = ([, item]: [string, unknown]) => isTable(item) && path.length < 2
  const plain = fields.filter((field) => !isOwn(field)).map(([name, item]) => `${keyText(name)} = ${inline(item)}`)
  const header = path.length && (plain.length || !fields.length) ? [headerOf(path)] : []
  const own = [...header, ...plain].join('\n')
  return [own, ...fields.filter(isOwn).map(([name, item]) => sectionsOf([...path, name], item))].filter(Boolean).join('\n\n')
}
