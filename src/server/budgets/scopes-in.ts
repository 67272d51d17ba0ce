/**
 * Whose budgets a configuration has.
 *
 * @module
 */
import type { Scope } from '../../accounts/budgets/budget.ts'
import type { Tenant } from '../../accounts/tenants/tenant.ts'
import type { Config } from '../config/settle.ts'

/** Everybody, the groups and the keys that have any, in this order. `others`: keys besides those of the configuration. */
export function scopesIn(
  { budgets = [], groups = {}, server: { keys = [] } }: Pick<Config, 'budgets' | 'groups' | 'server'>,
  others: readonly Tenant[] = [],
): Scope[] {
  return [
    { name: 'everybody', budgets },
    ...Object.entries(groups).map(([name, group]) => ({ name: `group ${name}`, budgets: group.budgets ?? [] })),
    ...[...keys, ...others].map((key) => ({ name: `key ${key.name}`, budgets: key.budgets ?? [] })),
  ].filter((scope) => scope.budgets.length)
}
