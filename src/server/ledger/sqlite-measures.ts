/**
 * What is added up of requests, as data: the column of the sums, the field of the answer, and how it is told of a single row.
 *
 * @module
 */
import { wholeCount } from '../../accounts/ledger/whole-count.ts'
import { isFailed } from '../../accounts/ledger/failed.ts'
import type { ExchangeRecord } from '../../accounts/ledger/record.ts'
import type { Sum } from '../../accounts/ledger/store.ts'

interface Measure {
  column: string
  field: Exclude<keyof Sum, 'at' | 'group' | 'cost'>
  /** Of a row of `requests` r with its `combos` c. */
  sql: string
  of(record: ExchangeRecord): number
}

/** Bits of `requests.counted`. */
export const HAS_USAGE = 1
export const IS_ESTIMATED = 2

/** Money is added up in two parts, whole millionths of a dollar and what is left: SQLite's numbers end at nine million dollars. */
export const MICRO = 1_000_000
const MONEY = [
  { column: 'cost_whole', sql: `ifnull(r.cost / ${MICRO}, 0)` },
  { column: 'cost_part', sql: `ifnull(r.cost % ${MICRO}, 0)` },
]

export const NUMBERS: readonly Measure[] = [
  { column: 'requests', field: 'requests', sql: '1', of: () => 1 },
  { column: 'failed', field: 'failed', sql: 'c.failed', of: (record) => Number(isFailed(record)) },
  { column: 'attempts', field: 'attempts', sql: 'r.attempts', of: ({ attempts }) => attempts.length },
  { column: 'input', field: 'input', sql: 'ifnull(r.input, 0)', of: ({ usage }) => wholeCount(usage?.input ?? 0) },
  { column: 'cache_read', field: 'cacheRead', sql: 'ifnull(r.cache_read, 0)', of: ({ usage }) => wholeCount(usage?.cacheRead ?? 0) },
  { column: 'cache_write', field: 'cacheWrite', sql: 'ifnull(r.cache_write, 0)', of: ({ usage }) => wholeCount(usage?.cacheWrite ?? 0) },
  {
    column: 'cache_write_long',
    field: 'cacheWriteLong',
    sql: 'ifnull(r.cache_write_long, 0)',
    of: ({ usage }) => wholeCount(usage?.cacheWriteLong ?? 0),
  },
  { column: 'output', field: 'output', sql: 'ifnull(r.output, 0)', of: ({ usage }) => wholeCount(usage?.output ?? 0) },
  { column: 'reasoning', field: 'reasoning', sql: 'ifnull(r.reasoning, 0)', of: ({ usage }) => wholeCount(usage?.reasoning ?? 0) },
  { column: 'tools', field: 'serverToolCalls', sql: 'ifnull(r.tools, 0)', of: ({ usage }) => wholeCount(usage?.serverToolCalls ?? 0) },
  {
    column: 'unpriced',
    field: 'unpriced',
    sql: `(r.cost IS NULL AND r.counted & ${HAS_USAGE} <> 0)`,
    of: ({ usage, cost }) => Number(usage !== undefined && cost === undefined),
  },
  {
    column: 'estimated',
    field: 'estimated',
    sql: `(r.counted & ${IS_ESTIMATED} <> 0)`,
    of: ({ estimated }) => Number(estimated === true),
  },
  { column: 'ms', field: 'ms', sql: 'r.ms', of: ({ ms }) => Math.round(ms) },
  {
    column: 'first_token',
    field: 'firstTokenMs',
    sql: 'ifnull(r.first_token, 0)',
    of: ({ firstTokenMs = 0 }) => Math.round(firstTokenMs),
  },
  {
    column: 'streamed',
    field: 'streamed',
    sql: '(r.first_token IS NOT NULL)',
    of: ({ firstTokenMs }) => Number(firstTokenMs !== undefined),
  },
]

/** All columns of sums, money last. */
export const MEASURES: readonly { column: string; sql: string }[] = [...NUMBERS, ...MONEY]
