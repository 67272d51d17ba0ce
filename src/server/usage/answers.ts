/**
 * The answers: totals, series, top lists, requests, and all of a conversation.
 *
 * @module
 */
import { fail } from '../../core/failure.ts'
import type { ExchangeRecord } from '../../accounts/ledger/record.ts'
import type { Dimension, RecordFilter } from '../../accounts/ledger/store.ts'
import { spanOf, writeMoment, type Span } from './moments.ts'
import { filtersAnd, groupsIn, LIVE_FILTERS, ORDERS, readParameters, SPANS, type Parameter, type Parameters } from './parameters.ts'
import type { UsageAsk } from './source.ts'
import { toldSum } from './told.ts'

const TOP = { usual: 10, most: 1000 }
const PAGE = { usual: 50, most: 1000 }
/** Of a series: a year of hours. */
const MAX_SPANS = 366 * 24
const SPAN_MS: Readonly<Record<(typeof SPANS)[number], number>> = {
  hour: 3_600_000,
  day: 86_400_000,
  week: 604_800_000,
  month: 2_678_400_000,
}

/** Today, yesterday, this week and this month, in one look. */
export async function overview(ask: UsageAsk): Promise<Response> {
  const { zone, filter } = readFor(ask, ['zone', 'text', ...LIVE_FILTERS]).filter()
  const now = ask.clock.now()
  const named = async (period: 'today' | 'yesterday' | 'week' | 'month') => {
    const span = spanOf(period, { now, zone })
    const [sum] = await ask.source.store.sum({ ...scoped(ask, filter), ...span, zone })
    return [period, { ...times(span), ...toldSum(sum!) }] as const
  }
  const periods = await Promise.all([named('today'), named('yesterday'), named('week'), named('month')])
  const { tenant } = ask.scope
  const allowance = tenant === undefined ? undefined : await ask.allowance?.(tenant)
  return json({
    now,
    zone,
    ...(tenant !== undefined && { tenant }),
    ...Object.fromEntries(periods),
    ...(allowance !== undefined && { allowance }),
  })
}

export async function totals(ask: UsageAsk): Promise<Response> {
  const { filter, zone } = readFor(ask, filtersAnd()).filter('today')
  const [sum] = await ask.source.store.sum({ ...scoped(ask, filter), zone })
  return json({ ...times(filter), zone, totals: toldSum(sum!) })
}

export async function top(ask: UsageAsk): Promise<Response> {
  const parameters = readFor(ask, filtersAnd('by', 'order', 'limit'))
  const { filter, zone } = parameters.filter('today')
  const { by = ['model'] } = groupsIn(parameters, ask.scope.dimensions)
  const order = parameters.choice('order', ORDERS) ?? 'cost'
  const limit = parameters.whole('limit', 1, TOP.most) ?? TOP.usual
  const query = scoped(ask, filter)
  const [[total], sums] = await Promise.all([ask.source.store.sum(query), ask.source.store.sum({ ...query, by, order, limit })])
  return json({
    ...times(filter),
    zone,
    by,
    order,
    groups: sums.map((sum) => ({ group: sum.group, ...toldSum(sum) })),
    totals: toldSum(total!),
  })
}

/** Spans in which nothing was asked are left out. */
export async function series(ask: UsageAsk): Promise<Response> {
  const parameters = readFor(ask, filtersAnd('every', 'by'))
  const { filter, zone } = parameters.filter('month')
  const every = parameters.choice('every', SPANS) ?? 'day'
  const by = groupsIn(parameters, ask.scope.dimensions)
  refuseMany(filter, every, ask.clock.now())
  const query = scoped(ask, filter)
  const [[total], sums] = await Promise.all([ask.source.store.sum(query), ask.source.store.sum({ ...query, ...by, every, zone })])
  return json({
    ...times(filter),
    zone,
    every,
    ...by,
    series: sums.map((sum) => ({ at: sum.at, group: sum.group, ...toldSum(sum) })),
    totals: toldSum(total!),
  })
}

function refuseMany({ from, to }: Span, every: (typeof SPANS)[number], now: number): void {
  if (every === 'month' || every === 'week') return
  if (((to ?? now) - (from ?? 0)) / SPAN_MS[every] > MAX_SPANS)
    fail({
      kind: 'invalid-request',
      message: `That are more than ${MAX_SPANS} spans. Say "from" and "to" nearer to each other, or a longer "every".`,
      param: 'every',
    })
}

