/**
 * What a backup holds: the first file in it.
 *
 * @module
 */
import * as v from 'valibot'
import { tryParse } from '../../core/json.ts'

export const MANIFEST = 'manifest.json'

/** `config/config.jsonc`, `ledger/ledger.db`: a part, and a name without ways out of it. */
const PATH = /^(config|ledger)\/(?!\.)[\w.-]{1,80}$/

const Manifest = v.object({
  format: v.literal(1),
  /** The version of cc-route that made it. */
  version: v.string(),
  /** Whose it is. */
  name: v.string(),
  /** When it was made, as ISO 8601 has it. */
  at: v.string(),
  files: v.array(
    v.object({
      path: v.pipe(v.string(), v.regex(PATH)),
      bytes: v.pipe(v.number(), v.integer(), v.minValue(0)),
      /** In hexadecimal digits. */
      sha256: v.pipe(v.string(), v.regex(/^[\da-f]{64}$/)),
    }),
  ),
})

export type Manifest = v.InferOutput<typeof Manifest>
export type ManifestFile = Manifest['files'][number]

/** @throws Error for what `readManifest` would refuse: when a backup is made, rather than when it is needed */
export function manifestText(manifest: Manifest): string {
  const odd = manifest.files.find(({ path }) => !PATH.test(path))
  if (odd) throw new Error(`${odd.path} has a name that no backup may have in it: it could not be restored.`)
  const text = `${JSON.stringify(manifest, undefined, 2)}\n`
  readManifest(text)
  return text
}

/** @throws Error for what is none, and for one of a later version's making */
export function readManifest(text: string): Manifest {
  const value = tryParse(text)
  const { success, output } = v.safeParse(Manifest, value)
  if (success) return output
  const format = typeof value === 'object' && value !== null && 'format' in value ? value.format : undefined
  throw new Error(
    typeof format === 'number' && format > 1
      ? 'a later version of cc-route made it. Update, and restore it then'
      : 'its list of contents is damaged',
  )
}
