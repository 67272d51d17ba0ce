/**
 * Changes of the keys of clients, as changes of the configuration. A new key is shown once; the file has its hash.
 *
 * @module
 */
import { generateKey, hashedKey } from '../../accounts/tenants/keyring.ts'
import { fail } from '../../core/failure.ts'
import type { Change } from '../config/change.ts'
import type { Config } from '../config/settle.ts'
import type { Loaded } from '../config/store.ts'
import { momentText, readFields, type Fields } from './key-fields.ts'

type KeyConfig = NonNullable<Config['server']['keys']>[number]

export interface KeyChange {
  name: string
  changes: readonly Change[]
  /** The new key. Nobody can show it again. */
  key?: string
  /** Looks at what the configuration would then say. @throws FailureError where something else has the last word */
  accept(next: Pick<Loaded, 'config'>): void
}

export const keysIn = ({ server }: Config): readonly KeyConfig[] => server.keys ?? []

/** @throws FailureError */
export function makeKey(config: Config, given: Fields, now: number): KeyChange {
  const { name, ...fields } = given
  if (typeof name !== 'string' || !name.trim())
    return fail({ kind: 'invalid-request', message: 'Say whose key it is: { "name": "ann" }.', param: 'name' })
  const keys = keysIn(config)
  if (keys.some((known) => known.name === name))
    fail({ kind: 'conflict', message: `There is a key of "${name}" already. Remove it first, or take another name.` })
  const { key, hash } = generateKey()
  const said = Object.entries(readFields(fields, now)).filter(([, value]) => value !== null)
  const value = { name, key: hash, ...Object.fromEntries(said) }
  return { name, key, changes: [{ op: 'set', path: ['server', 'keys', keys.length], value }], accept: lastWord(name, hash) }
}

/** @throws FailureError */
export function changeKey(config: Config, name: string, given: Fields, now: number): KeyChange {
  for (const field of ['name', 'key', 'previous'])
    if (field in given)
      fail({
        kind: 'invalid-request',
        message:
          field === 'name'
            ? 'A key cannot be renamed: what it has used is known by its name.'
            : 'A new key is made by POST /admin/keys/{name}/rotate.',
        param: field,
      })
  const { path, known, asObject } = placeOf(config, name)
  const changes = Object.entries(readFields(given, now)).map(([field, value]): Change => {
    const at = [...path, field]
    return value === null ? { op: 'remove', path: at, ifThere: true } : { op: 'set', path: at, value }
  })
  return { name, changes: [...asObject, ...changes], accept: lastWord(name, known.key) }
}

/** Another key in place of one, which may be used for a while yet. @throws FailureError */
export function rotateKey(config: Config, name: string, graceMs: number, now: number): KeyChange {
  const { path, known, asObject } = placeOf(config, name)
  const { key, hash } = generateKey()
  const previous = { key: hashedKey(known.key), until: momentText(now + graceMs) }
  const changes: Change[] = [
    ...asObject,
    { op: 'set', path: [...path, 'key'], value: hash },
    graceMs > 0
      ? { op: 'set', path: [...path, 'previous'], value: previous }
      : { op: 'remove', path: [...path, 'previous'], ifThere: true },
  ]
  return { name, key, changes, accept: lastWord(name, hash) }
}

/** @throws FailureError */
export function endKey(config: Config, name: string): KeyChange {
  const { path } = placeOf(config, name)
  if (keysIn(config).length === 1)
    fail({ kind: 'conflict', message: 'It is the last one: without it whoever reaches the server could use it. Add another key first.' })
  return { name, changes: [{ op: 'remove', path }], accept: lastWord(name, undefined) }
}

function placeOf(config: Config, name: string) {
  const keys = keysIn(config)
  const index = keys.findIndex((known) => known.name === name)
  if (index < 0)
    return fail({
      kind: 'not-found',
      message: `There is no key of "${name}". There are: ${keys.map((key) => key.name).join(', ') || 'none'}.`,
    })
  const known = keys[index]!
  const path = ['server', 'keys', index]
  // A mere key has no fields: it becomes an object, with its hash in the place of where it was to be had.
  const isMere = name === `key-${index + 1}` && Object.keys(known).length === 2
  const asObject: Change[] = isMere ? [{ op: 'set', path, value: { name, key: hashedKey(known.key) } }] : []
  return { path, known, asObject }
}

/** The file may not have the last word: `key` is what the configuration has to have for the name then, or that there is none. */
const lastWord =
  (name: string, key: string | undefined): KeyChange['accept'] =>
  ({ config }) => {
    const found = keysIn(config).find((known) => known.name === name)
    if (found ? key === undefined || hashedKey(found.key) !== hashedKey(key) : key !== undefined)
      fail({ kind: 'conflict', message: 'The keys come from CC_ROUTE_KEYS, which is stronger than the file. Change them there.' })
  }
