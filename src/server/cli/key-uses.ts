/** When the keys of clients were last used, as the ledger knows it. @module */
import type { Call } from './command.ts'
import type { ConfigInUse } from './config-in-use.ts'
import { openUsage } from './open-usage.ts'

/** Moments by the names of keys; `undefined` where there is no ledger that could be asked: keys are listed all the same. */
export async function lastUses(call: Call, used: ConfigInUse): Promise<ReadonlyMap<string, number> | undefined> {
  try {
    const view = await openUsage(call, used)
    try {
      const { tenants } = await view.ask<{ tenants: Record<string, number> }>('/tenants')
      return new Map(Object.entries(tenants))
    } finally {
      await view.close()
    }
  } catch {
    return undefined
  }
}
