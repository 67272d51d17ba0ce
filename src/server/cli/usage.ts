/** `usage`: what was used, and what it cost. @module */
import type { Dimension } from '../../accounts/ledger/store.ts'
import { writeMoment, type Period, type Span } from '../usage/moments.ts'
import type { ToldSum } from '../usage/told.ts'
import { misuse, type Call } from './command.ts'
import { zoneAt } from './local-time.ts'
import { openUsage, type UsageView } from './open-usage.ts'
import { print, printJson } from './terminal.ts'
import { queryOf, type When } from './usage-query.ts'
import { usageCsv, usageTable, type TableShape, type UsageRow } from './usage-tables.ts'

type Run = (call: Call, view: UsageView) => Promise<void>

export async function run(call: Call): Promise<void> {
  const [what] = call.args
  if (call.flags.json !== undefined && call.flags.csv !== undefined) throw misuse('--json and --csv are two forms: one of them.', 'usage')
  if (what !== undefined && Object.hasOwn(UPKEEP, what)) return UPKEEP[what]!(call)
  if (call.flags.out !== undefined) throw misuse('--out is for export.', 'usage')
  const tell = what === undefined ? usual(call) : Object.hasOwn(WHATS, what) ? WHATS[what] : undefined
  if (!tell) throw misuse(`usage takes ${[...Object.keys(WHATS), ...Object.keys(UPKEEP)].join(', ')}, not "${what}".`, 'usage')
  const view = await openUsage(call)
  try {
    await tell(call, view)
  } finally {
    await view.close()
  }
}

/** Where nothing says of when, four spans in one look. */
const usual = ({ flags }: Call): Run =>
  ['from', 'to', 'by', 'every', 'order', 'limit'].some((name) => flags[name] !== undefined) ? tellSpan({}) : tellOverview

const tellSpan =
  (when: When): Run =>
  (call, view) =>
    call.flags.every === undefined ? tellTop(call, view, when) : tellSeries(call, view, when)

/** How far back a history goes, by its steps. */
const BACK: Readonly<Record<string, When>> = {
  hour: { from: '2d' },
  day: { from: '30d' },
  week: { period: 'all' },
  month: { period: 'all' },
}

const tellHistory: Run = (call, view) => {
  const { every = 'month', from, to } = call.flags
  return tellSeries(call, view, { every, ...(from === undefined && to === undefined && BACK[every]) })
}

const WHATS: Readonly<Record<string, Run>> = {
  today: tellSpan({ period: 'today' }),
  yesterday: tellSpan({ period: 'yesterday' }),
  week: tellSpan({ period: 'week' }),
  month: tellSpan({ period: 'month' }),
  history: tellHistory,
}

/** What is about the ledger as a whole. */
const UPKEEP: Readonly<Record<string, (call: Call) => Promise<void>>> = {
  export: async (call) => (await import('./usage-upkeep.ts')).exportUsage(call),
  archive: async (call) => (await import('./usage-upkeep.ts')).archiveUsage(call),
  vacuum: async (call) => (await import('./usage-upkeep.ts')).vacuumUsage(call),
}

async function tellOverview(call: Call, view: UsageView): Promise<void> {
  const { zone } = view
  const sums = await Promise.all(
    (['today', 'yesterday', 'week', 'month'] as const).map(async (period) => {
      const { from, to, totals } = await view.ask<Span & { totals: ToldSum }>('/totals', queryOf(call, view, { period }))
      return [period, { from, to, ...totals }] as const
    }),
  )
  const rows = sums.map(([name, sum]): UsageRow => ({ ...sum, name }))
  tell(call, { now: Date.now(), zone, ...Object.fromEntries(sums) }, rows, { by: [], zone, title: 'when' })
}

interface Top extends Span {
  zone: number
  by: Dimension[]
  groups: (ToldSum & { group: UsageRow['group'] })[]
  totals: ToldSum
}

async function tellTop(call: Call, view: UsageView, when: When): Promise<void> {
  const told = await view.ask<Top>('/top', queryOf(call, view, { limit: '20', ...orUsual(call, when, 'today') }))
  if (isForPeople(call)) print(`${spanText(told)}\n`)
  tell(call, told, withAll(told.groups, told.totals), { by: told.by, zone: told.zone })
}

interface Series extends Span {
  zone: number
  every: NonNullable<TableShape['every']>
  by?: Dimension[]
  series: (ToldSum & { at: number; group: UsageRow['group'] })[]
  totals: ToldSum
}

async function tellSeries(call: Call, view: UsageView, when: When): Promise<void> {
  const told = await view.ask<Series>('/series', queryOf(call, view, orUsual(call, when, 'month')))
  const { every, zone, by = [] } = told
  tell(call, told, withAll(told.series, told.totals), { by, zone, every })
}

/** A period, where nothing else says of when. */
const orUsual = ({ flags }: Call, when: When, period: Period): When =>
  [flags.from, flags.to, when.from, when.period].some((given) => given !== undefined) ? when : { ...when, period }

/** A last line for all, where there are several. */
const withAll = (rows: readonly UsageRow[], totals: ToldSum): UsageRow[] =>
  rows.length === 1 ? [...rows] : [...rows, { ...totals, name: 'all' }]

const isForPeople = ({ flags }: Call): boolean => flags.json === undefined && flags.csv === undefined

function tell(call: Call, told: unknown, rows: readonly UsageRow[], shape: TableShape): void {
  if (call.flags.json !== undefined) return printJson(told)
  if (call.flags.csv !== undefined)
    return print(
      usageCsv(
        rows.filter(({ name }) => name !== 'all'),
        shape,
      ),
    )
  print(usageTable(rows, shape, process.stdout.columns || 100).join('\n'))
}

/** `2026-03-18`, or from when until when. */
function spanText({ from, to }: Span): string {
  if (from === undefined) return to === undefined ? 'All of it' : `Until ${moment(to)}`
  if (to === undefined) return `Since ${moment(from)}`
  const last = isMidnight(to) ? writeMoment(to - 1, zoneAt(to - 1)) : moment(to)
  return moment(from) === last ? last : `${moment(from)} to ${last}`
}

const isMidnight = (at: number): boolean => writeMoment(at, zoneAt(at), 'hour').endsWith('00:00')
const moment = (at: number): string => writeMoment(at, zoneAt(at), isMidnight(at) ? 'day' : 'hour')
