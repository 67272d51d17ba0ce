/**
 * Where a conversation is at home among the members of a pool: whom its cache has them ask first, and whom to wait for.
 *
 * @module
 */
import type { Home } from './affinity.ts'
import type { PoolParts } from './parts.ts'
import type { Seat } from './seats.ts'
import { waitOrMove } from './wait-or-move.ts'

/** Home first, then those that share its cache, then those whose own is still warm, then the others; those of a provider that is overloaded last. Where no home is
 * known, who minted the reasoning that the request brings back is first: others cannot go on with it. */
export function rankOf(
  seats: readonly Seat[],
  home: Home | undefined,
  { warmOnly, minter, provider }: { warmOnly: boolean; minter: string | undefined; provider: string | undefined },
): (seat: Seat) => number {
  const at = home && (!warmOnly || home.warmTokens > 0) ? seats.find(({ name }) => name === home.member) : undefined
  return (seat) => {
    const strange = minter !== undefined && seat.provider !== minter
    const away =
      at === undefined ? Number(strange) : seat === at ? 0 : seat.cacheDomain === at.cacheDomain ? 1 : home!.warmAt(seat.name) ? 2 : 3
    return away + (provider !== undefined && seat.provider === provider ? 4 : 0)
  }
}

/** Whether to wait for the member whose cache is warm rather than to move to an idle one. */
export function staysFor(waitMs: number, home: Home, from: Seat, to: Seat, { valueOfTime }: PoolParts): boolean {
  if (to.cacheDomain === from.cacheDomain) return false
  const { input, cacheRead } = from.price ?? {}
  const cacheWrite = to.price && (to.price.cacheWrite ?? to.price.input)
  return (
    waitOrMove({
      warmTokens: home.warmTokens - home.warmAt(to.name),
      waitMs,
      price: {
        ...(input !== undefined && { input }),
        ...(cacheRead !== undefined && { cacheRead }),
        ...(cacheWrite !== undefined && { cacheWrite }),
      },
      ...(valueOfTime !== undefined && { valueOfTime }),
    }).choice === 'wait'
  )
}
