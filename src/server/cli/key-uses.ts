/** When the keys of clients were last used, as the ledger knows it. @module */
import type { ExchangeRecord } from '../../accounts/ledger/record.ts'
import type { Call } from './command.ts'
import type { ConfigInUse } from './config-in-use.ts'
import { openUsage } from './open-usage.ts'

/** Moments by the names of keys; `undefined` where there is no ledger that could be asked: keys are listed all the same. */
export async function lastUses(call: Call, used: ConfigInUse, names: readonly string[]): Promise<ReadonlyMap<string, number> | undefined> {
  try {
    const view = await openUsage(call, used)
    try {
      const uses = new Map<string, number>()
      for (const name of names) {
        const query = new URLSearchParams({ tenant: name, limit: '1' })
        const { requests } = await view.ask<{ requests: ExchangeRecord[] }>('/requests', query)
        // Names are compared as patterns, without regard to capitals.
        const last = requests.find(({ tenant }) => tenant === name)
        if (last) uses.set(name, last.at)
      }
      return uses
    } finally {
      await view.close()
    }
  } catch {
    return undefined
  }
}
