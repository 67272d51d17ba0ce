/**
 * Whose records may be told to whom, and how much of them.
 *
 * @module
 */
import { fail } from '../../core/failure.ts'
import type { Scope } from './source.ts'
import { ownRecord } from './told.ts'

/** For those who look after a gateway. */
export const EVERYTHING: Scope = {
  dimensions: ['model', 'endpoint', 'tenant', 'group', 'session', 'agent', 'protocol', 'status', 'key', 'route'],
  filter: {},
  told: (record) => record,
}

/** For a tenant. @throws FailureError for a name that would mean others, too */
export function ownScope(tenant: string): Scope {
  if (tenant.includes('*'))
    fail({
      kind: 'conflict',
      message: `The name of this key, "${tenant}", has a "*" in it, which stands for other names, too. With another name its usage can be told.`,
    })
  return { tenant, dimensions: ['model', 'endpoint', 'session', 'agent', 'protocol', 'status'], filter: { tenant }, told: ownRecord }
}
