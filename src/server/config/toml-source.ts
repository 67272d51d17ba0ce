/**
 * TOML.
 *
 * @module
 */
import { getStaticTOMLValue, parseTOML, type AST } from 'toml-eslint-parser'
import type { Path, Place } from './problem.ts'
import type { Source } from './source.ts'

export function readToml(text: string): Source {
  let program: AST.TOMLProgram
  try {
    program = parseTOML(text)
  } catch (error) {
    const { message, lineNumber, column } = error as { message: string; lineNumber: number; column: number }
    return {
      value: undefined,
      locate: () => undefined,
      mistakes: [{ message: `not valid TOML: ${message}`, place: { line: lineNumber, column: column + 1 } }],
    }
  }
  const places = placesOf(program)
  return {
    value: getStaticTOMLValue(program),
    mistakes: [],
    locate: (path) => {
      for (let length = path.length; length > 0; length--) {
        const place = places.get(nameOf(path.slice(0, length)))
        if (place) return place
      }
      return undefined
    },
  }
}

const nameOf = (path: Path) => JSON.stringify(path)

function placesOf(program: AST.TOMLProgram): Map<string, Place> {
  const places = new Map<string, Place>()
  const note = (path: Path, { loc }: AST.TOMLNode) => {
    const { line, column } = loc.start
    // A table may be named before it is written: the first place is the best.
    if (!places.has(nameOf(path))) places.set(nameOf(path), { line, column: column + 1 })
  }
  const visitPairs = (pairs: readonly AST.TOMLKeyValue[], base: Path) => {
    for (const { key, value } of pairs) {
      const steps = key.keys.map(stepOf)
      for (const [index, part] of key.keys.entries()) note([...base, ...steps.slice(0, index + 1)], part)
      visitValue(value, [...base, ...steps])
    }
  }
  const visitValue = (value: AST.TOMLContentNode, path: Path): void => {
    if (value.type === 'TOMLInlineTable') return visitPairs(value.body, path)
    if (value.type !== 'TOMLArray') return
    for (const [index, item] of value.elements.entries()) {
      note([...path, index], item)
      visitValue(item, [...path, index])
    }
  }
  for (const entry of program.body[0].body) {
    if (entry.type === 'TOMLKeyValue') visitPairs([entry], [])
    else {
      for (const length of entry.resolvedKey.keys()) note(entry.resolvedKey.slice(0, length + 1), entry.key)
      visitPairs(entry.body, entry.resolvedKey)
    }
  }
  return places
}

export const stepOf = (key: AST.TOMLBare | AST.TOMLQuoted): string => (key.type === 'TOMLBare' ? key.name : key.value)
