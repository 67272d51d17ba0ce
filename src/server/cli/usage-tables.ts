/**
 * Sums as tables and as CSV.
 *
 * @module
 */
import { csvLine } from '../../accounts/ledger/export.ts'
import type { Dimension } from '../../accounts/ledger/store.ts'
import { writeMoment } from '../usage/moments.ts'
import type { ToldSum } from '../usage/told.ts'
import { countText, durationText, moneyText, percentText, tokensText } from './amounts.ts'
import { tableOf, type Column } from './table.ts'

/** A line of a table: a sum, and what it is of. */
export interface UsageRow extends ToldSum {
  /** When its span begins. */
  at?: number
  group?: Partial<Record<Dimension, string>>
  /** What it is called where it has no group: `today`, `all`. */
  name?: string
}

export interface TableShape {
  by: readonly Dimension[]
  every?: 'hour' | 'day' | 'week' | 'month'
  /** Minutes east of UTC. */
  zone: number
  /** Of what the rows are that have a name. */
  title?: string
}

const SUMS: readonly Column<UsageRow>[] = [
  { title: 'REQUESTS', is: 'number', text: ({ requests }) => countText(requests) },
  { title: 'FAILED', is: 'number', text: ({ failed }) => (failed ? countText(failed) : '') },
  { title: 'INPUT', is: 'number', text: ({ input, cacheRead, cacheWrite }) => tokensText(input + cacheRead + cacheWrite) },
  { title: 'CACHED', is: 'number', text: ({ cacheHitRate }) => percentText(cacheHitRate) },
  { title: 'OUTPUT', is: 'number', text: ({ output }) => tokensText(output) },
  { title: 'TIME', is: 'number', text: ({ averageMs }) => (averageMs === undefined ? '' : durationText(averageMs)) },
  { title: 'COST', is: 'number', text: ({ cost, unpriced }) => `${moneyText(cost)}${unpriced ? '+' : ''}` },
]

/** What some requests have no name for: a session, a tenant. */
const NONE = '-'

/** `width` is that of the terminal. */
export function usageTable(rows: readonly UsageRow[], { by, every, zone, title = '' }: TableShape, width: number): string[] {
  const when: Column<UsageRow>[] = every
    ? [
        {
          title: every.toUpperCase(),
          is: 'number',
          text: ({ at, name }) => (at === undefined ? (name ?? '') : writeMoment(at, zone, every)),
        },
      ]
    : []
  const groups = by.map((dimension, index): Column<UsageRow> => {
    const named = index === 0 && !every
    return {
      title: dimension.toUpperCase(),
      is: 'name',
      text: ({ group, name }) => (group ? (group[dimension] ?? NONE) : named ? (name ?? '') : ''),
    }
  })
  const names: Column<UsageRow>[] = by.length || every ? [] : [{ title: title.toUpperCase(), is: 'name', text: ({ name = '' }) => name }]
  const unpriced = rows.some((row) => row.unpriced > 0)
  return [
    ...tableOf([...when, ...groups, ...names, ...SUMS], rows, width),
    ...(unpriced ? ['', '+ and requests to models that have no price'] : []),
  ]
}

/** What a sum says, in columns. */
const COUNTS = [
  'requests',
  'failed',
  'attempts',
  'input',
  'cacheRead',
  'cacheWrite',
  'cacheWriteLong',
  'output',
  'reasoning',
  'serverToolCalls',
  'cost',
  'unpriced',
  'estimated',
  'ms',
  'firstTokenMs',
  'streamed',
] as const satisfies readonly (keyof ToldSum)[]

/** Exact, with a line of titles. */
export function usageCsv(rows: readonly UsageRow[], { by, every, zone, title }: TableShape): string {
  const first = every ?? title
  const titles = [...(first === undefined ? [] : [first]), ...by, ...COUNTS]
  const lines = rows.map(({ at, group, name, ...sum }) => [
    ...(every ? [at === undefined ? '' : writeMoment(at, zone, every)] : title === undefined ? [] : [name ?? '']),
    ...by.map((dimension) => group?.[dimension] ?? ''),
    ...COUNTS.map((count) => String(sum[count])),
  ])
  return [titles, ...lines].map(csvLine).join('')
}
