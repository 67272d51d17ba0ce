/** `keys`: makes, lists, replaces, switches off and ends the keys of clients, in the configuration file. @module */
import { didYouMean } from '../config/suggest.ts'
import { saveConfig } from '../config/save.ts'
import { changeKey, endKey, keysIn, makeKey, rotateKey, type KeyChange } from '../keys/key-changes.ts'
import { spanIn, type Fields } from '../keys/key-fields.ts'
import { shownKeys, type ShownKey } from '../keys/shown-key.ts'
import { writeMoment } from '../usage/moments.ts'
import { CommandError, misuse, type Call } from './command.ts'
import { readConfigInUse, type ConfigInUse } from './config-in-use.ts'
import { keyFields } from './key-flags.ts'
import { lastUses } from './key-uses.ts'
import { zoneAt } from './local-time.ts'
import { columns, print, printJson } from './terminal.ts'

type Plan = (used: ConfigInUse, name: string, call: Call, now: number) => KeyChange

const PLANS: Readonly<Record<string, Plan>> = {
  create: ({ config }, name, call, now) => makeKey(config, { name, ...keyFields(call) }, now),
  set: ({ config }, name, call, now) => changeKey(config, name, changesIn(call), now),
  rotate: ({ config }, name, call, now) => rotateKey(config, name, graceIn(call), now),
  disable: ({ config }, name, _, now) => changeKey(config, name, { disabled: true }, now),
  enable: ({ config }, name, _, now) => changeKey(config, name, { disabled: null }, now),
  remove: ({ config }, name) => endKey(config, name),
}
const ACTS = [...Object.keys(PLANS), 'list']

export async function run(call: Call): Promise<void> {
  const [act = 'list', name, ...more] = call.args
  if (!ACTS.includes(act)) throw misuse(`keys takes ${ACTS.join(', ')}, not "${act}".${didYouMean(act, ACTS)}`, 'keys')
  const plan = Object.hasOwn(PLANS, act) ? PLANS[act]! : undefined
  if (more.length || (plan ? name === undefined : name !== undefined))
    throw misuse(plan ? `keys ${act} takes the name of one key: cc-route keys ${act} ann` : 'keys list takes no name.', 'keys')
  const used = await readConfigInUse(call)
  if (!plan) return list(call, used)
  if (used.path === undefined)
    throw new CommandError(
      'There is no configuration file to keep keys in. Make one: cc-route init. Without one CC_ROUTE_KEYS has the keys.',
    )
  const { changes, accept, key } = plan(used, name!, call, Date.now())
  const revision = used.snapshot?.revision
  // Keys have their places in the file: what was planned for one of them must not meet another.
  const saved = await saveConfig(used.path, changes, { ...used.options, ...(revision !== undefined && { revision }), accept })
  const told = shownKeys(saved.config, Date.now()).find((shown) => shown.name === name)
  if (call.flags.json !== undefined)
    return printJson({ ...told, name, ...(key !== undefined && { key }), ...(act === 'remove' && { removed: true }) })
  print(doneText(act, name!, key, used, told))
}

function changesIn(call: Call): Fields {
  const fields = keyFields(call)
  if (!Object.keys(fields).length) throw misuse('keys set takes what is to be changed: cc-route keys set ann --expires 90d', 'keys')
  return fields
}

function graceIn({ flags: { grace = '0m' } }: Call): number {
  const span = spanIn(grace)
  if (span === undefined) throw misuse(`--grace takes a while such as 12h or 7d, not "${grace}".`, 'keys')
  return span
}

const DONE: Readonly<Record<string, string>> = {
  create: 'has a key now',
  set: 'was changed',
  rotate: 'has another key now',
  disable: 'may not use the server for now',
  enable: 'may use the server again',
  remove: 'may not use the server any more',
}

function doneText(act: string, name: string, key: string | undefined, { config, path }: ConfigInUse, told: ShownKey | undefined): string {
  const isFirst = act === 'create' && !keysIn(config).length
  return [
    `"${name}" ${DONE[act]}. A server that runs with ${path} takes that at once.`,
    ...(act === 'disable' || told === undefined ? [] : hindrance(told)),
    ...(key === undefined ? [] : ['', `  ${key}`, '', 'It is shown this once: the file has its hash alone.']),
    ...(told?.state !== 'ready' || told['previousUntil'] === undefined
      ? []
      : [`The key before it can be used until ${String(told['previousUntil'])}.`]),
    ...(isFirst
      ? ['From now on every client needs a key; the admin API needs "server.adminKey" in the configuration, or CC_ROUTE_ADMIN_KEY.']
      : []),
  ].join('\n')
}

/** Why it may not be used, whatever was done to it. */
const hindrance = ({ name, state, expires }: ShownKey): string[] =>
  state === 'expired'
    ? [`It expired on ${String(expires)}, and is refused. cc-route keys set ${name} --expires 90d gives it more time.`]
    : state === 'disabled'
      ? [`It is switched off, and is refused. cc-route keys enable ${name} lets it in again.`]
      : []

const LIMITS: readonly (readonly [field: string, words: (value: unknown) => string])[] = [
  ['models', (list) => `models ${(list as string[]).join(', ')}`],
  ['routes', (list) => `routes ${(list as string[]).join(', ')}`],
  ['endpoints', (list) => `endpoints ${(list as string[]).join(', ')}`],
  ['requestsPerMinute', (count) => `${String(count)} requests/minute`],
  ['tokensPerMinute', (count) => `${String(count)} tokens/minute`],
  ['streams', (count) => `${String(count)} at a time`],
  ['budgets', (list) => (list as BudgetFields[]).map(budgetText).join(', ')],
]

interface BudgetFields {
  usd?: number
  tokens?: number
  requests?: number
  per: string
  soft?: boolean
}

const budgetText = ({ usd, tokens, requests, per, soft }: BudgetFields): string =>
  `${usd === undefined ? (tokens === undefined ? `${requests} requests` : `${tokens} tokens`) : `$${usd}`}/${per}${soft ? ' (soft)' : ''}`

async function list(call: Call, used: ConfigInUse): Promise<void> {
  const { config, source } = used
  const keys = shownKeys(config, Date.now())
  const uses = keys.length ? await lastUses(call, used) : undefined
  if (call.flags.json !== undefined)
    return printJson({
      keys: keys.map((key) => ({ ...key, ...(uses?.has(key.name) && { lastUsed: new Date(uses.get(key.name)!).toISOString() }) })),
    })
  if (!keys.length)
    return print(`There are no keys in ${source}: whoever reaches the server may use it. Make one: cc-route keys create NAME`)
  print(columns(rowsOf(keys, uses)).join('\n'))
}

function rowsOf(keys: readonly ShownKey[], uses: ReadonlyMap<string, number> | undefined): string[][] {
  const rows = keys.map((key) => [
    key.name,
    key.state === 'ready' && key['expires'] !== undefined ? `until ${String(key['expires'])}` : key.state,
    ...(uses ? [usedText(uses.get(key.name))] : []),
    String(key['group'] ?? ''),
    LIMITS.flatMap(([field, words]) => (key[field] === undefined ? [] : words(key[field]))).join('; '),
    String(key['note'] ?? ''),
  ])
  return [['NAME', 'STATE', ...(uses ? ['LAST USED'] : []), 'GROUP', 'LIMITS', 'NOTE'], ...rows]
}

const usedText = (at: number | undefined): string => (at === undefined ? '-' : writeMoment(at, zoneAt(at), 'hour'))
