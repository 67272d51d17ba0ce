/**
 * Adds up what fits a question.
 *
 * @module
 */
import type { Dimension, Sum, SumQuery } from '../../accounts/ledger/store.ts'
import { formatMoney } from '../../accounts/money.ts'
import type { Database } from '../sqlite/open.ts'
import type { Value } from '../sqlite/reader.ts'
import { allOf, conditionsOf, type Condition, type Conditions } from './sqlite-filter.ts'
import type { KeptSums } from './sqlite-kept-sums.ts'
import { MEASURES, MICRO, NUMBERS } from './sqlite-measures.ts'
import { firstAt } from './sqlite-values.ts'
import { piecesOf, type Piece } from './sqlite-pieces.ts'
import { DAY, HOUR, type Facet } from './sqlite-views.ts'

/** Of `combos` c, as numbers of words, 0 for none; the status as it is. Of a session see {@link sqlOf}. */
const VALUE: Record<Exclude<Dimension, 'session'>, string> = {
  model: 'iif(c.served <> 0, c.served, c.asked)',
  endpoint: 'c.endpoint',
  tenant: 'c.tenant',
  group: 'c."group"',
  agent: 'c.agent',
  protocol: 'c.protocol',
  status: 'c.status',
  key: 'c.key',
  route: 'c.route',
}

const ORDER: Record<NonNullable<SumQuery['order']>, readonly string[]> = {
  cost: [`sum(cost_whole) + sum(cost_part) / ${MICRO}`, `sum(cost_part) % ${MICRO}`],
  requests: ['sum(requests)'],
  tokens: ['sum(input) + sum(cache_read) + sum(cache_write) + sum(output)'],
}

const SUMS = MEASURES.map(({ column }) => `ifnull(sum(${column}), 0)`)

export function sumRecords(database: Database, sums: KeptSums, query: SumQuery): Sum[] {
  const { by = [], every, order, limit = Infinity } = query
  const conditions = conditionsOf(database, query)
  const facets = new Set<Facet>([...by, ...(conditions?.facets ?? [])])
  const pieces = conditions ? piecesOf(query, facets, conditions.sessions !== undefined || conditions.match !== undefined) : []
  if (!conditions || !pieces.length) return by.length || every ? [] : [sumOf(EMPTY, query)].slice(0, limit)
  sums.bringUpToDate()
  const parts = pieces.map((piece) => pieceSql(piece, conditions, query))
  const all: Condition = { sql: `(${parts.map(({ sql }) => sql).join(' UNION ALL ')})`, values: parts.flatMap(({ values }) => values) }
  const groups = [...(every ? ['at'] : []), ...by.map((_, index) => `d${index}`)]
  const sizes = order ? ORDER[order] : []
  const most = Number.isFinite(limit) ? Math.max(0, Math.trunc(limit)) : -1
  const largest = by.includes('session') && most > 0 && sizes.length ? largestOf(database, all, groups, sizes, most) : NOTHING
  const names = by.map((dimension, index) =>
    dimension === 'status' ? `CAST(d${index} AS TEXT)` : `(SELECT text FROM words WHERE id = d${index})`,
  )
  // One value for each row: libsql takes a microsecond for every one, which for a long series is more than all the rest.
  const columns = `json_array(${[...(every ? ['at'] : []), ...names, ...SUMS].join(', ')}) AS json`
  const sorted = [...sizes.map((size) => `${size} DESC`), ...(every ? ['at'] : []), ...names.map((name) => `ifnull(${name}, '')`)]
  const sql = `SELECT ${columns} FROM ${all.sql} ${largest.sql}
    ${groups.length ? `GROUP BY ${groups.join(', ')} ORDER BY ${sorted.join(', ')}` : ''} LIMIT ?`
  return database
    .prepare(sql)
    .all(...all.values, ...largest.values, most)
    .map(({ json }) => sumOf(JSON.parse(String(json)) as unknown[], query))
}

const NOTHING: Condition = { sql: '', values: [] }

/**
 * Which groups are the largest, where there are many: a look at their sizes alone takes a quarter of the time of adding all of each up.
 * Nothing where the last of them is no larger than the next, and their names decide.
 */
function largestOf(database: Database, all: Condition, groups: readonly string[], sizes: readonly string[], most: number): Condition {
  const columns = [...groups, ...sizes.map((size, index) => `${size} AS size${index}`)].join(', ')
  const order = sizes.map((_, index) => `size${index} DESC`).join(', ')
  const rows = database
    .prepare(`SELECT ${columns} FROM ${all.sql} GROUP BY ${groups.join(', ')} ORDER BY ${order} LIMIT ?`)
    .all(...all.values, most + 1)
  const [last, next] = [rows[most - 1], rows[most]]
  if (last && next && sizes.every((_, index) => last[`size${index}`] === next[`size${index}`])) return NOTHING
  const found = rows.slice(0, most).map((row) => groups.map((name) => row[name]))
  const values = groups.map((_, index) => `value ->> ${index}`).join(', ')
  return { sql: `WHERE (${groups.join(', ')}) IN (SELECT ${values} FROM json_each(?))`, values: [JSON.stringify(found)] }
}

