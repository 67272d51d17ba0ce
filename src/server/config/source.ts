/**
 * The text of a configuration, in any of its formats, with the place of each value.
 *
 * @module
 */
import { ambiguousField } from '../../accounts/tenants/named-models.ts'
import { tryParse } from '../../core/json.ts'
import type { Path, Place } from './problem.ts'

export type Format = 'json' | 'toml' | 'yaml'

/** By the end of a file's name. JSON may have comments and trailing commas. */
const FORMATS: Record<string, Format> = { json: 'json', jsonc: 'json', json5: 'json', toml: 'toml', yaml: 'yaml', yml: 'yaml' }

export const EXTENSIONS = ['jsonc', 'json', 'toml', 'yaml', 'yml'] as const

/** The format that a file's name tells; JSON where it tells none. */
export const formatOf = (path: string): Format => FORMATS[/\.(\w+)$/.exec(path)?.[1]?.toLowerCase() ?? ''] ?? 'json'

export interface Source {
  value: unknown
  /** Where a value is; the nearest object around it where it is not there. */
  locate(path: Path): Place | undefined | Promise<Place | undefined>
  /** What the text itself is wrong in. `value` is of no use then. */
  mistakes: readonly { message: string; place?: Place }[]
}

/** Reads a text. Loads the reader of its format first, where it takes one. */
export async function readSource(text: string, format: Format): Promise<Source> {
  const plain = text.replace(/^\uFEFF/, '')
  if (format === 'yaml') return (await import('./yaml-source.ts')).readYaml(plain)
  if (format === 'toml') return (await import('./toml-source.ts')).readToml(plain)
  const readJson = async () => (await import('./json-source.ts')).readJson(plain)
  // The reader that knows comments and places is loaded for those alone: all would wait for it when they start.
  const value = tryParse(plain)
  // Of two fields of the same name the last one counts, and a change would be made to the first.
  return value === undefined || ambiguousField(plain, true) !== undefined
    ? readJson()
    : { value, mistakes: [], locate: async (path) => (await readJson()).locate(path) }
}

/** Line and column of an offset. */
export function placeAt(text: string, offset: number): Place {
  const before = text.slice(0, offset).split('\n')
  return { line: before.length, column: before.at(-1)!.length + 1 }
}
