/**
 * Records as rows, and rows as records. What has no column of its own is kept as JSON among the words: most requests share it.
 *
 * @module
 */
import { mapped } from '../../core/mapped.ts'
import type { AttemptRecord, ExchangeRecord, TokenUsage } from '../../accounts/ledger/record.ts'
import { isFailed } from '../../accounts/ledger/failed.ts'
import { wholeCount } from '../../accounts/ledger/whole-count.ts'
import { formatMoney } from '../../accounts/money.ts'
import type { Row, Value } from '../sqlite/reader.ts'
import { COMBO, COMBO_COLUMNS, withoutNul, type Combo, type Names } from './sqlite-combos.ts'
import { HAS_USAGE, IS_ESTIMATED } from './sqlite-measures.ts'
import { moneyOf, momentOf, numberOr0 } from './sqlite-values.ts'

const USAGE = {
  input: 'input',
  cacheRead: 'cache_read',
  cacheWrite: 'cache_write',
  cacheWriteLong: 'cache_write_long',
  output: 'output',
  reasoning: 'reasoning',
  serverToolCalls: 'tools',
} as const satisfies Record<keyof TokenUsage, string>

const COUNTS = Object.keys(USAGE) as (keyof TokenUsage)[]

export function comboOf(record: ExchangeRecord, names: Names): Combo {
  return mapped(COMBO_COLUMNS, (column) => {
    const { kind } = COMBO[column]!
    if (kind) return names.word(kind, record[column as 'asked'])
    return column === 'failed' ? Number(isFailed(record)) : record.status
  })
}

/** The columns of `requests` behind `n`, in the order of {@link rowOf}. */
export const REQUEST_COLUMNS = [
  'id',
  'combo',
  'session',
  'subagent',
  'detail',
  'first_byte',
  'first_token',
  'ms',
  'message',
  'counted',
  ...Object.values(USAGE),
  'cost',
  'notices',
  'attempts',
]

const KEPT_APART = [
  'id',
  'at',
  'session',
  'subagent',
  'firstByteMs',
  'firstTokenMs',
  'ms',
  'failure',
  'usage',
  'cost',
  'notices',
  'attempts',
  'bodies',
] as const satisfies (keyof ExchangeRecord)[]

/** What of a record has a column or a table of its own. All else is told in the detail. */
const IN_COLUMNS: ReadonlySet<string> = new Set([...COMBO_COLUMNS, ...KEPT_APART])

/** @param combo and `session`: their numbers */
export function rowOf(record: ExchangeRecord, combo: number, session: number, names: Names): Value[] {
  const { id, subagent, firstByteMs, firstTokenMs, ms, failure, usage, cost, notices, attempts } = record
  const detail: Record<string, unknown> = {}
  for (const name in record) if (!IN_COLUMNS.has(name)) detail[name] = record[name as keyof ExchangeRecord]
  if (failure) detail.failure = { ...failure, message: undefined }
  if (cost) detail.rates = cost.rates
  return [
    id,
    combo,
    session || null,
    names.word('subagent', subagent) || null,
    names.word('request', JSON.stringify(detail)),
    Math.round(numberOr0(firstByteMs)),
    firstTokenMs === undefined ? null : Math.round(firstTokenMs),
    Math.round(numberOr0(ms)),
    failure?.message === undefined ? null : withoutNul(failure.message),
    (usage ? HAS_USAGE : 0) | (record.estimated ? IS_ESTIMATED : 0),
    ...mapped(COUNTS, (count) => (usage?.[count] === undefined ? null : wholeCount(usage[count]))),
    cost ? moneyOf(cost) : null,
    numberOr0(notices),
    attempts.length,
  ]
}

/** The columns of `attempts` behind `n` and `i`. */
export const ATTEMPT_COLUMNS = ['detail', 'after', 'ms', 'waited', 'message']

export function attemptRowOf({ at, ms, waitedMs, message, ...rest }: AttemptRecord, began: number, names: Names): Value[] {
  return [
    names.word('attempt', JSON.stringify(rest)),
    Math.round(numberOr0(at)) - momentOf(began),
    ms === undefined ? null : Math.round(ms),
    waitedMs === undefined ? null : Math.round(waitedMs),
    message === undefined ? null : withoutNul(message),
  ]
}

const word = (number: string) => `(SELECT text FROM words WHERE id = ${number})`

/** What {@link recordOf} reads, of `requests` r with its `combos` c. */
export const RECORD_SQL = `CAST(r.n AS TEXT) AS n, r.n >> 20 AS at, r.id, ${COMBO_COLUMNS.map((column) =>
  COMBO[column]!.kind ? `${word(`c."${column}"`)} AS "${column}"` : `c."${column}"`,
).join(
  ', ',
)}, ${word('r.session')} AS session, ${word('r.subagent')} AS subagent, ${word('r.detail')} AS detail, r.first_byte, r.first_token,
  r.ms, r.message, r.counted, ${Object.values(USAGE)
    .map((column) => `r.${column}`)
    .join(', ')}, CAST(r.cost AS TEXT) AS cost, r.notices`

export const ATTEMPT_SQL = `CAST(a.n AS TEXT) AS n, ${word('a.detail')} AS detail, a.after, a.ms, a.waited, a.message`

type Fields = readonly (readonly [field: string, column: string])[]

/** The fields of `row` that are there, under the record's names. */
function given(row: Row, fields: Fields): Row {
  const found: Row = {}
  for (const [field, column] of fields) if (row[column] !== null) found[field] = row[column]
  return found
}

const RECORD_FIELDS: Fields = [
  ...[...COMBO_COLUMNS.filter((column) => COMBO[column]!.kind), 'session', 'subagent'].map((column) => [column, column] as const),
  ['firstByteMs', 'first_byte'],
  ['firstTokenMs', 'first_token'],
]
const USAGE_FIELDS: Fields = Object.entries(USAGE)
const ATTEMPT_FIELDS: Fields = [
  ['ms', 'ms'],
  ['waitedMs', 'waited'],
  ['message', 'message'],
]

export function recordOf(row: Row, attempts: readonly Row[]): ExchangeRecord {
  const { failure, rates, ...detail } = JSON.parse(String(row['detail'])) as Row
  const { id, at, status, ms, notices, message, cost } = row
  return {
    id,
    at,
    status,
    ms,
    notices,
    ...given(row, RECORD_FIELDS),
    ...detail,
    ...(failure !== undefined && { failure: { ...(failure as Row), message } }),
    ...((Number(row['counted']) & HAS_USAGE) !== 0 && { usage: given(row, USAGE_FIELDS) }),
    ...(cost !== null && { cost: { amount: formatMoney(BigInt(String(cost))), rates } }),
    attempts: attempts.map((attempt) => attemptOf(attempt, Number(at))),
  } as unknown as ExchangeRecord
}

const attemptOf = (row: Row, began: number): AttemptRecord =>
  ({
    ...(JSON.parse(String(row['detail'])) as Row),
    at: began + Number(row['after']),
    ...given(row, ATTEMPT_FIELDS),
  }) as unknown as AttemptRecord
