/**
 * CCGate: server.json, upstreams.json, tenants.json and pricing.json.
 *
 * @module
 */
import type { ConfigInput } from '../config/schema.ts'
import type { Strategy } from '../../router/pool/balance-strategies.ts'
import { allowedBy } from '../../accounts/tenants/allowed.ts'
import { addressOf, secretIn } from './address-of.ts'
import { configOf, createNames, filled, poolOf, spanOf, type Comment, type EndpointInput, type Imported } from './imported.ts'
import { pricesOf } from './prices-of.ts'
import { attemptsOf, countOf, levelOf, portOf, serverOf, type ClientKey } from './server-of.ts'
import { openSection, type Fields, type Section } from './section.ts'

type Rules = NonNullable<NonNullable<ConfigInput['routes']>['rules']>

const PORT = 3000
const STRATEGIES: Readonly<Record<string, Strategy>> = {
  weighted_round_robin: 'weighted_round_robin',
  round_robin: 'round_robin',
  random: 'random',
  weighted_random: 'weighted_random',
  least_connections: 'least_connections',
}

/** @param contents the fields of all its files in one object */
export function readCcgate(contents: Fields): Imported {
  const { top, notes } = openSection(contents)
  const nameOf = createNames()
  const comments: Comment[] = []
  const proxy = top.section('proxy')
  const idleMs = countOf(proxy, 'timeout')
  const endpoints = top.sections('upstreams').map((section, index): [string, EndpointInput] => {
    const name = nameOf(section.text('name', 'id'), `upstream-${index + 1}`, section)
    const description = section.text('description')
    if (description) comments.push({ path: ['endpoints', name], text: description })
    return [name, endpointOf(section, idleMs)]
  })
  const members = endpoints.map(([name]) => name)
  const { pools, target } = poolOf(nameOf(undefined, 'main'), members, {
    strategy: strategyOf(top.section('loadBalancer')),
    retry: attemptsOf(proxy, 'retryAttempts'),
  })
  const server = top.section('server')
  const logging = top.section('logging')
  const admin = top.section('admin')
  const openai = top.section('openai')
  const tenants = top.sections('tenants')
  const config = configOf({
    server: serverOf({
      host: { section: server, field: 'host' },
      port: portOf(server, 'port', PORT),
      admin: admin.flag('enabled') === false ? false : undefined,
      clientKeys: tenants.flatMap((tenant) => tenantKey(tenant, openai)),
    }),
    log: logOf(logging),
    endpoints: Object.fromEntries(endpoints),
    pools,
    routes: filled({ default: target, rules: openaiRules(openai, target) }),
    prices: filled({ models: pricesOf(top.section('modelPricing'), { fields: PRICES, per: 1000, patternOf: (model) => model }) }),
  })
  server.ignore('timeout', 'keepAlive')
  proxy.drop({ retryDelay: 'how long to wait is decided by what failed: "retry.waitMs" of the pool bounds it' })
  admin.ignore('path', 'username')
  admin.drop({ password: 'the admin API takes one of "server.keys" instead' })
  return { config, notes: notes(), comments }
}

function endpointOf(section: Section, idleMs: number | undefined): EndpointInput {
  const address = addressOf(section, 'url')
  const apiKey = secretIn(section, 'key')
  // The vendor's own API takes its keys in x-api-key; everyone else got a bearer token.
  const own = /^https:\/\/api\.anthropic\.com(\/|$)/.test(address.baseUrl ?? '') && !apiKey?.startsWith('sk-ant-oat')
  const health = section.section('healthCheck')
  if (health.flag('enabled'))
    health.note('providers are not asked for their health: one whose answers fail is left alone for a while ("breaker" of the pool)')
  health.ignore(...health.names())
  section.ignore('id', 'createdAt', 'updatedAt')
  const weight = section.number('weight')
  return filled({
    protocol: 'claude' as const,
    ...address,
    apiKey,
    dialect: own ? undefined : 'bearer',
    // 0 counted as the usual 100.
    weight: weight !== undefined && weight > 0 ? weight : 100,
    timeouts: idleMs === undefined ? {} : { headersMs: spanOf(idleMs), bytesMs: spanOf(idleMs) },
    enabled: section.flag('enabled') === false ? false : address.enabled,
  })
}