/** The newest first. `next` is what `before` takes for those that follow. */
export async function requests(ask: UsageAsk): Promise<Response> {
  const parameters = readFor(ask, filtersAnd('limit', 'before'))
  const limit = parameters.whole('limit', 1, PAGE.most) ?? PAGE.usual
  const before = parameters.text('before')
  const { filter } = parameters.filter()
  const found = await ask.source.store.list(scoped(ask, filter), { limit: limit + 1, ...(before !== undefined && { before }) })
  const page = found.slice(0, limit)
  return json({ requests: page.map(ask.scope.told), next: found.length > limit ? page.at(-1)!.id : null })
}

/** One, with its attempts, and what was said where that is kept. */
export async function request(ask: UsageAsk): Promise<Response> {
  readFor(ask, [])
  const record = await ask.source.store.get(ask.id)
  return record && isOwn(ask, record)
    ? json(ask.scope.told(record))
    : fail({ kind: 'not-found', message: `There is no request "${ask.id}" in the ledger. It may be older than what is kept.` })
}

const isOwn = ({ scope }: UsageAsk, record: ExchangeRecord): boolean => scope.tenant === undefined || record.tenant === scope.tenant

/** When each tenant that there are records of asked last: in one answer, however many they are. */
export async function tenants(ask: UsageAsk): Promise<Response> {
  readFor(ask, [])
  const { store } = ask.source
  const sums = await store.sum({ ...scoped(ask, {}), by: ['tenant'] })
  const names = sums.flatMap(({ group: { tenant } }) => tenant ?? [])
  const last = await Promise.all(names.map(async (owner) => [owner, (await store.list({ owner }, { limit: 1 }))[0]?.at] as const))
  return json({ tenants: Object.fromEntries(last) })
}

/** All of a conversation, and its last request; nothing yet for one that has none. */
export async function session(ask: UsageAsk): Promise<Response> {
  readFor(ask, [])
  if (ask.id.includes('*')) fail({ kind: 'invalid-request', message: 'A session is asked for by its whole id.' })
  const filter = scoped(ask, { session: ask.id })
  const [[sum], [last]] = await Promise.all([ask.source.store.sum(filter), ask.source.store.list(filter, { limit: 1 })])
  return json({ session: ask.id, totals: toldSum(sum!), last: last ? ask.scope.told(last) : null })
}

/** The months that there are records of, the newest first; and those that are in files of their own. */
export async function months(ask: UsageAsk): Promise<Response> {
  const { zone, filter } = readFor(ask, ['zone']).filter()
  const [sums, archives] = await Promise.all([
    ask.source.store.sum({ ...scoped(ask, filter), every: 'month', zone }),
    ask.scope.tenant === undefined ? ask.archives?.() : undefined,
  ])
  return json({
    zone,
    months: sums.toReversed().map((sum) => ({ month: writeMoment(sum.at!, zone, 'month'), at: sum.at, ...toldSum(sum) })),
    ...(archives && { archives: archives.map(({ month, bytes }) => ({ month, bytes })) }),
  })
}

export async function live(ask: UsageAsk): Promise<Response> {
  const { filter } = readFor(ask, LIVE_FILTERS).filter()
  return ask.live.open(ask.scope.tenant ?? '', scoped(ask, filter), ask.scope.told)
}

/** The parameters of a question. Tenants cannot ask for others, nor by what they are not told. */
export function readFor({ query, scope, clock }: UsageAsk, takes: readonly Parameter[]): Parameters {
  const may = (name: Parameter) => !HIDDEN.some((hidden) => hidden === name) || scope.dimensions.includes(name as Dimension)
  return readParameters(query, takes.filter(may), clock.now())
}

const HIDDEN: readonly Dimension[] = ['tenant', 'group']

export const scoped = ({ scope }: UsageAsk, filter: RecordFilter): RecordFilter => ({ ...filter, ...scope.filter })

const times = ({ from, to }: Span): Span => ({ ...(from !== undefined && { from }), ...(to !== undefined && { to }) })

const json = (body: unknown): Response => Response.json(body, { headers: { 'cache-control': 'no-store' } })
