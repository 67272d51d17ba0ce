/**
 * A channel of cc-bridge.
 *
 * @module
 */
import type { ProtocolName } from '../../core/chat.ts'
import type { Strategy } from '../../router/pool/balance-strategies.ts'
import { addressOf, keysOf, secretsIn } from './address-of.ts'
import { filled, spanOf, type createNames, type EndpointInput } from './imported.ts'
import { multipliersOf } from './prices-of.ts'
import { countOf } from './server-of.ts'
import type { Section } from './section.ts'

export interface Channel {
  section: Section
  name: string
  id: string | undefined
  /** Of which list. */
  pool: string
  /** Absent: it leads to others by the model that is asked for. */
  endpoint?: EndpointInput
  /** What people wrote about it. */
  words: readonly string[]
}

const PROTOCOLS: Readonly<Record<string, ProtocolName>> = {
  claude: 'claude',
  openai: 'openai',
  openai_chat: 'openai',
  openaiold: 'openai',
  gemini: 'gemini',
  responses: 'openai-responses',
  'openai-oauth': 'openai-responses',
}
const KEY_STRATEGIES: Readonly<Record<string, EndpointInput['keyStrategy']>> = {
  failover: 'priority',
  priority: 'priority',
  'round-robin': 'round_robin',
  round_robin: 'round_robin',
  random: 'random',
}
const CODEX = 'https://chatgpt.com/backend-api/codex'

export function channelOf(
  section: Section,
  { pool, nameOf, strategy }: { pool: string; nameOf: ReturnType<typeof createNames>; strategy: Strategy },
): Channel {
  const id = section.text('id')
  const type = section.text('serviceType') ?? 'claude'
  const name = nameOf(section.text('name'), `${pool}-channel`, section)
  const words = [section.text('description'), section.text('website')].filter((text) => text !== undefined)
  section.ignore('priority')
  if (type === 'composite') return { section, name, id, pool, words }

  const protocol = section.choice('serviceType', PROTOCOLS)
  const oauth = type === 'openai-oauth'
  if (type === 'openai_chat') section.note('tools were written into the prompt; here they are given as tools', 'serviceType')
  if (oauth) {
    section.note(
      'signs in with an account, which cc-route does not. It is switched off: give it an "apiKey", and remove "enabled: false"',
      'serviceType',
    )
    section.ignore('oauthTokens')
  }
  const address = oauth && !section.says('baseUrl') ? { baseUrl: CODEX } : addressOf(section, 'baseUrl')
  const keys = secretsIn(section, 'apiKeys')
  const seconds = countOf(section, 'responseHeaderTimeout')
  const status = section.text('status') ?? 'active'
  const keyStrategy = section.choice('keyLoadBalance', KEY_STRATEGIES) ?? KEY_STRATEGIES[strategy]
  tell(section)
  const endpoint: EndpointInput = filled({
    protocol: protocol ?? 'claude',
    ...address,
    ...keysOf(keys),
    keyStrategy: keys.length > 1 ? keyStrategy : undefined,
    models: mappingOf(section.section('modelMapping')),
    priceMultipliers: multipliersOf(section.section('priceMultipliers')),
    timeouts: seconds === undefined ? {} : { headersMs: spanOf(seconds * 1000) },
    enabled: oauth || status !== 'active' ? false : address.enabled,
  })
  return { section, name, id, pool, words, endpoint }
}

/** A rule is for every model in whose name its own stands. */
const mappingOf = (mapping: Section): EndpointInput['models'] =>
  Object.fromEntries(
    mapping.names().flatMap((source) => {
      const model = mapping.text(source)
      return model === undefined ? [] : [[source.includes('*') ? source : `*${source}*`, model]]
    }),
  )

function tell(section: Section): void {
  if (section.says('quotaType'))
    section.note('quotas are not counted: when the provider says that one is used up, others are asked', 'quotaType')
  section.ignore('quotaLimit', 'quotaResetAt', 'quotaResetInterval', 'quotaResetUnit', 'quotaModels', 'quotaResetMode', 'compositeMappings')
  const filter = section.section('contentFilter')
  if (filter.flag('enabled'))
    filter.note('words in an answer do not make it a failure; answers that are errors in disguise are told by their form')
  filter.ignore(...filter.names())
  section.drop({
    insecureSkipVerify: 'certificates are always checked: give Node the provider’s own with NODE_EXTRA_CA_CERTS',
    promotionUntil: 'a time of preference is not carried over: put the channel first in its pool',
    oauthTokens: 'accounts that were signed in to are not carried over: cc-route takes keys',
    rateLimitRpm: 'requests to one provider are not limited to a number per minute: its own limits are heeded when it tells them',
    queueEnabled: 'there is no queue: a provider at its limit is passed over',
    codexServiceTierOverride: 'a route sets the tier: "set": { "serviceTier": "priority" }',
    responsesEncryptedReasoningMode: 'encrypted reasoning is always kept for the provider that made it',
    responsesWebSocketEnabled: 'providers are not called over WebSocket',
    continueThinkingEnabled: 'is not carried over: reasoning goes on across turns by itself',
  })
  section.ignore('queueTimeout')
}
