/**
 * Channels of cc-bridge that lead to others by the model that is asked for.
 *
 * @module
 */
import type { ProtocolName } from '../../core/chat.ts'
import type { ConfigInput } from '../config/schema.ts'
import type { Channel } from './cc-bridge-channel.ts'
import { filled, shortest } from './imported.ts'

type Rules = NonNullable<NonNullable<ConfigInput['routes']>['rules']>

interface Context {
  /** The list in which the channel stands, and the protocol of its clients. */
  pool: string
  protocol: ProtocolName
  /** All channels of all lists. */
  channels: readonly Channel[]
  /** Whether no other channel came before it. */
  isFirst: boolean
}

/** A rule for each of its mappings; none for a channel of its own. */
export function compositeRules({ section, name, endpoint }: Channel, context: Context): Rules {
  if (endpoint) return []
  const mappings = section.sections('compositeMappings')
  section.ignore('baseUrl', 'apiKeys', 'description', 'website')
  if ((section.text('status') ?? 'active') !== 'active') {
    section.note('it was switched off, and its mappings are not carried over')
    for (const mapping of mappings) mapping.ignore(...mapping.names())
    return []
  }
  if (!context.isFirst) section.note('other channels came before it; here its mappings are asked first')
  return mappings.flatMap((mapping) => {
    const pattern = mapping.text('pattern')
    const model = mapping.text('targetModel')
    const pool = mapping.text('targetPool') ?? context.pool
    const chain = [
      { id: mapping.text('targetChannelId'), pool },
      ...mapping.texts('failoverChain').map((id) => ({ id, pool })),
      ...mapping.sections('failoverTargets').map((each) => ({ id: each.text('channelId'), pool: each.text('pool') ?? pool })),
    ].flatMap(({ id, pool }) => (id === undefined ? [] : [find(context.channels, id, pool)]))
    const [first, ...others] = [...new Set(chain.filter((each) => each !== undefined))]
    if (chain.includes(undefined)) mapping.note('it names a channel that is not there, which is left out')
    if (pattern === undefined || first === undefined) {
      mapping.note('it leads nowhere, and is not carried over')
      return []
    }
    const fallbacks = others.map(({ name: to }) => (model === undefined ? to : `${to}/${model}`))
    return [
      {
        name: `${name}: ${pattern}`,
        when: { protocol: context.protocol, model: pattern.includes('*') ? pattern : `*${pattern}*` },
        to: shortest(filled({ to: first.name, model, fallbacks: fallbacks.length ? fallbacks : undefined })),
      },
    ]
  })
}

const find = (channels: readonly Channel[], id: string, pool: string): Channel | undefined => {
  const known = channels.filter((channel) => channel.id === id && channel.endpoint)
  return known.find((channel) => channel.pool === pool) ?? known[0]
}