function strategyOf(balancer: Section): Strategy {
  const strategy = balancer.choice('strategy', STRATEGIES) ?? 'weighted_round_robin'
  if (strategy === 'least_connections') balancer.note('was not done by CCGate, which took turns by weight; cc-route does it', 'strategy')
  if (balancer.flag('failoverEnabled') === false)
    balancer.note(
      'a request that one upstream fails at is given to another one. "retry": { "attempts": 1 } in the pool stops that',
      'failoverEnabled',
    )
  balancer.ignore('healthCheckEnabled')
  return strategy
}

function logOf(logging: Section): ConfigInput['log'] {
  const toFile = logging.flag('enableConsole') === false
  const directory = logging.text('directory')
  const bytes = logging.text('maxFileSize')
  const size = bytes === undefined ? undefined : /^(\d+)\s*(B|KB|MB|GB)?$/i.exec(bytes)
  if (bytes !== undefined && !size) logging.note('is no size such as "100MB", and is not carried over', 'maxFileSize')
  const keep = countOf(logging, 'maxFiles', 0)
  if (!toFile && (directory ?? bytes ?? keep) !== undefined)
    logging.note('the log was written to files, too; here it goes to standard error, or to the one that "log.file" names')
  return filled({
    level: levelOf(logging, 'level'),
    ...(toFile && {
      file: `${directory ?? '.'}/cc-route.log`,
      maxBytes: size ? `${size[1]}${size[2]?.toUpperCase() ?? 'B'}` : undefined,
      keep,
    }),
  })
}

function tenantKey(section: Section, openai: Section): ClientKey[] {
  const name = section.text('name', 'id')
  const models = section.texts('allowedModels')
  const budgets = budgetsOf(section.section('limits'))
  const isOff = section.flag('enabled') === false
  section.ignore('id', 'createdAt', 'updatedAt', 'key', 'description')
  if (!models.length) {
    section.note('it was allowed no model: the key is not carried over')
    return []
  }
  const isAllowed = allowedBy(models)!
  const names = calledBy(openai).flatMap(([asked, model]) => (isAllowed(model) && !isAllowed(asked) ? [asked] : []))
  const isHeld = !models.includes('*')
  if (isHeld && openai.says('defaultModel') && openai.flag('enabled') !== false)
    section.note('clients of OpenAI’s protocol have to ask by an allowed name: add those that they use', 'allowedModels')
  const limits = filled({
    models: isHeld ? [...models, ...names] : undefined,
    disabled: isOff ? true : undefined,
    budgets: budgets.length ? budgets : undefined,
  })
  return [{ name: name ?? section.path, key: section.text('key'), limits, section, field: 'key' }]
}

/** A larger budget bounds nothing. */
const MOST_USD = 1_000_000

type Budgets = NonNullable<ClientKey['limits']>['budgets']

function budgetsOf(limits: Section): NonNullable<Budgets> {
  const daily = limits.section('daily')
  const usd = daily.number('maxUSD')
  for (const name of daily.names())
    if (name !== 'maxUSD') daily.drop({ [name]: 'limits of the tokens of one model were not held, and are not carried over' })
  if (usd === undefined) return []
  if (!(usd >= 0 && usd <= MOST_USD)) {
    daily.note(`is not between $0 and $${MOST_USD}, and is not carried over`, 'maxUSD')
    return []
  }
  daily.note('days begin at midnight in UTC; "zone" in the budget takes another time', 'maxUSD')
  return [{ usd, per: 'day' }]
}

/** What clients of OpenAI's protocol call models, and what they get. */
const calledBy = (openai: Section): (readonly [name: string, model: string])[] => {
  const map = openai.section('models')
  return map.names().flatMap((name) => {
    const model = map.text(name)
    return model === undefined ? [] : [[name, model] as const]
  })
}

/** Models of OpenAI's, as clients of OpenAI's protocol name them. */
function openaiRules(openai: Section, target: string | undefined): Rules | undefined {
  const map = openai.section('models')
  const named = map.names().map((model) => ({ when: { model }, model: map.text(model) }))
  const rules = [...named, { when: {}, model: openai.text('defaultModel') }].flatMap(({ when, model }): Rules =>
    target === undefined || model === undefined ? [] : [{ when: { protocol: 'openai', ...when }, to: { to: target, model } }],
  )
  if (openai.flag('enabled') === false) {
    openai.note('clients of OpenAI’s protocol were refused; cc-route answers them', 'enabled')
    return undefined
  }
  return rules.length ? rules : undefined
}

const PRICES = { input: 'input', output: 'output', cacheRead: 'cacheRead', cacheWrite: 'cacheCreation' } as const
