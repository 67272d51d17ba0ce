import { tokensOf, type RequestFacts } from './request-facts.ts'
import type { Price } from './member.ts'

/** US dollars that the question costs by estimate; what the answer will cost nobody knows. */
export const costOf = (price: Price, facts: RequestFacts): number => (tokensOf(facts) * price.input) / 1e6
