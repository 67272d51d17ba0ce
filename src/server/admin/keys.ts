/**
 * The keys of clients: new ones, their limits, others in their place, and their end.
 *
 * @module
 */
import { fail } from '../../core/failure.ts'
import { changeKey, endKey, keysIn, makeKey, rotateKey, type KeyChange } from '../keys/key-changes.ts'
import { spanIn, type Fields } from '../keys/key-fields.ts'
import { shownKeys, type ShownKey } from '../keys/shown-key.ts'
import type { AdminAnswer, AdminAsk, Administered } from './administered.ts'
import { refuseReferences } from './given-fields.ts'

export const listKeys = (admin: Administered): AdminAnswer => ({ body: { keys: shown(admin) }, revision: admin.now().revision })

export function getKey(admin: Administered, { names: [name] }: AdminAsk): AdminAnswer {
  const keys = shown(admin)
  const found = keys.find((key) => key.name === name)
  if (!found)
    return fail({
      kind: 'not-found',
      message: `There is no key of "${name}". There are: ${keys.map((key) => key.name).join(', ') || 'none'}.`,
    })
  return { body: found, revision: admin.now().revision }
}

export async function addKey(admin: Administered, { body, revision }: AdminAsk): Promise<AdminAnswer> {
  const fields = await given(body)
  const { config } = admin.now()
  const made = makeKey(config, fields, admin.clock.now())
  if (!keysIn(config).length && config.server.adminKey === undefined)
    fail({
      kind: 'conflict',
      message:
        'With a first key for clients this API would close behind you: it needs a key of its own then. Set "server": { "adminKey": … } first.',
    })
  return { ...(await changed(admin, made, revision)), status: 201 }
}

export async function patchKey(admin: Administered, { names: [name], body, revision }: AdminAsk): Promise<AdminAnswer> {
  const fields = await given(body)
  return changed(admin, changeKey(admin.now().config, name!, fields, admin.clock.now()), revision)
}

export const setKeyDisabled =
  (disabled: boolean) =>
  (admin: Administered, { names: [name], revision }: AdminAsk): Promise<AdminAnswer> =>
    changed(admin, changeKey(admin.now().config, name!, { disabled: disabled || null }, admin.clock.now()), revision)

export async function replaceKey(admin: Administered, { names: [name], body, revision }: AdminAsk): Promise<AdminAnswer> {
  const { grace = '0m' } = await body()
  const graceMs = spanIn(grace)
  if (graceMs === undefined)
    return fail({ kind: 'invalid-request', message: 'Say how long the old key may be used yet: { "grace": "12h" }.', param: 'grace' })
  return changed(admin, rotateKey(admin.now().config, name!, graceMs, admin.clock.now()), revision)
}

export async function removeKey(admin: Administered, { names: [name], revision }: AdminAsk): Promise<AdminAnswer> {
  const { changes, accept } = endKey(admin.now().config, name!)
  return { revision: (await admin.change(changes, revision, accept)).revision }
}

/** What a key is said of may be shown again: it must not be a way to read variables of the server. */
async function given(body: AdminAsk['body']): Promise<Fields> {
  const fields = await body()
  for (const [field, value] of Object.entries(fields)) refuseReferences(value, field)
  return fields
}

async function changed(admin: Administered, { name, key, changes, accept }: KeyChange, revision: string | undefined): Promise<AdminAnswer> {
  const next = await admin.change(changes, revision, accept)
  const told = shown(admin).find((known) => known.name === name)
  return { body: { ...told, ...(key !== undefined && { key }) }, revision: next.revision }
}

/** With the latest time that each was used, as far as the requests of this gateway go back. */
const shown = ({ now, clock, recent }: Administered): ShownKey[] =>
  shownKeys(now().config, clock.now()).map((key) => {
    const last = recent.list(1, ({ client }) => client === key.name)[0]
    return { ...key, ...(last && { lastUsed: new Date(last.at).toISOString() }) }
  })
