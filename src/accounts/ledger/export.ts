/**
 * Records for other programs: as a table for spreadsheets, or as JSON. Piece by piece, however many there are.
 *
 * @module
 */
import { isFailed } from './failed.ts'
import type { ExchangeRecord } from './record.ts'
import type { RecordFilter, UsageStore } from './store.ts'

const PAGE = 500

/**
 * All records that fit, the newest first, a page of the store at a time.
 *
 * @param whole with what was asked and answered, where that is kept: takes a look at each. Default `false`
 */
export async function* recordsOf(store: UsageStore, filter: RecordFilter = {}, { whole = false } = {}): AsyncGenerator<ExchangeRecord> {
  for (let before: string | undefined; ;) {
    const page = await store.list(filter, { limit: PAGE, ...(before !== undefined && { before }) })
    for (const record of page) yield (whole ? await store.get(record.id) : undefined) ?? record
    if (page.length < PAGE) return
    before = page.at(-1)?.id
  }
}

/** Records as text, in pieces. */
export type Export = (records: AsyncIterable<ExchangeRecord>) => AsyncGenerator<string>

type Field = string | number | boolean | undefined

/** The columns of a table. Moments as ISO 8601 in UTC, money in US dollars. */
const COLUMNS: readonly (readonly [name: string, value: (record: ExchangeRecord) => Field])[] = [
  ['id', ({ id }) => id],
  ['at', ({ at }) => new Date(at).toISOString()],
  ['tenant', ({ tenant }) => tenant],
  ['group', ({ group }) => group],
  ['agent', ({ agent }) => agent],
  ['session', ({ session }) => session],
  ['subagent', ({ subagent }) => subagent],
  ['protocol', ({ protocol }) => protocol],
  ['method', ({ method }) => method],
  ['path', ({ path }) => path],
  ['asked', ({ asked }) => asked],
  ['served', ({ served }) => served],
  ['endpoint', ({ endpoint }) => endpoint],
  ['key', ({ key }) => key],
  ['route', ({ route }) => route],
  ['status', ({ status }) => status],
  ['ended', ({ ended }) => ended],
  ['failed', isFailed],
  ['failure', ({ failure }) => failure?.message],
  ['first_byte_ms', ({ firstByteMs }) => firstByteMs],
  ['first_token_ms', ({ firstTokenMs }) => firstTokenMs],
  ['ms', ({ ms }) => ms],
  ['input', ({ usage }) => usage?.input],
  ['cache_read', ({ usage }) => usage?.cacheRead],
  ['cache_write', ({ usage }) => usage?.cacheWrite],
  ['cache_write_long', ({ usage }) => usage?.cacheWriteLong],
  ['output', ({ usage }) => usage?.output],
  ['reasoning', ({ usage }) => usage?.reasoning],
  ['server_tool_calls', ({ usage }) => usage?.serverToolCalls],
  ['estimated', ({ estimated }) => estimated ?? false],
  ['cost', ({ cost }) => cost?.amount],
  ['attempts', ({ attempts }) => attempts.length],
  ['notices', ({ notices }) => notices],
]

/** @see https://www.rfc-editor.org/rfc/rfc4180 */
export const csvOf: Export = async function* (records) {
  yield csvLine(COLUMNS.map(([name]) => name))
  for await (const record of records) yield csvLine(COLUMNS.map(([, value]) => value(record)))
}

/** A line of a table, its end with it: none of its cells can be taken for a formula. */
export const csvLine = (fields: readonly Field[]): string => `${fields.map(csvField).join(',')}\r\n`

/**
 * What spreadsheets take for a formula, which may send away what else stands in the table. Clients choose some of the names.
 *
 * @see https://owasp.org/www-community/attacks/CSV_Injection
 */
const FORMULA = /^[\t\r\n ]*[=+\-@\t\r\n＝＋－＠]/
const NUMBER = /^-?\d+(\.\d+)?$/

function csvField(value: Field): string {
  const text = String(value ?? '')
  const safe = FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** One array. */
export const jsonOf: Export = async function* (records) {
  let before = '[\n'
  for await (const record of records) {
    yield before + JSON.stringify(record)
    before = ',\n'
  }
  yield before === '[\n' ? '[]\n' : '\n]\n'
}

/** A record a line. */
export const jsonLinesOf: Export = async function* (records) {
  for await (const record of records) yield `${JSON.stringify(record)}\n`
}
