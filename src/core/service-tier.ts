/**
 * What an answer was served as: each provider has words of its own for faster, slower and dearer lanes.
 *
 * @module
 */
import type { ProtocolName, ServiceTier } from './chat.ts'
import { lookUp } from './json.ts'
import type { Notes } from './notice.ts'
import type { Usage } from './usage.ts'

/** Words for the usual lane. */
const USUAL: ReadonlySet<string> = new Set(['default', 'on_demand', 'unspecified'])

/**
 * The tier of an answer in the words of the client's protocol, from a table of them; `undefined` where it was not told, or there is no word for it:
 * a notice tells.
 */
export function tierFor(
  client: ProtocolName,
  words: Readonly<Record<string, string>>,
  usage: Usage | undefined,
  notes?: Notes,
): string | undefined {
  const told = usage?.serviceTier
  if (!told) return undefined
  if (usage.spelling?.[client]) return told
  const tier = told.toLowerCase()
  const word = lookUp(words, USUAL.has(tier) ? 'standard' : tier)
  // which one it was `auto` does not say
  if (word === undefined && tier !== 'auto') notes?.dropped(usage, 'serviceTier', `there is no word here for the tier "${told}"`)
  else if (word !== undefined && tier === 'fast') notes?.approximated(usage, 'serviceTier', `the fastest tier here is "${word}"`)
  return word
}

/** OpenAI's words, which both of its protocols have. */
export const OPENAI_TIERS: Readonly<Record<ServiceTier, string>> = {
  auto: 'auto',
  standard: 'default',
  flex: 'flex',
  priority: 'priority',
  fast: 'priority',
  scale: 'scale',
}

/** The tier that OpenAI's word asks for; `undefined` where it is not known. */
export const tierAsked = (word: string): ServiceTier | undefined =>
  word === 'default' ? 'standard' : word !== 'standard' && Object.hasOwn(OPENAI_TIERS, word) ? (word as ServiceTier) : undefined
