/**
 * What a service tier does to a price.
 *
 * @module
 */

interface TierRow {
  tier: string
  /** Of these providers and models only. */
  provider?: RegExp
  model?: RegExp
  factor: number
}

/** The first row that fits counts. A tier that is in none costs as usual: `default`, `standard`, `auto`, and `scale`, which is paid for ahead. */
const TIERS: readonly TierRow[] = [
  // https://ai.google.dev/gemini-api/docs/pricing
  { tier: 'priority', provider: /^google$/, factor: 1.8 },
  // Claude's priority tier is capacity that was paid for ahead, counted at the usual rates: https://platform.claude.com/docs/en/api/service-tiers
  { tier: 'priority', provider: /^(anthropic|aws)$/, factor: 1 },
  // https://platform.claude.com/docs/en/about-claude/pricing#fast-mode-pricing
  { tier: 'fast', provider: /^anthropic$/, model: /claude-opus-4[.-][67]/i, factor: 6 },
  // https://developers.openai.com/api/docs/pricing
  { tier: 'priority', factor: 2 },
  { tier: 'fast', factor: 2 },
  { tier: 'flex', factor: 0.5 },
  { tier: 'batch', factor: 0.5 },
]

/** Whose address it is. */
const HOSTS: readonly (readonly [host: RegExp, provider: string])[] = [
  [/(^|\.)anthropic\.com$/, 'anthropic'],
  [/(^|\.)amazonaws\.com$/, 'aws'],
  [/(^|\.)googleapis\.com$/, 'google'],
]

/** The provider's name. Without the price list its address is all that is known of it. */
function named(provider: string): string {
  if (!URL.canParse(provider)) return provider.toLowerCase()
  const { hostname } = new URL(provider)
  return HOSTS.find(([host]) => host.test(hostname))?.[1] ?? provider
}

/** What the prices of tokens are multiplied with. `provider`: as the price list calls it, or its address; `undefined` where it is not known. */
export function tierFactor(
  tier: string | undefined,
  { provider = '', model }: { provider: string | undefined; model: string },
  own: Readonly<Record<string, number>> = {},
): number {
  if (tier === undefined) return 1
  const asked = tier.toLowerCase()
  const whose = named(provider)
  const fits = (row: TierRow) => row.tier === asked && (row.provider?.test(whose) ?? true) && (row.model?.test(model) ?? true)
  return (Object.hasOwn(own, asked) ? own[asked] : TIERS.find(fits)?.factor) ?? 1
}
