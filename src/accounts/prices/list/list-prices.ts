/**
 * The prices that providers list, from a maintained data package: https://github.com/pydantic/genai-prices
 *
 * @module
 */
import { createMemo } from '../../../core/memo.ts'
import { isBedrock, makerOf, namesOf } from '../model-names.ts'
import type { ListPrice, ListRates, PriceData } from '../prices.ts'
import { createPriceList } from './find.ts'
import { pricesAt } from './in-force.ts'
import type { ListedPrices, ListedProvider } from './listed.ts'

/** Names of providers for which the list has another. */
const PROVIDERS: Readonly<Record<string, string>> = {
  bigmodel: 'zhipuai',
  claude: 'anthropic',
  gpt: 'openai',
  grok: 'x-ai',
  kimi: 'moonshotai',
  zhipu: 'zhipuai',
}

/** Programs on one's own machine, which take nothing. */
const OWN_MACHINE = new Set(['ollama', 'vllm', 'lmstudio', 'lm-studio'])

/** Those that take what the makers of the models take: a model they have not listed yet costs what its maker lists. */
const PASS_ON = new Set(['openrouter'])

/** The list's names of what is counted. */
const UNITS: Readonly<Record<Exclude<keyof ListRates, symbol>, string>> = {
  input: 'input_mtok',
  output: 'output_mtok',
  cacheRead: 'cache_read_mtok',
  cacheWrite: 'cache_write_mtok',
  cacheWriteLong: 'cache_write_1h_mtok',
  reasoning: 'output_reasoning_mtok',
  serverToolCalls: 'web_searches_kcount',
  requests: 'requests_kcount',
}

const FREE: ListPrice = { provider: 'local', at: () => ({ input: 0, output: 0 }) }

/** Prices that depend on the time of day change at full and half hours. */
const SPAN = 900_000

/** What was found is kept, for this many models and spans of time. */
const KEPT = 500

/** Loads the list, 290 KB. */
export async function loadListPrices(): Promise<PriceData> {
  const list = createPriceList((await import('./providers.ts')).PROVIDERS)
  const kept = createMemo<ListPrice | undefined>(KEPT)

  /** One name of one provider; without one, of whose model it is. */
  const look = (model: string, provider: ListedProvider | undefined, at: number): ListPrice | undefined => {
    const whose = provider ?? list.makerOf(model)
    const found = whose && list.model(whose, model)
    if (!found) return undefined
    const price = pricesAt(found, at)
    if (!Object.keys(price).length) return /\bfree\b/.test(found.id) ? { ...FREE, provider: whose.id } : undefined
    return UNITS.input in price || UNITS.output in price ? listPrice(whose.id, found.id, price) : undefined
  }

  const find = (provider: string | undefined, model: string, at: number): ListPrice | undefined => {
    if (provider !== undefined && OWN_MACHINE.has(provider.toLowerCase())) return FREE
    const names = namesOf(model)
    const first = (names: readonly string[], whose?: ListedProvider): ListPrice | undefined => {
      for (const name of names) {
        const found = look(name, whose, at)
        if (found) return found
      }
      return undefined
    }
    const listed = provider === undefined ? undefined : listedAs(provider)
    const own = listed && first(names, listed)
    if (own || (listed && !PASS_ON.has(listed.id))) return own
    const made = makerOf(model)
    const maker = made && listedAs(made.maker)
    return (
      (maker ? first(namesOf(made.model), maker) : undefined) ??
      (isBedrock(model) ? first(names, listedAs('aws')) : undefined) ??
      (listed ? undefined : first(names))
    )
  }

  const listedAs = (provider: string): ListedProvider | undefined => list.provider(PROVIDERS[provider.toLowerCase()] ?? provider)

  return ({ provider, model, at }) => {
    const span = Math.floor(at / SPAN)
    return kept(`${span} ${provider ?? ''} ${model}`, () => find(provider, model, span * SPAN))
  }
}

function listPrice(provider: string, model: string, price: ListedPrices): ListPrice {
  const starts = Object.values(UNITS).flatMap((unit) => {
    const listed = price[unit]
    return typeof listed === 'object' ? listed.tiers.map(({ start }) => start) : []
  })
  const steps = [...new Set(starts)].toSorted((a, b) => a - b)
  const rates = [-1, ...steps].map((start) => withLongWrites(model, ratesAt(price, start + 1)))
  return { provider, at: (tokens) => rates[steps.filter((start) => tokens > start).length]! }
}

function ratesAt(price: ListedPrices, inputTokens: number): ListRates {
  const rates = Object.entries(UNITS).flatMap(([kind, unit]) => {
    const listed = price[unit]
    if (listed === undefined) return []
    if (typeof listed === 'number') return [[kind, listed] as const]
    return [[kind, listed.tiers.reduce((rate, tier) => (inputTokens > tier.start ? tier.price : rate), listed.base)] as const]
  })
  return { input: 0, ...Object.fromEntries(rates) }
}

/**
 * Claude's cache of one hour takes twice the price of the question wherever it is served, and only Anthropic's own list says so:
 * https://platform.claude.com/docs/en/build-with-claude/prompt-caching#pricing
 */
const withLongWrites = (model: string, rates: ListRates): ListRates =>
  rates.cacheWrite !== undefined && /claude/i.test(model) ? { cacheWriteLong: rates.input * 2, ...rates } : rates
