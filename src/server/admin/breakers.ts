/**
 * Who rests and why: the members of pools with their breakers, the keys of providers.
 *
 * @module
 */
import { fail } from '../../core/failure.ts'
import type { AdminAnswer, AdminAsk, Administered } from './administered.ts'

export async function listBreakers({ now }: Administered): Promise<AdminAnswer> {
  const { composition } = now()
  const pools = [...composition.pools].map(async ([name, pool]) => ({ name, members: await pool.show() }))
  const providers = [...composition.endpoints].map(async ([name, { keys }]) => ({ name, keys: await keys.show() }))
  return { body: { pools: await Promise.all(pools), providers: await Promise.all(providers) } }
}

/** Forgets all that rests: everywhere, in one pool, or of one of its members. */
export async function clearBreakers({ now }: Administered, { names: [pool, member] }: AdminAsk): Promise<AdminAnswer> {
  const { pools, endpoints } = now().composition
  const one = pool === undefined ? undefined : pools.get(pool)
  if (pool !== undefined && !one)
    fail({ kind: 'not-found', message: `There is no pool "${pool}". There are: ${[...pools.keys()].join(', ') || 'none'}.` })
  const members = member === undefined ? [] : (await one!.show()).map(({ name }) => name)
  if (member !== undefined && !members.includes(member))
    fail({ kind: 'not-found', message: `The pool "${pool}" has no member "${member}". It has: ${members.join(', ')}.` })
  if (one) await one.clear(member)
  else {
    await Promise.all([...pools.values()].map((each) => each.clear()))
    await Promise.all([...endpoints.values()].map(({ keys }) => keys.clear()))
  }
  return {}
}
