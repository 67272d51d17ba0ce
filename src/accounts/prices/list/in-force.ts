/**
 * Which of a model's prices hold at a time.
 *
 * @module
 */
import type { ListedModel, ListedPrices, TimedPrices } from './listed.ts'

const DAY = 86_400_000

/** @param at milliseconds since 1970 */
export function pricesAt({ prices }: ListedModel, at: number): ListedPrices {
  if (!isTimed(prices)) return prices
  return (prices.findLast(({ constraint }) => !constraint || holds(constraint, at)) ?? prices[0])?.prices ?? {}
}

const isTimed = (prices: ListedModel['prices']): prices is readonly TimedPrices[] => Array.isArray(prices)

function holds(constraint: NonNullable<TimedPrices['constraint']>, at: number): boolean {
  if (constraint.type === 'start_date') return at >= Date.parse(constraint.start_date)
  const now = at % DAY
  const start = timeOfDay(constraint.start_time)
  const end = timeOfDay(constraint.end_time)
  return end < start ? now >= start || now < end : now >= start && now < end
}

/** `06:30:00Z` or `14:30:00+08:00`, in milliseconds since midnight of UTC. */
const timeOfDay = (time: string): number => (Date.parse(`1970-01-02T${time}`) + DAY) % DAY
