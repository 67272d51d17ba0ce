/**
 * Changes the text of a configuration, and leaves everything else in it as it is: comments, blank lines, order.
 *
 * @module
 */
import { isDeepStrictEqual } from 'node:util'
import { changed, type Change } from './change.ts'
import { valueAt } from './issues.ts'
import { ConfigError } from './problem.ts'
import { readSource, type Format } from './source.ts'

const EDITORS: Record<Format, () => Promise<(text: string, change: Change) => string>> = {
  json: async () => (await import('./edit-json.ts')).editJson,
  yaml: async () => (await import('./edit-yaml.ts')).editYaml,
  toml: async () => (await import('./edit-toml.ts')).editToml,
}

/**
 * Makes changes, one after the other. What the result says is compared with what it should say: a change that a format has no room for
 * where it is asked for is refused rather than made wrongly.
 *
 * @throws TypeError for a change that cannot be made
 */
export async function editText(text: string, format: Format, changes: readonly Change[]): Promise<string> {
  const edit = await EDITORS[format]()
  let edited = text
  for (const change of changes) {
    const before = await readSource(edited, format)
    if (before.mistakes.length)
      throw new ConfigError(
        before.mistakes.map((mistake) => ({ path: [], ...mistake })),
        'The text',
      )
    if (change.op === 'remove' && change.ifThere && valueAt(before.value, change.path) === undefined) continue
    const wanted = changed(before.value, change)
    edited = edit(edited, change)
    const { value, mistakes } = await readSource(edited, format)
    const inOrder = change.op !== 'move' || JSON.stringify(value) === JSON.stringify(wanted)
    if (mistakes.length || !inOrder || !isDeepStrictEqual(plain(value), plain(wanted)))
      throw new TypeError(
        `This change cannot be made in the ${format.toUpperCase()} file as it is written. Make it by hand: ${JSON.stringify(change)}`,
      )
  }
  return edited
}

/** Readers differ in prototypes, and in whether they keep fields that are undefined. */
const plain = (value: unknown): unknown => (value === undefined ? undefined : JSON.parse(JSON.stringify(value)))
