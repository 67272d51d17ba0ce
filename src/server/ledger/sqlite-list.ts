/**
 * Finds records, the newest first.
 *
 * @module
 */
import type { ExchangeRecord } from '../../accounts/ledger/record.ts'
import type { Page, RecordFilter } from '../../accounts/ledger/store.ts'
import type { Database } from '../sqlite/open.ts'
import type { Row } from '../sqlite/reader.ts'
import { bodiesOf } from './sqlite-bodies.ts'
import { allOf, conditionsOf, type Condition, type Conditions } from './sqlite-filter.ts'
import type { KeptSums } from './sqlite-kept-sums.ts'
import { bound, firstAt } from './sqlite-values.ts'
import { ATTEMPT_SQL, RECORD_SQL, recordOf } from './sqlite-record.ts'
import { HOUR, viewOf } from './sqlite-views.ts'

const ROWS = `SELECT ${RECORD_SQL} FROM requests r JOIN combos c ON c.id = r.combo`

/** Rows by `n`, from and up to. */
interface Range {
  from: bigint
  to: bigint
}

const EVER: Range = { from: 0n, to: 2n ** 63n - 1n }

export function listRecords(
  database: Database,
  sums: KeptSums,
  filter: RecordFilter,
  { limit = 100, before }: Page = {},
): ExchangeRecord[] {
  const conditions = conditionsOf(database, filter)
  const range = rangeOf(database, filter, before)
  if (!conditions || !range || limit <= 0) return []
  const rows = newestRows(database, sums, conditions, range, limit, before)
  return withAttempts(database, rows.slice(0, limit))
}

export function getRecord(database: Database, id: string): ExchangeRecord | undefined {
  const rows = database.prepare(`${ROWS} WHERE r.id = ?`).all(id)
  const [record] = withAttempts(database, rows)
  if (!record) return undefined
  const bodies = database.prepare('SELECT request, response, cut FROM bodies WHERE n = CAST(? AS INTEGER)').get(String(rows[0]!['n']))
  return bodies ? { ...record, bodies: bodiesOf(bodies) } : record
}

/** Which rows may fit by their time; `undefined` for none. */
function rangeOf(database: Database, { from, to }: RecordFilter, before: string | undefined): Range | undefined {
  const range = { ...EVER }
  if (from !== undefined) range.from = firstAt(bound(from))
  if (to !== undefined) range.to = firstAt(bound(to)) - 1n
  if (before !== undefined) {
    const older = database.prepare('SELECT n >> 20 AS at FROM requests WHERE id < ? ORDER BY id DESC LIMIT 1').get(before)
    if (!older) return undefined
    const last = firstAt(Number(older['at']) + 1) - 1n
    if (last < range.to) range.to = last
  }
  return range
}

function newestRows(
  database: Database,
  sums: KeptSums,
  conditions: Conditions,
  range: Range,
  limit: number,
  before: string | undefined,
): Row[] {
  const { combo, sessions, match } = conditions
  const all: Condition[] = [...combo]
  if (before !== undefined) all.push({ sql: 'r.id < ?', values: [before] })
  if (sessions !== undefined) all.push({ sql: 'r.session IN (SELECT value FROM json_each(?))', values: [sessions] })
  if (match === '') all.push({ sql: 'r.n IN (SELECT n FROM bodies)', values: [] })
  const where = allOf(all)
  const find = match ? finding(database, where, match) : inOrder(database, where)
  // Of a conversation there are few rows, which an index finds; of all else there may be few among a million.
  const sparse = combo.length > 0 && sessions === undefined && !match
  if (sparse) sums.bringUpToDate()
  const rows = sparse ? hourByHour(database, conditions, range, limit, find) : find(range, atMost(limit))
  return sorted(rows, limit, (at) => find(within(range, at, at + 1), -1))
}

/** The newest rows of a stretch of time. */
type Find = (within: Range, most: number) => Row[]

function inOrder(database: Database, where: Condition): Find {
  const statement = database.prepare(`${ROWS} WHERE r.n BETWEEN ? AND ? AND ${where.sql} ORDER BY r.n DESC LIMIT ?`)
  return ({ from, to }, most) => statement.all(from, to, ...where.values, most)
}

function finding(database: Database, where: Condition, match: string): Find {
  const statement = database.prepare(
    `SELECT ${RECORD_SQL} FROM texts CROSS JOIN requests r ON r.n = texts.rowid JOIN combos c ON c.id = r.combo
     WHERE texts MATCH ? AND texts.rowid BETWEEN ? AND ? AND ${where.sql} ORDER BY texts.rowid DESC LIMIT ?`,
  )
  return ({ from, to }, most) => statement.all(match, from, to, ...where.values, most)
}

/** Looks only into the hours that have what is looked for, as the sums know. */
function hourByHour(database: Database, { combo, facets }: Conditions, range: Range, limit: number, find: Find): Row[] {
  const { sql, values } = allOf(combo)
  const hours = database
    .prepare(
      `SELECT s.at FROM sums s WHERE s.view = ? AND s.at > ? AND s.at <= ? AND s.session = 0
        AND s.combo IN (SELECT c.id FROM combos c WHERE ${sql}) GROUP BY s.at ORDER BY s.at DESC LIMIT ?`,
    )
    // Each but the first and the last has at least one.
    .all(viewOf(facets, HOUR)!.number, Number(range.from >> 20n) - HOUR, Number(range.to >> 20n), ...values, atMost(limit + 2))
  const rows: Row[] = []
  for (const { at } of hours) {
    rows.push(...find(within(range, Number(at), Number(at) + HOUR), atMost(limit - rows.length)))
    if (rows.length >= limit) break
  }
  return rows
}

/** SQL's `LIMIT` knows whole numbers alone. */
const atMost = (limit: number): number => (Number.isFinite(limit) ? Math.ceil(limit) : -1)

function within({ from, to }: Range, since: number, until: number): Range {
  const [first, last] = [firstAt(since), firstAt(until) - 1n]
  return { from: first > from ? first : from, to: last < to ? last : to }
}

/** Rows of one millisecond lie as they came: they are put in the order of their ids, all of them where the page ends among them. */
function sorted(rows: Row[], limit: number, at: (moment: number) => Row[]): Row[] {
  const last = rows.at(-1)?.['at']
  const whole = rows.length < limit ? rows : [...rows.filter((row) => row['at'] !== last), ...at(Number(last))]
  return whole.toSorted((a, b) => (String(a['id']) < String(b['id']) ? 1 : -1))
}

function withAttempts(database: Database, rows: readonly Row[]): ExchangeRecord[] {
  const sql = `SELECT ${ATTEMPT_SQL} FROM json_each(?) j CROSS JOIN attempts a ON a.n = CAST(j.value AS INTEGER) ORDER BY a.n, a.i`
  const attempts = new Map<unknown, Row[]>(rows.map(({ n }) => [n, []]))
  for (const attempt of database.prepare(sql).all(JSON.stringify(rows.map(({ n }) => n)))) attempts.get(attempt['n'])?.push(attempt)
  return rows.map((row) => recordOf(row, attempts.get(row['n']) ?? []))
}
