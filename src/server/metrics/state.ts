/**
 * How a gateway stands, as gauges: what can be asked, what rests, what is left.
 *
 * @module
 */
import { termsOf, type Terms } from '../../accounts/budgets/budget.ts'
import type { BudgetStore } from '../../accounts/budgets/store.ts'
import type { Family, Labels, Sample } from '../../accounts/metrics/families.ts'
import { formatMoney } from '../../accounts/money.ts'
import type { Standing } from '../admin/administered.ts'
import { providerState } from '../admin/providers.ts'
import { scopesIn } from '../budgets/scopes-in.ts'
import { version } from '../version.ts'

const gauge = (name: string, help: string, samples: readonly Sample[]): Family => ({
  name: `cc_route_${name}`,
  help,
  type: 'gauge',
  samples,
})

const sample = (labels: Labels, value: number | string | boolean): Sample => ({ labels, value: String(Number(value)) })

const BREAKERS = ['closed', 'open', 'half-open'] as const

export async function stateOf(
  standing: Standing,
  { now, startedAt, budgets }: { now: number; startedAt: number; budgets: () => Promise<BudgetStore> },
): Promise<Family[]> {
  const { endpoints, pools } = standing.composition
  const keys = await Promise.all(
    [...endpoints].map(async ([endpoint, { keys }]) => {
      const all = await keys.show()
      const resting = all.filter(({ rests }) => rests.some(({ scope, until }) => scope !== 'key-model' && until > now)).length
      return [sample({ endpoint, state: 'ready' }, all.length - resting), sample({ endpoint, state: 'resting' }, resting)]
    }),
  )
  const ready = await Promise.all(
    [...endpoints.keys()].map(async (endpoint) => sample({ endpoint }, (await providerState(endpoint, standing, now)) === 'ready')),
  )
  const members = (
    await Promise.all([...pools].map(async ([pool, { show }]) => (await show()).map((member) => ({ pool, ...member }))))
  ).flat()
  return [
    gauge('build_info', 'The version that runs.', [sample({ version }, 1)]),
    gauge('start_time_seconds', 'When it began, in seconds since 1970.', [sample({}, startedAt / 1000)]),
    gauge('endpoint_ready', 'Whether an endpoint can be asked: not all of its keys rest.', ready),
    gauge('keys', 'The keys of an endpoint, by whether they rest.', keys.flat()),
    gauge(
      'member_in_flight',
      'Requests that a member of a pool is answering.',
      members.map(({ pool, name, inFlight }) => sample({ pool, member: name }, inFlight)),
    ),
    gauge(
      'breaker_state',
      'The breakers of the members of pools: 1 for the state that they are in.',
      members.flatMap(({ pool, name, breaker }) =>
        BREAKERS.map((state) => sample({ pool, member: name, state }, (breaker?.state ?? 'closed') === state)),
      ),
    ),
    ...(await budgetsOf(standing, now, budgets)),
  ]
}

async function budgetsOf({ config, keys }: Standing, now: number, open: () => Promise<BudgetStore>): Promise<Family[]> {
  const scopes = scopesIn(config, keys)
  if (!scopes.length) return []
  const terms = tightest(scopes.flatMap(termsOf))
  const tallies = await (await open()).tallies(terms.map(({ name, window }) => ({ name, ...window(now) })))
  const told = (pick: (limit: bigint, used: bigint) => bigint) =>
    terms.map(({ name, unit, limit, soft }, index): Sample => {
      const { spent, held } = tallies[index]!
      const amount = pick(limit, spent + held)
      return { labels: { budget: name, unit, kind: kindOf(soft) }, value: unit === 'usd' ? formatMoney(amount) : String(amount) }
    })
  return [
    gauge(
      'budget_limit',
      'What may be used up, in US dollars, tokens or requests.',
      told((limit) => limit),
    ),
    gauge(
      'budget_left',
      'What is left of it, without what requests under way may use.',
      told((limit, used) => (used < limit ? limit - used : 0n)),
    ),
  ]
}

const kindOf = (soft: boolean): string => (soft ? 'soft' : 'hard')

/** Of budgets that count the same, the one that ends first. */
const tightest = (terms: readonly Terms[]): Terms[] => [
  ...new Map(
    terms.toSorted((a, b) => (a.limit < b.limit ? 1 : -1)).map((each) => [`${each.name} ${kindOf(each.soft)}`, each] as const),
  ).values(),
]
