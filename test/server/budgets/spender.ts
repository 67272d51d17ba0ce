/**
 * A process that spends from a budget in a file: `spender <file> <seed> <clients> <limit>`. It begins when it is told anything, and says what its providers will bill of each call, and
 * what they have billed in the end, in picodollars.
 */
import { writeSync } from 'node:fs'
import { withBudget } from '../../../src/accounts/index.ts'
import { systemClock } from '../../../src/core/clock.ts'
import { openSqliteBudgets } from '../../../src/server/budgets/sqlite-store.ts'
import { seededRandom } from '../../../src/testing/index.ts'
import { budgetWorld } from '../../accounts/budgets/world.ts'
import { LEASE_MS, PACE } from './spending.ts'

const [path = '', seed = '', clients = '', usd = ''] = process.argv.slice(2)

/** At once, not when there is time for it: the process may be killed. */
const say = (text: string) => writeSync(1, `${text}\n`)

const world = budgetWorld({
  clock: systemClock,
  random: seededRandom(Number(seed)),
  pace: PACE,
  onCall(call, full) {
    say(`asked ${seed}-${call} ${full}`)
    let isOver = false
    return (billed) => {
      if (!isOver) say(`billed ${seed}-${call} ${billed}`)
      isOver = true
    }
  },
})
const store = await openSqliteBudgets(path)
const onError = (error: unknown) => say(`error ${String(error)}`)
const app = withBudget(world.app, { budgets: [{ usd, per: 'total' }], store, prices: world.prices, leaseMs: LEASE_MS, onError })
say('open')
await new Promise((resolve) => process.stdin.once('data', resolve))
process.stdin.destroy()
await Promise.all(Array.from({ length: Number(clients) }, async (_, index) => say(`client ${await world.client(app, index)}`)))
await store.close()
