/**
 * Whose records may be told to whom, and how much of them.
 *
 * @module
 */
import type { Scope } from './source.ts'
import { ownRecord } from './told.ts'

/** For those who look after a gateway. */
export const EVERYTHING: Scope = {
  dimensions: ['model', 'endpoint', 'tenant', 'group', 'session', 'agent', 'protocol', 'status', 'key', 'route'],
  filter: {},
  told: (record) => record,
}

/** For a tenant: its own alone. */
export const ownScope = (tenant: string): Scope => ({
  tenant,
  dimensions: ['model', 'endpoint', 'session', 'agent', 'protocol', 'status'],
  filter: { owner: tenant },
  told: ownRecord,
})
