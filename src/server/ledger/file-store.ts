/**
 * Records in files of JSON lines, one a month, with bodies in files of their own: for machines without SQLite, and for tools that read lines.
 *
 * Every question reads the months that it is about, so that it takes about a second for each hundred thousand requests.
 *
 * @module
 */
import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { newest } from '../../accounts/ledger/memory-store.ts'
import type { Bodies, ExchangeRecord } from '../../accounts/ledger/record.ts'
import { fitting } from '../../accounts/ledger/select.ts'
import type { RecordFilter, UsageStore } from '../../accounts/ledger/store.ts'
import { summing } from '../../accounts/ledger/sums.ts'
import { isObject } from '../../core/json.ts'
import { appendLines, keepLines, readLines, repairLines } from './json-lines.ts'

const FILE = /^(usage|bodies)-(\d{4}-\d{2})\.jsonl$/
const AT = /^\{"id":"[^"]*","at":(\d+)/

/** How many of the records that were added last are known to be there without a look. */
const KNOWN = 20_000

/** @param folder made where it is not there */
export async function openFileStore(folder: string, { now = Date.now }: { now?: () => number } = {}): Promise<UsageStore> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const openedAt = now()
  const added = new Set<string>()
  const pathOf = (kind: 'usage' | 'bodies', month: string) => join(folder, `${kind}-${month}.jsonl`)
  const months = async (kind: 'usage' | 'bodies' = 'usage'): Promise<string[]> =>
    (await readdir(folder))
      .map((name) => FILE.exec(name))
      .flatMap((found) => (found?.[1] === kind ? found[2]! : []))
      .sort()
  for (const kind of ['usage', 'bodies'] as const) {
    const last = (await months(kind)).at(-1)
    if (last !== undefined) await repairLines(pathOf(kind, last))
  }

  /** Writers go one after the other. */
  let last: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(write: () => Promise<T>): Promise<T> => {
    const turn = last.catch(() => {}).then(write)
    last = turn
    return turn
  }

  /** The records of a month that lie between two moments, without bodies. */
  async function* recordsOf(month: string, { from = -Infinity, to = Infinity }: Pick<RecordFilter, 'from' | 'to'> = {}) {
    const wanted = (line: string) => {
      const at = Number(AT.exec(line)?.[1])
      return !(at < from || at >= to)
    }
    for await (const value of readLines(pathOf('usage', month), wanted)) if (isRecord(value)) yield value
  }
  const bodiesOf = async (month: string, wanted: (id: string) => boolean): Promise<Map<string, Bodies>> => {
    const found = new Map<string, Bodies>()
    for await (const value of readLines(pathOf('bodies', month))) {
      if (!isRecord(value) || !wanted(value.id)) continue
      const { id, ...bodies } = value as { id: string } & Bodies
      found.set(id, bodies)
    }
    return found
  }
  /** The records of a month that fit, their bodies read only where the filter is about them. */
  async function* fittingIn(month: string, filter: RecordFilter): AsyncGenerator<ExchangeRecord> {
    const fits = fitting(filter)
    const bodies = filter.text === undefined ? undefined : await bodiesOf(month, () => true)
    for await (const record of recordsOf(month, filter)) {
      const own = bodies?.get(record.id)
      if (fits(own ? { ...record, bodies: own } : record)) yield record
    }
  }
  const monthsIn = async ({ from = -Infinity, to = Infinity }: RecordFilter): Promise<string[]> =>
    (await months()).filter((month) => startOf(month, 1) > from && startOf(month) < to)

  /** Ids of earlier times are looked for; those of this one are new unless they were added here: no two ledgers make the same. */
  const unknown = async (records: readonly ExchangeRecord[]): Promise<ExchangeRecord[]> => {
    const old = new Set(records.filter(({ id, at }) => at < openedAt && !added.has(id)).map(({ at }) => monthOf(at)))
    const there = new Set<string>()
    for (const month of old) for await (const { id } of recordsOf(month)) there.add(id)
    const fresh = new Map(records.map((record) => [record.id, record]))
    return [...fresh.values()].filter(({ id }) => !added.has(id) && !there.has(id))
  }
  const add = async (records: readonly ExchangeRecord[]): Promise<void> => {
    const fresh = await unknown(records)
    for (const [month, ofMonth] of byMonth(fresh)) {
      const bodies = ofMonth.flatMap(({ id, bodies }) => (bodies ? [{ id, ...bodies }] : []))
      if (bodies.length) await appendLines(pathOf('bodies', month), bodies)
      await appendLines(
        pathOf('usage', month),
        ofMonth.map(({ id, at, bodies: _bodies, ...record }) => ({ id, at, ...record })),
      )
      for (const { id } of ofMonth) added.add(id)
    }
    for (const id of added) {
      if (added.size <= KNOWN) break
      added.delete(id)
    }
  }
  const forget = async (before: number, what: 'records' | 'bodies'): Promise<number> => {
    let forgotten = 0
    for (const month of await months(what === 'records' ? 'usage' : 'bodies')) {
      if (startOf(month) >= before) continue
      const gone = new Set<string>()
      for await (const record of recordsOf(month, { to: before })) gone.add(record.id)
      const isGone = (value: unknown) => isRecord(value) && gone.has(value.id)
      const kinds = what === 'records' ? (['bodies', 'usage'] as const) : (['bodies'] as const)
      for (const kind of kinds) {
        const path = pathOf(kind, month)
        const count = await keepLines(path, (value) => !isGone(value))
        if (kind === kinds.at(-1)) forgotten += count
        if (startOf(month, 1) <= before) await rm(path, { force: true })
      }
    }
    return forgotten
  }

  return {
    add: (records) => inTurn(() => add(records)),
    async list(filter, { limit = 100, before } = {}) {
      let found: ExchangeRecord[] = []
      for (const month of (await monthsIn(filter)).toReversed()) {
        for await (const record of fittingIn(month, filter)) {
          if (before !== undefined && record.id >= before) continue
          found.push(record)
          if (found.length >= 2 * limit + KNOWN) found = newest(found, { limit })
        }
        if (found.length >= limit) break
      }
      return newest(found, { limit })
    },
    async get(id) {
      const looked = JSON.stringify(id)
      for (const month of (await months()).toReversed())
        for await (const value of readLines(pathOf('usage', month), (line) => line.startsWith(`{"id":${looked},`))) {
          if (!isRecord(value)) continue
          const bodies = (await bodiesOf(month, (own) => own === id)).get(id)
          return { ...value, ...(bodies && { bodies }) }
        }
      return undefined
    },
    async sum(query) {
      const sums = summing(query)
      const { text: _, ...rest } = query
      const counted = query.text === undefined ? sums : summing(rest)
      for (const month of await monthsIn(query)) for await (const record of fittingIn(month, query)) counted.add(record)
      return counted.rows()
    },
    forget: (before, what = 'records') => inTurn(() => forget(before, what)),
    close: () => inTurn(async () => {}),
  }
}

const isRecord = (value: unknown): value is ExchangeRecord => isObject(value) && typeof value.id === 'string'

const monthOf = (at: number): string => new Date(at).toISOString().slice(0, 7)

/** When a month begins, or one of those that follow it, in milliseconds since 1970. */
function startOf(month: string, later = 0): number {
  const [year, number] = month.split('-').map(Number)
  return Date.UTC(year!, number! - 1 + later)
}

function byMonth(records: readonly ExchangeRecord[]): Map<string, ExchangeRecord[]> {
  const months = new Map<string, ExchangeRecord[]>()
  for (const record of records) {
    const month = monthOf(record.at)
    const list = months.get(month)
    if (list) list.push(record)
    else months.set(month, [record])
  }
  return months
}
