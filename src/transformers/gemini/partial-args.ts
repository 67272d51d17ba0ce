/**
 * Arguments that Vertex tells piece by piece, each with its place.
 * @see https://cloud.google.com/vertex-ai/generative-ai/docs/multimodal/function-calling#streaming-fc
 *
 * @module
 */
import { arrayOf, isObject, type JsonObject } from '../../core/json.ts'

export interface PartialArgs {
  add(pieces: unknown): void
  /** The arguments so far. */
  value(): JsonObject
}

type Step = string | number
type Container = Record<Step, unknown>

export function createPartialArgs(): PartialArgs {
  const root: JsonObject = {}
  /** Where a text is still growing. */
  let growing: string | undefined

  const add = (piece: JsonObject) => {
    const path = typeof piece.jsonPath === 'string' ? piece.jsonPath : ''
    const ended = path.endsWith('[]')
    const steps = stepsOf(ended ? path.slice(0, -2) : path)
    if (!steps.length) return
    const value = ended ? [] : valueOf(piece)
    const known = get(root, steps)
    if (typeof value === 'string' && growing === path && typeof known === 'string') set(root, steps, known + value)
    else if (value !== undefined) {
      if (!ended || known === undefined) set(root, steps, value)
    } else if (known === undefined) set(root, steps, {})
    growing = typeof value === 'string' && piece.willContinue === true ? path : undefined
  }
  return {
    add: (pieces) => arrayOf(pieces).filter(isObject).forEach(add),
    value: () => root,
  }
}

function valueOf(piece: JsonObject): unknown {
  if ('stringValue' in piece) return piece.stringValue
  if ('numberValue' in piece) return piece.numberValue
  if ('boolValue' in piece) return piece.boolValue
  return 'nullValue' in piece ? null : undefined
}

/** `$.a.b[0]['c d']` as its steps. */
const stepsOf = (path: string): Step[] =>
  [...path.replace(/^\$/, '').matchAll(/\.([^.[\]]+)|\[(\d+)\]|\[['"]([^'"]*)['"]\]/g)].map(([, name, index, quoted]) =>
    index === undefined ? (name ?? quoted ?? '') : Number(index),
  )

const get = (root: unknown, steps: readonly Step[]): unknown =>
  steps.reduce<unknown>(
    (value, step) => (typeof value === 'object' && value !== null && Object.hasOwn(value, step) ? (value as Container)[step] : undefined),
    root,
  )

function set(root: JsonObject, steps: readonly Step[], value: unknown): void {
  let container = root
  steps.forEach((step, i) => {
    const next = steps[i + 1]
    if (step === '__proto__') return
    if (next === undefined) container[step] = value
    else {
      const inner = Object.hasOwn(container, step) ? container[step] : undefined
      if (typeof inner !== 'object' || inner === null) container[step] = typeof next === 'number' ? [] : {}
      container = container[step] as Container
    }
  })
}
