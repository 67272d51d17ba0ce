/**
 * The strategies of a pool: each orders members of equal standing, best first.
 *
 * @module
 */

export type Strategy =
  'priority' | 'round_robin' | 'weighted_round_robin' | 'random' | 'weighted_random' | 'least_connections' | 'fastest' | 'cheapest'

/** What a strategy knows of one member. */
export interface Standing {
  /** At least a little above 0. */
  weight: number
  /** US dollars for this request by estimate. */
  price?: number
  /** Counts up over all choices: when it was last chosen; 0: never. */
  turn: number
  /** What it is owed in smooth weighted round robin. */
  credit: number
  /** Requests under way, those just chosen included. */
  inFlight: number
  /** Milliseconds to the first token, of late; `undefined`: nothing is known. */
  latencyMs?: number
}

type Order = <S extends Standing>(group: readonly S[], random: () => number) => S[]

/** A member whose speed is unknown and that is already being tried waits behind all whose speed is known. */
const BEING_TRIED = 1e9

const sorted = <S>(group: readonly S[], ...by: ((each: S) => number)[]): S[] =>
  [...group].sort((a, b) => {
    for (const value of by) {
      const difference = value(a) - value(b)
      // Two infinities are equal.
      if (difference && !Number.isNaN(difference)) return difference
    }
    return 0
  })

const turn = ({ turn }: Standing): number => turn

/** What the next request costs in waiting: latency x (requests under way + 1), the lighter the more. */
function load({ latencyMs, inFlight, weight }: Standing): number {
  if (latencyMs === undefined) return inFlight ? BEING_TRIED + inFlight : 0
  return (latencyMs * (inFlight + 1)) / weight
}

/** Without replacement: each place goes to one of those left with a chance by its weight (Efraimidis and Spirakis). */
const shuffled = <S>(group: readonly S[], random: () => number, weight: (each: S) => number): S[] =>
  sorted(
    group.map((each) => ({ each, key: -Math.log(1 - random()) / weight(each) })),
    ({ key }) => key,
  ).map(({ each }) => each)

export const STRATEGIES: Record<Strategy, Order> = {
  priority: (group) => [...group],
  round_robin: (group) => sorted(group, turn),
  weighted_round_robin: (group) => sorted(group, ({ credit, weight }) => -(credit + weight)),
  random: (group, random) => shuffled(group, random, () => 1),
  weighted_random: (group, random) => shuffled(group, random, ({ weight }) => weight),
  least_connections: (group) => sorted(group, ({ inFlight, weight }) => inFlight / weight, turn),
  // The better of two drawn at random: always taking the best would send everybody to it at once.
  fastest: (group, random) => {
    const [first, second] = shuffled(group, random, () => 1)
    const chosen = first && second && load(second) < load(first) ? second : first
    return sorted(group, (each) => (each === chosen ? -1 : load(each)))
  },
  cheapest: (group) => sorted(group, ({ price }) => price ?? Infinity, turn),
}