function pieceSql(
  { from, to, view, only, without }: Piece,
  { combo, sessions, match }: Conditions,
  { by = [], every, zone = 0 }: SumQuery,
): Condition {
  const begin = view ? 's.at' : '(r.n >> 20)'
  const session = view ? 's.session' : 'ifnull(r.session, 0)'
  const columns = [
    ...(every ? [`${spanSql(begin, every, Math.round(zone * 60_000))} AS at`] : []),
    ...by.map((dimension, index) => `${dimension === 'session' ? session : VALUE[dimension]} AS d${index}`),
    ...MEASURES.map(({ column, sql }) => `${view ? `s.${column}` : sql} AS ${column}`),
  ].join(', ')
  const where: Condition[] = [...combo]
  if (without !== undefined) where.push({ sql: `s.at % ${DAY} <> ${without}`, values: [] })
  if (view)
    return joined(
      `SELECT ${columns} FROM sums s JOIN combos c ON c.id = s.combo WHERE s.view = ? AND s.at >= ? AND s.at < ?`,
      [view.number, from, to],
      where,
    )
  if (sessions !== undefined) where.push({ sql: 'r.session IN (SELECT value FROM json_each(?))', values: [sessions] })
  if (match === '') where.push({ sql: 'r.n IN (SELECT n FROM bodies)', values: [] })
  else if (match !== undefined) where.push({ sql: 'r.n IN (SELECT rowid FROM texts WHERE texts MATCH ?)', values: [match] })
  const range = [firstAt(from), firstAt(to)]
  const rows = 'JOIN combos c ON c.id = r.combo WHERE'
  if (only === undefined) return joined(`SELECT ${columns} FROM requests r ${rows} r.n >= ? AND r.n < ?`, range, where)
  // Both bounds of the rows are the hour's, so that there is one way to look for them.
  const hours = `(WITH RECURSIVE days (day) AS (
      SELECT (min(n) >> 20) / ${DAY} * ${DAY} FROM requests UNION ALL
      SELECT day + ${DAY} FROM days WHERE day + ${DAY} <= (SELECT max(n) >> 20 FROM requests)
    ) SELECT max(?, (day + ${only}) << 20) AS first, min(?, (day + ${only + HOUR}) << 20) AS last FROM days) h`
  return joined(`SELECT ${columns} FROM ${hours} CROSS JOIN requests r ON r.n >= h.first AND r.n < h.last ${rows} TRUE`, range, where)
}

function joined(sql: string, values: Value[], where: readonly Condition[]): Condition {
  const all = allOf(where)
  return { sql: `${sql} AND ${all.sql}`, values: [...values, ...all.values] }
}

const STEP = { hour: HOUR, day: DAY, week: 7 * DAY }

/** 1970 began on a Thursday. */
const MONDAY = -3 * DAY

/** When the span begins in which a moment lies; see `spanStart`. @param shift of the zone, in milliseconds */
function spanSql(at: string, every: NonNullable<SumQuery['every']>, shift: number): string {
  if (every === 'month')
    return `CAST(strftime('%s', (${at} + ${shift}) / 1000, 'unixepoch', 'start of month') AS INTEGER) * 1000 - ${shift}`
  const step = STEP[every]
  const origin = (every === 'week' ? MONDAY : 0) - shift
  // Division goes towards zero: moments before the origin are moved beyond it for its time.
  return `((${at} - ${origin} + ${1000 * step}) / ${step} - 1000) * ${step} + ${origin}`
}

const EMPTY: readonly unknown[] = MEASURES.map(() => 0)

/** Field by field: a long series has tens of thousands. */
function sumOf(row: readonly unknown[], { by = [], every }: SumQuery): Sum {
  let column = 0
  const sum: Record<string, unknown> = {}
  if (every) sum['at'] = row[column++]
  const group: Sum['group'] = {}
  for (const dimension of by) {
    const name = row[column++]
    if (typeof name === 'string') group[dimension] = name
  }
  sum['group'] = group
  for (const { field } of NUMBERS) sum[field] = row[column++]
  sum['cost'] = formatMoney(BigInt(row[column] as number) * BigInt(MICRO) + BigInt(row[column + 1] as number))
  return sum as unknown as Sum
}
