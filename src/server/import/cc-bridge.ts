/**
 * cc-bridge: config.json. Each client protocol has its own list of channels there.
 *
 * @module
 */
import type { ProtocolName } from '../../core/chat.ts'
import type { Strategy } from '../../router/pool/balance-strategies.ts'
import type { ConfigInput } from '../config/schema.ts'
import { channelOf, type Channel } from './cc-bridge-channel.ts'
import { compositeRules } from './cc-bridge-composite.ts'
import { configOf, createNames, filled, poolOf, spanOf, USUAL_ATTEMPTS, type Comment, type Imported } from './imported.ts'
import { beginsWith, pricesOf } from './prices-of.ts'
import { countOf } from './server-of.ts'
import { openSection, type Fields, type Section } from './section.ts'

const PORT = 3000

const LISTS: readonly { pool: string; list: string; balance: string; protocol: ProtocolName }[] = [
  { pool: 'messages', list: 'upstream', balance: 'loadBalance', protocol: 'claude' },
  { pool: 'responses', list: 'responsesUpstream', balance: 'responsesLoadBalance', protocol: 'openai-responses' },
  { pool: 'gemini', list: 'geminiUpstream', balance: 'geminiLoadBalance', protocol: 'gemini' },
  { pool: 'chat', list: 'chatUpstream', balance: 'chatLoadBalance', protocol: 'openai' },
]
const STRATEGIES: Readonly<Record<string, Strategy>> = { failover: 'priority', 'round-robin': 'round_robin', random: 'random' }

type Rules = NonNullable<NonNullable<ConfigInput['routes']>['rules']>

/** @param contents the configuration, and the files beside it under their names */
export function readCcBridge(contents: Fields): Imported {
  const { top, notes } = openSection(contents)
  const nameOf = createNames()
  const comments: Comment[] = []
  const failover = top.section('failover')
  const byRules = failover.flag('enabled') === true
  const lists = LISTS.map(({ pool, list, balance, protocol }) => {
    const strategy = top.choice(balance, STRATEGIES) ?? 'priority'
    const channels = inOrder(top.sections(list)).map((section): Channel => channelOf(section, { pool, nameOf, strategy }))
    return { pool, protocol, strategy, channels }
  })
  const channels = lists.flatMap((each) => each.channels)
  const providers = channels.filter(({ endpoint }) => endpoint !== undefined)
  for (const { name, words } of providers) for (const text of words) comments.push({ path: ['endpoints', name], text })

  const pools: NonNullable<ConfigInput['pools']> = {}
  const targets = lists.map(({ pool, strategy, channels }) => {
    const members = channels.filter(({ endpoint }) => endpoint !== undefined)
    const attempts = members.reduce((sum, { endpoint }) => sum + Math.max(1, endpoint?.apiKeys?.length ?? 1), 0)
    const made = poolOf(
      members.length > 1 ? nameOf(undefined, pool) : pool,
      members.map(({ name }) => name),
      {
        strategy: strategy === 'priority' ? undefined : strategy,
        breaker: byRules ? false : 'cc-bridge',
        retry: filled({ attempts: attempts > USUAL_ATTEMPTS ? attempts : undefined, waitMs: byRules ? waitIn(failover) : undefined }),
      },
    )
    Object.assign(pools, made.pools)
    return made.target
  })
  const usual = targets.find((target) => target !== undefined)
  const rules = lists.flatMap(({ pool, protocol, channels: own }, index): Rules => {
    const target = targets[index]
    const composites = own.flatMap((channel) => compositeRules(channel, { pool, protocol, channels, isFirst: channel === own[0] }))
    return target === undefined || target === usual ? composites : [...composites, { name: pool, when: { protocol }, to: target }]
  })
  const patterns = providers.flatMap(({ endpoint }) => Object.keys(endpoint?.models ?? {}))
  const config = configOf({
    server: { port: PORT },
    endpoints: Object.fromEntries(providers.map(({ name, endpoint }) => [name, endpoint!])),
    pools,
    routes: filled({
      default: usual,
      rules: rules.length ? rules : undefined,
      // The names are for the channels alone, and choose none of them.
      models: usual === undefined ? {} : Object.fromEntries(patterns.map((pattern) => [pattern, usual])),
    }),
    prices: filled({ models: listedPrices(top.section('pricing.json')) }),
  })
  told(top, failover, byRules)
  return { config, notes: notes(), comments }
}

const PRICES = { input: 'inputPrice', output: 'outputPrice', cacheRead: 'cacheReadPrice', cacheWrite: 'cacheCreationPrice' } as const

/** A name there is for all models that begin with it. */
function listedPrices(pricing: Section): NonNullable<ConfigInput['prices']>['models'] {
  const currency = pricing.text('currency')
  const models = pricing.section('models')
  for (const section of models.names().map((name) => models.section(name))) section.ignore('exportToModels')
  const prices = pricesOf(models, { fields: PRICES, per: 1_000_000, patternOf: beginsWith })
  if (currency === undefined || /^usd$/i.test(currency)) return prices
  pricing.note(`prices are in US dollars here: those in ${currency} are not carried over`, 'currency')
  return {}
}

/** The least priority is first; a channel without one has that of its place. */
const inOrder = (sections: readonly Section[]): Section[] =>
  sections
    .map((section, index) => ({ section, priority: section.number('priority') || index }))
    .toSorted((a, b) => a.priority - b.priority)
    .map(({ section }) => section)

/** The longest that a rule lets a request wait, all its repetitions together. */
function waitIn(failover: Section): number | string | undefined {
  const waits = failover.sections('rules').map((rule) =>
    rule
      .sections('actionChain')
      .filter((step) => step.text('action') === 'retry')
      .reduce((sum, step) => sum + (countOf(step, 'waitSeconds') ?? 0) * (countOf(step, 'maxAttempts') ?? 1), 0),
  )
  const longest = Math.max(0, ...waits)
  return longest > 0 ? spanOf(longest * 1000) : undefined
}

function told(top: Section, failover: Section, byRules: boolean): void {
  top.note(
    `the port and the key of clients stand in its environment, and not in this file: ${PORT} is taken. Set "server.port", and put the key into "server.keys"`,
    'PORT, PROXY_ACCESS_KEY',
  )
  if (byRules)
    failover.note(
      'what is retried, and where, is decided by the kind of failure: a key that is refused or used up, a provider that fails, a limit that passes soon. The longest wait is carried over, as "retry.waitMs" of the pools',
      'rules',
    )
  failover.ignore('rules')
  top.drop({
    debugLog: 'what is asked and answered is written to the log with "log.bodies"',
    currentUpstream: 'who is asked first stands first in its pool',
    userAgent: 'clients’ own names are passed on: another one stands in "headers" of an endpoint',
    outboundHeaderPolicy: 'headers of clients that are private are never passed on; more stand in "headers" of an endpoint',
    responsesWebSocket: 'answers are not given over WebSocket: clients take them as event streams',
    'model-aliases.json': 'other names of models stand in "routes.aliases"',
    'ratelimit.json': 'requests of clients are not limited to a number per minute: put a proxy that does before it',
  })
}
