/**
 * Changes YAML.
 *
 * @module
 */
import { isCollection, isMap, isScalar, isSeq, parseDocument, type Document, type YAMLMap, type YAMLSeq } from 'yaml'
import { missing, type Change } from './change.ts'

export function editYaml(text: string, change: Change): string {
  const document = parseDocument(text)
  make(document, change)
  const indent = /^( +)\S/m.exec(text)?.[1]?.length ?? 2
  return document.toString({
    lineWidth: 0,
    indent,
    indentSeq: !/^(\w[^\n]*:)\s*\n- /m.test(text),
    flowCollectionPadding: !/[[{]\S/.test(text),
  })
}

function make(document: Document, change: Change): void {
  const { path } = change
  const step = path.at(-1)
  if (change.op === 'set') {
    const old: unknown = path.length ? document.getIn(path, true) : document.contents
    // A value that stays in its node keeps the comment behind it.
    if (isScalar(old) && !isObject(change.value)) old.value = change.value
    else if (path.length) document.setIn(path, document.createNode(change.value))
    else document.contents = document.createNode(change.value) as never
    return
  }
  const parent: unknown = path.length > 1 ? document.getIn(path.slice(0, -1), true) : document.contents
  if (!isCollection(parent) || step === undefined || !document.hasIn(path)) throw missing(change)
  if (change.op === 'remove') document.deleteIn(path)
  else if (change.op === 'rename') {
    const pair = isMap(parent) ? parent.items[indexIn(parent, step)] : undefined
    if (isScalar(pair?.key)) pair.key.value = change.to
  } else {
    const items: unknown[] = parent.items
    items.splice(change.to, 0, ...items.splice(indexIn(parent, step), 1))
  }
}

const isObject = (value: unknown) => typeof value === 'object' && value !== null

const indexIn = (parent: YAMLMap | YAMLSeq, step: string | number): number =>
  isSeq(parent) ? Number(step) : parent.items.findIndex(({ key }) => isScalar(key) && String(key.value) === String(step))
