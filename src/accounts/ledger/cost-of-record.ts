import { formatMoney, parseMoney } from '../money.ts'
import type { Cost, Prices } from '../prices/prices.ts'
import type { ExchangeRecord } from './record.ts'

/** What an answer cost; `undefined` where it used nothing, or has no price. */
export function costOfRecord(prices: Prices, record: ExchangeRecord): Cost | undefined {
  const { endpoint, served, usage, at, serviceTier } = record
  if (!usage || endpoint === undefined || served === undefined) return undefined
  return (
    costOfParts(prices, record) ?? prices.cost({ endpoint, model: served, usage, at, ...(serviceTier !== undefined && { serviceTier }) })
  )
}

/** What an answer costs that several providers have given together, each at its own prices; the rates are the last one's. `undefined` for all others. */
function costOfParts(prices: Prices, { attempts, ended, serviceTier }: ExchangeRecord): Cost | undefined {
  // Of an answer that broke off again the parts do not tell everything.
  if (attempts.length < 2 || (ended !== 'recovered' && ended !== 'complete')) return undefined
  const parts = attempts.filter(({ usage }) => usage)
  if (parts.length < 2) return undefined
  const costs = parts.map(({ endpoint, model, usage, at }, index) => {
    const tier = index === parts.length - 1 && serviceTier !== undefined ? { serviceTier } : {}
    return model === undefined ? undefined : prices.cost({ endpoint, model, usage: usage!, at, ...tier })
  })
  const last = costs.at(-1)
  if (!last || costs.some((cost) => cost === undefined)) return undefined
  const total = costs.reduce((sum, cost) => sum + parseMoney(cost!.amount), 0n)
  return { ...last, amount: formatMoney(total) }
}
