/**
 * Changes of a configuration, and what they mean.
 *
 * @module
 */
import { pathText, type Path } from './problem.ts'

/**
 * - `set`: writes a value; objects on the way that are not there are made. In a list the place behind the last adds to it.
 * - `remove`: takes a value away; `ifThere`: it need not be there.
 * - `rename`: calls a field `to`; it keeps its place.
 * - `move`: puts a field or an item at the position `to` among its siblings, from 0.
 */
export type Change =
  | { op: 'set'; path: Path; value: unknown }
  | { op: 'remove'; path: Path; ifThere?: true }
  | { op: 'rename'; path: Path; to: string }
  | { op: 'move'; path: Path; to: number }

type Container = Record<string, unknown> | unknown[]

const isContainer = (value: unknown): value is Container => typeof value === 'object' && value !== null

/** A copy with a change made. @throws TypeError where there is nothing to change */
export const changed = (value: unknown, change: Change): unknown => changedBelow(value, change, change.path)

function changedBelow(value: unknown, change: Change, [step, ...rest]: Path): unknown {
  if (step === undefined) {
    if (change.op === 'set') return change.value
    throw new TypeError('The whole configuration can be set, and nothing else.')
  }
  if (change.op === 'set' && value === undefined)
    return typeof step === 'number' ? [changedBelow(undefined, change, rest)] : { [step]: changedBelow(undefined, change, rest) }
  if (!isContainer(value)) throw missing(change)
  const entries = Object.entries(value)
  const at = entries.findIndex(([name]) => name === String(step))
  if (rest.length || change.op === 'set') {
    if (at < 0 && (change.op !== 'set' || (Array.isArray(value) && step !== value.length))) throw missing(change)
    const next = [String(step), changedBelow(entries[at]?.[1], change, rest)] as [string, unknown]
    return rebuilt(value, at < 0 ? [...entries, next] : entries.with(at, next))
  }
  if (at < 0) throw missing(change)
  if (change.op === 'remove') return rebuilt(value, entries.toSpliced(at, 1))
  if (change.op === 'rename') {
    if (Array.isArray(value)) throw new TypeError(`${pathText(change.path)}: items of a list have no names.`)
    if (change.to in value) throw new TypeError(`${pathText(change.path)}: there is a ${JSON.stringify(change.to)} already.`)
    return rebuilt(value, entries.with(at, [change.to, entries[at]![1]]))
  }
  return rebuilt(value, entries.toSpliced(at, 1).toSpliced(change.to, 0, entries[at]!))
}

const rebuilt = (like: Container, entries: [string, unknown][]): Container =>
  Array.isArray(like) ? entries.map(([, item]) => item) : Object.fromEntries(entries)

export const missing = ({ path }: Change): TypeError => new TypeError(`${pathText(path)}: there is no such value to change.`)
