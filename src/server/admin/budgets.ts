/**
 * How budgets stand, and a way to begin one anew.
 *
 * @module
 */
import { termsOf } from '../../accounts/budgets/budget.ts'
import { fail } from '../../core/failure.ts'
import { scopesIn } from '../budgets/scopes-in.ts'
import { standingsOf } from '../usage/allowance.ts'
import type { AdminAnswer, AdminAsk, Administered } from './administered.ts'

export async function listBudgets({ now, budgets, clock }: Administered): Promise<AdminAnswer> {
  const { config, keys } = now()
  const scopes = scopesIn(config, keys)
  return { body: { budgets: scopes.length ? await standingsOf(scopes, await budgets(), clock.now()) : [] } }
}

/** Forgets what somebody has used up, of all budgets of theirs: `everybody`, `group team`, `key ann`. */
export async function resetBudgets({ now, budgets, clock }: Administered, { names: [of] }: AdminAsk): Promise<AdminAnswer> {
  const { config, keys } = now()
  const scopes = scopesIn(config, keys)
  const scope =
    scopes.find(({ name }) => name === of) ??
    fail({
      kind: 'not-found',
      message: `There is no budget of "${of}". There are those of: ${scopes.map(({ name }) => name).join(', ') || 'nobody'}.`,
    })
  const store = await budgets()
  for (const name of new Set(termsOf(scope).map((terms) => terms.name))) await store.reset(name)
  return { body: { budgets: await standingsOf([scope], store, clock.now()) } }
}
