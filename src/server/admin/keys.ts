/**
 * The keys of clients: their names, new ones, and their end. A key is shown once, when it is made; the file has its hash.
 *
 * @module
 */
import { fail } from '../../core/failure.ts'
import { generateKey } from '../safety/auth.ts'
import type { Loaded } from '../config/store.ts'
import type { AdminAnswer, AdminAsk, Administered } from './administered.ts'

export const listKeys = ({ now }: Administered): AdminAnswer => {
  const { config, revision } = now()
  return { body: { keys: namesIn(config).map((name) => ({ name })) }, revision }
}

export async function addKey(admin: Administered, { body, revision }: AdminAsk): Promise<AdminAnswer> {
  const { name } = await body()
  if (typeof name !== 'string' || !name.trim())
    return fail({ kind: 'invalid-request', message: 'Say whose key it is: { "name": "ann" }.', param: 'name' })
  const { config } = admin.now()
  const names = namesIn(config)
  if (names.includes(name))
    fail({ kind: 'conflict', message: `There is a key of "${name}" already. Remove it first, or take another name.` })
  if (!names.length && config.server.adminKey === undefined)
    fail({
      kind: 'conflict',
      message:
        'With a first key for clients this API would close behind you: it needs a key of its own then. Set "server": { "adminKey": … } first.',
    })
  const { key, hash } = generateKey()
  const next = await admin.change(
    [{ op: 'set', path: ['server', 'keys', names.length], value: { name, key: hash } }],
    revision,
    must((held) => held.includes(name)),
  )
  return { status: 201, body: { name, key }, revision: next.revision }
}

export async function removeKey(admin: Administered, { names: [name], revision }: AdminAsk): Promise<AdminAnswer> {
  const names = namesIn(admin.now().config)
  const index = names.indexOf(name!)
  if (index < 0) fail({ kind: 'not-found', message: `There is no key of "${name}". There are: ${names.join(', ') || 'none'}.` })
  if (names.length === 1)
    fail({ kind: 'conflict', message: 'It is the last one: without it whoever reaches the server could use it. Add another key first.' })
  const change = { op: 'remove', path: ['server', 'keys', index] } as const
  return {
    revision: (
      await admin.change(
        [change],
        revision,
        must((held) => !held.includes(name!)),
      )
    ).revision,
  }
}

/** The file may not have the last word. */
const must =
  (holds: (names: string[]) => boolean) =>
  ({ config }: Pick<Loaded, 'config'>): void => {
    if (!holds(namesIn(config)))
      fail({ kind: 'conflict', message: 'The keys come from CC_ROUTE_KEYS, which is stronger than the file. Change them there.' })
  }

const namesIn = ({ server }: ReturnType<Administered['now']>['config']): string[] => (server.keys ?? []).map(({ name }) => name)
