/**
 * The prices that providers list, from the data package. Its rates are taken and its arithmetic, which is that of floating point, is not.
 *
 * @module
 */
import type { ModelPrice } from '@pydantic/genai-prices'
import { createMemo } from '../../core/memo.ts'
import { isBedrock, makerOf, namesOf } from './model-names.ts'
import type { ListPrice, ListRates, PriceData } from './prices.ts'

/** Names of providers for which the package has another. */
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

/** The package's names of what is counted. */
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

/** Looking for a model takes the package up to 0.1 ms: what was found is kept, for this many models and spans of time. */
const KEPT = 500

/** Loads the data package, 830 KB. */
export async function loadListPrices(): Promise<PriceData> {
  const { calcPrice, findProvider } = await import('@pydantic/genai-prices')
  const kept = createMemo<ListPrice | undefined>(KEPT)

  /** One name of one provider; without one the package goes by whose model it is. */
  const look = (model: string, providerId: string | undefined, timestamp: Date): ListPrice | undefined => {
    const found = calcPrice({}, model, { timestamp, ...(providerId !== undefined && { providerId }) })
    if (!found) return undefined
    const { model_price: price, provider, model: listed } = found
    if (!Object.keys(price).length) return /\bfree\b/.test(listed.id) ? { ...FREE, provider: provider.id } : undefined
    return UNITS.input in price || UNITS.output in price ? listPrice(provider.id, listed.id, price) : undefined
  }

  const find = (provider: string | undefined, model: string, timestamp: Date): ListPrice | undefined => {
    if (provider !== undefined && OWN_MACHINE.has(provider.toLowerCase())) return FREE
    const names = namesOf(model)
    const first = (names: readonly string[], id?: string): ListPrice | undefined => {
      for (const name of names) {
        const found = look(name, id, timestamp)
        if (found) return found
      }
      return undefined
    }
    const id = provider === undefined ? undefined : idOf(provider)
    const own = id === undefined ? undefined : first(names, id)
    if (own || (id !== undefined && !PASS_ON.has(id))) return own
    const made = makerOf(model)
    const maker = made && findProvider({ providerId: PROVIDERS[made.maker] ?? made.maker })?.id
    return (
      (made && maker !== undefined ? first(namesOf(made.model), maker) : undefined) ??
      (isBedrock(model) ? first(names, 'aws') : undefined) ??
      (id === undefined ? first(names) : undefined)
    )
  }

  /** The package's name of a provider, given a name or an address. */
  const idOf = (provider: string): string | undefined =>
    (provider.includes('://')
      ? findProvider({ providerApiUrl: provider })
      : findProvider({ providerId: PROVIDERS[provider.toLowerCase()] ?? provider })
    )?.id

  return ({ provider, model, at }) => {
    const span = Math.floor(at / SPAN)
    return kept(`${span} ${provider ?? ''} ${model}`, () => find(provider, model, new Date(span * SPAN)))
  }
}

function listPrice(provider: string, model: string, price: ModelPrice): ListPrice {
  const starts = Object.values(UNITS).flatMap((unit) => {
    const listed = price[unit]
    return typeof listed === 'object' ? listed.tiers.map(({ start }) => start) : []
  })
  const steps = [...new Set(starts)].toSorted((a, b) => a - b)
  const rates = [-1, ...steps].map((start) => withLongWrites(model, ratesAt(price, start + 1)))
  return { provider, at: (tokens) => rates[steps.filter((start) => tokens > start).length]! }
}

function ratesAt(price: ModelPrice, inputTokens: number): ListRates {
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
