/**
 * The providers: what there is, and changes of it.
 *
 * @module
 */
import { fail } from '../../core/failure.ts'
import type { Change } from '../config/change.ts'
import type { Config } from '../config/settle.ts'
import { refuseForeignKeys, refuseMetadataAddress, refuseMovedKeys, refuseReferences } from './given-fields.ts'
import type { AdminAnswer, AdminAsk, Administered, Standing } from './administered.ts'

type EndpointConfig = Config['endpoints'][string]

export const listProviders = async ({ now, clock }: Administered): Promise<AdminAnswer> => {
  const standing = now()
  const providers = await Promise.all(Object.keys(standing.config.endpoints).map((name) => shown(name, standing, clock.now())))
  return { body: { revision: standing.revision ?? null, providers }, revision: standing.revision }
}

export const getProvider = async (admin: Administered, { names }: AdminAsk): Promise<AdminAnswer> =>
  answer(admin, known(admin.now(), names[0]!))

export async function addProvider(admin: Administered, { body, revision }: AdminAsk): Promise<AdminAnswer> {
  const { name, ...fields } = await body()
  if (typeof name !== 'string' || !name || ['__proto__', 'constructor', 'prototype'].includes(name))
    return fail({
      kind: 'invalid-request',
      message: 'Say what it is called: { "name": "gpt", "preset": "openai", "apiKey": … }.',
      param: 'name',
    })
  const there = nameIn(admin.now(), name)
  if (there !== undefined)
    fail({
      kind: 'conflict',
      message: `There is a provider "${there}" already. Change it with PATCH /providers/${encodeURIComponent(there)}.`,
    })
  refuseGiven(fields)
  await admin.change([{ op: 'set', path: ['endpoints', name], value: fields }], revision, ({ config }) =>
    refuseForeignKeys({ ...fields, preset: fields['preset'] ?? name }, config.endpoints[name]),
  )
  return { ...(await answer(admin, name)), status: 201 }
}

export async function changeProvider(admin: Administered, { names, body, revision }: AdminAsk): Promise<AdminAnswer> {
  const { config } = admin.now()
  const name = known(admin.now(), names[0]!)
  const fields = await body()
  if ('name' in fields)
    fail({ kind: 'invalid-request', message: 'A provider cannot be renamed here: routes and pools call it by its name.', param: 'name' })
  refuseGiven(fields)
  refuseMovedKeys(fields, config.endpoints[name]!)
  const changes = Object.entries(fields).map(([field, value]): Change => {
    const path = ['endpoints', name, field]
    return value === null ? { op: 'remove', path, ifThere: true } : { op: 'set', path, value }
  })
  await admin.change(changes, revision, (next) => refuseForeignKeys(fields, next.config.endpoints[name]))
  return answer(admin, name)
}

export async function removeProvider(admin: Administered, { names, revision }: AdminAsk): Promise<AdminAnswer> {
  const name = known(admin.now(), names[0]!)
  return { revision: (await admin.change([{ op: 'remove', path: ['endpoints', name] }], revision)).revision }
}

export const setEnabled =
  (enabled: boolean) =>
  async (admin: Administered, { names, revision }: AdminAsk): Promise<AdminAnswer> => {
    const name = known(admin.now(), names[0]!)
    await admin.change([{ op: 'set', path: ['endpoints', name, 'enabled'], value: enabled }], revision)
    return answer(admin, name)
  }

export async function orderProviders(admin: Administered, { body, revision }: AdminAsk): Promise<AdminAnswer> {
  const { order } = await body()
  const there = Object.keys(admin.now().config.endpoints)
  const isWhole = Array.isArray(order) && order.length === there.length && there.every((name) => order.includes(name))
  if (!isWhole)
    return fail({ kind: 'invalid-request', message: `Name each provider once: { "order": ${JSON.stringify(there)} }.`, param: 'order' })
  let current: readonly string[] = there
  const changes = (order as string[]).flatMap((name, to): Change[] => {
    const from = current.indexOf(name)
    current = current.toSpliced(from, 1).toSpliced(to, 0, name)
    return from === to ? [] : [{ op: 'move', path: ['endpoints', name], to }]
  })
  await admin.change(changes, revision)
  return listProviders(admin)
}

export async function clearRests({ now }: Administered, { names }: AdminAsk): Promise<AdminAnswer> {
  const standing = now()
  await standing.composition.endpoints.get(known(standing, names[0]!))?.keys.clear()
  return {}
}

function refuseGiven(fields: Record<string, unknown>): void {
  for (const [field, value] of Object.entries(fields)) refuseReferences(value, field)
  refuseMetadataAddress(fields['baseUrl'])
}

const nameIn = ({ config }: Standing, asked: string): string | undefined =>
  Object.keys(config.endpoints).find((name) => name.toLowerCase() === asked.toLowerCase())

/** The name as it is configured. @throws FailureError 404 */
export function known(standing: Standing, asked: string): string {
  const names = Object.keys(standing.config.endpoints)
  return nameIn(standing, asked) ?? fail({ kind: 'not-found', message: `There is no provider "${asked}". There are: ${names.join(', ')}.` })
}

async function answer({ now, clock }: Administered, name: string): Promise<AdminAnswer> {
  const standing = now()
  return { body: await shown(name, standing, clock.now()), revision: standing.revision }
}

/** `resting`: none of its keys can be used now. */
export async function providerState(name: string, { composition }: Standing, now: number): Promise<'ready' | 'resting' | 'off'> {
  const endpoint = composition.endpoints.get(name)
  if (!endpoint) return 'off'
  const keys = await endpoint.keys.show()
  const isResting = ({ rests }: (typeof keys)[number]) => rests.some(({ scope, until }) => scope !== 'key-model' && until > now)
  return keys.every(isResting) ? 'resting' : 'ready'
}

/** A provider as it may be shown: of keys and headers the names alone. */
async function shown(name: string, standing: Standing, now: number) {
  const { config, composition } = standing
  const given: EndpointConfig = config.endpoints[name]!
  const { keys: _keys, headers, proxy, own: _own, baseUrl, ...rest } = given
  const states = await composition.endpoints.get(name)?.keys.show()
  const keys = given.keys.map(({ from }, index) => ({ ...states?.[index], from }))
  return {
    name,
    ...rest,
    baseUrl: withoutSecrets(baseUrl),
    ...(headers && { headers: Object.keys(headers) }),
    ...(proxy !== undefined && { proxy: withoutSecrets(proxy) }),
    keys,
    state: await providerState(name, standing, now),
  }
}

/** A URL without what may be secret in it. */
function withoutSecrets(url: string): string {
  if (!URL.canParse(url)) return url
  const { protocol, host, pathname } = new URL(url)
  return `${protocol}//${host}${pathname === '/' ? '' : pathname}`
}
