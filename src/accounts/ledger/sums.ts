/**
 * Sums of records, for every store that has no engine of its own.
 *
 * @module
 */
import { formatMoney, parseMoney, type Money } from '../money.ts'
import { isFailed } from './failed.ts'
import type { ExchangeRecord } from './record.ts'
import { fitting } from './select.ts'
import { spanStart } from './spans.ts'
import type { Dimension, Sum, SumQuery } from './store.ts'

const COUNTS = ['input', 'cacheRead', 'cacheWrite', 'cacheWriteLong', 'output', 'reasoning', 'serverToolCalls'] as const

const VALUE: Record<Dimension, (record: ExchangeRecord) => string | undefined> = {
  model: ({ served, asked }) => served ?? asked,
  endpoint: ({ endpoint }) => endpoint,
  tenant: ({ tenant }) => tenant,
  group: ({ group }) => group,
  session: ({ session }) => session,
  agent: ({ agent }) => agent,
  protocol: ({ protocol }) => protocol,
  status: ({ status }) => String(status),
  key: ({ key }) => key,
  route: ({ route }) => route,
}

type Row = Omit<Sum, 'cost'> & { cost: Money }

export interface Summing {
  add(record: ExchangeRecord): void
  /** The sums of what was added. */
  rows(): Sum[]
}

/** Adds up the records that fit a query, one at a time: however many there are, only the sums are kept. */
export function summing(query: SumQuery): Summing {
  const { by = [], every, zone } = query
  const fits = fitting(query)
  const rows = new Map<string, Row>()
  const rowOf = (record: ExchangeRecord): Row => {
    const at = every && spanStart(record.at, every, zone)
    const values = by.map((dimension) => VALUE[dimension](record))
    const name = JSON.stringify([at, ...values])
    let row = rows.get(name)
    if (!row) {
      const group = Object.fromEntries(by.flatMap((dimension, index) => (values[index] === undefined ? [] : [[dimension, values[index]]])))
      rows.set(name, (row = emptyRow(group, at)))
    }
    return row
  }
  if (!by.length && !every) rows.set('[null]', emptyRow({}, undefined))
  return {
    add(record) {
      if (fits(record)) addTo(rowOf(record), record)
    },
    rows() {
      const sorted = [...rows.values()].sort(comparing(query))
      return sorted.slice(0, query.limit).map((row) => ({ ...row, cost: formatMoney(row.cost) }))
    },
  }
}

const emptyRow = (group: Row['group'], at: number | undefined): Row => ({
  ...(at !== undefined && { at }),
  group,
  requests: 0,
  failed: 0,
  attempts: 0,
  input: 0,
  cacheRead: 0,
  cacheWrite: 0,
  cacheWriteLong: 0,
  output: 0,
  reasoning: 0,
  serverToolCalls: 0,
  cost: 0n,
  unpriced: 0,
  estimated: 0,
  ms: 0,
  firstTokenMs: 0,
  streamed: 0,
})

function addTo(row: Row, record: ExchangeRecord): void {
  const { usage, cost, firstTokenMs } = record
  row.requests++
  if (isFailed(record)) row.failed++
  row.attempts += record.attempts.length
  if (usage) for (const count of COUNTS) row[count] += usage[count] ?? 0
  if (cost) row.cost += parseMoney(cost.amount)
  else if (usage) row.unpriced++
  if (record.estimated) row.estimated++
  row.ms += record.ms
  if (firstTokenMs === undefined) return
  row.firstTokenMs += firstTokenMs
  row.streamed++
}

const tokensIn = ({ input, cacheRead, cacheWrite, output }: Row): number => input + cacheRead + cacheWrite + output

type Compare = (a: Row, b: Row) => number

const LARGEST: Record<NonNullable<SumQuery['order']>, Compare> = {
  cost: (a, b) => (a.cost < b.cost ? 1 : a.cost > b.cost ? -1 : 0),
  requests: (a, b) => b.requests - a.requests,
  tokens: (a, b) => tokensIn(b) - tokensIn(a),
}

/** By time, then by the names of the dimensions in their order; what has no name comes first. */
function comparing({ by = [], order }: SumQuery): Compare {
  const byName: Compare = (a, b) => {
    if (a.at !== b.at) return (a.at ?? 0) - (b.at ?? 0)
    for (const dimension of by) {
      const [one = '', other = ''] = [a.group[dimension], b.group[dimension]]
      if (one !== other) return one < other ? -1 : 1
    }
    return 0
  }
  return order ? (a, b) => LARGEST[order](a, b) || byName(a, b) : byName
}
