/**
 * Budgets in a file, which outlive the process, and which several processes share.
 *
 * @module
 */
import type { BudgetStore, Claim, Counter, Reserved, Tally } from '../../accounts/budgets/store.ts'
import { fits, LATE_MS, OVER_MS, refuseNegative, SEAT_MS, SWEEP_MS } from '../../accounts/budgets/store.ts'
import { systemClock, type Clock } from '../../core/clock.ts'
import { openDatabase, type Database, type OpenOptions } from '../sqlite/open.ts'
import type { Row, Value } from '../sqlite/reader.ts'

/** Amounts are picodollars or counts. What is for ever ends at {@link FOREVER}. What a hold takes is JSON: it is read and written with it, and asked for by nobody else. */
const MIGRATIONS = [
  `CREATE TABLE counters (
     name TEXT NOT NULL, begins INTEGER NOT NULL, ends INTEGER NOT NULL, spent INTEGER NOT NULL DEFAULT 0, held INTEGER NOT NULL DEFAULT 0,
     PRIMARY KEY (name, begins)
   ) WITHOUT ROWID;
   CREATE TABLE holds (id TEXT PRIMARY KEY, ends INTEGER NOT NULL, lapsed INTEGER NOT NULL DEFAULT 0, parts TEXT NOT NULL) WITHOUT ROWID;
   CREATE INDEX holds_by_end ON holds (ends)`,
]

const FOREVER = Number.MAX_SAFE_INTEGER
const endOf = (until: number) => (until === Infinity ? FOREVER : until)

// A sum that is too large for SQLite's integers becomes a float, whose text is no integer: it stays at the largest.
const TALLY =
  'SELECT CAST(CAST(spent AS INTEGER) AS TEXT) AS spent, CAST(CAST(held AS INTEGER) AS TEXT) AS held FROM counters WHERE name = ? AND begins = ?'
const HOLD =
  'INSERT INTO counters (name, begins, ends, held) VALUES (?, ?, ?, CAST(? AS INTEGER)) ON CONFLICT DO UPDATE SET held = CAST(held + excluded.held AS INTEGER)'
const MOVE =
  'UPDATE counters SET held = CAST(held + CAST(? AS INTEGER) AS INTEGER), spent = CAST(spent + CAST(? AS INTEGER) AS INTEGER) WHERE name = ? AND begins = ?'

export interface SqliteBudgetsOptions extends Pick<OpenOptions, 'busyMs' | 'load'> {
  clock?: Clock
}

/**
 * Opens budgets in a SQLite file, and makes it where there is none. Every operation is one transaction, so that processes that share the file
 * hold the same limits, and what was taken by one that was killed is not forgotten.
 *
 * @throws Error where there is no SQLite, or the file cannot be opened
 */
export async function openSqliteBudgets(
  path: string,
  { clock = systemClock, ...options }: SqliteBudgetsOptions = {},
): Promise<BudgetStore> {
  return sqliteBudgets(await openDatabase(path, { ...options, migrations: MIGRATIONS }), clock)
}

/** A claim as it is written down. */
type Part = readonly [name: string, begins: number, unit: string, amount: string, seat: 0 | 1]

interface Hold {
  lapsed: boolean
  parts: readonly Part[]
}

function sqliteBudgets(database: Database, clock: Clock): BudgetStore {
  const run = (sql: string, ...values: Value[]) => database.prepare(sql).run(...values).changes
  const all = (sql: string, ...values: Value[]) => database.prepare(sql).all(...values)

  const tallyOf = ({ name, from }: Counter): Tally => {
    const [row] = all(TALLY, name, from)
    return { spent: BigInt(String(row?.['spent'] ?? 0)), held: BigInt(String(row?.['held'] ?? 0)) }
  }
  const holdOf = (id: string): Hold | undefined => all('SELECT lapsed, parts FROM holds WHERE id = ?', id).map(readHold)[0]
  const move = ([name, begins]: Part, held: bigint, spent: bigint) => run(MOVE, `${held}`, `${spent}`, name, begins)
  const forget = (id: string) => run('DELETE FROM holds WHERE id = ?', id)

  const take = (id: string, claims: readonly Claim[], until: number): Reserved => {
    const tallies = claims.map(tallyOf)
    if (claims.some((claim, index) => !fits(claim, tallies[index]!))) return { taken: holdOf(id) !== undefined, tallies }
    const parts = claims.map(({ name, from, unit, amount, seat }): Part => [name, from, unit, `${amount}`, seat ? 1 : 0])
    const isNew = run('INSERT OR IGNORE INTO holds (id, ends, parts) VALUES (?, ?, ?)', id, endOf(until), JSON.stringify(parts)) > 0
    if (!isNew) return { taken: true, tallies }
    for (const { name, from, until: ends, amount } of claims) run(HOLD, name, from, endOf(ends), `${amount}`)
    return { taken: true, tallies: tallies.map(({ spent, held }, index) => ({ spent, held: held + claims[index]!.amount })) }
  }
  const settle = (id: string, usedOf: (unit: string, amount: bigint) => bigint) => {
    const hold = holdOf(id)
    if (!hold) return
    for (const part of hold.parts) {
      const [, , unit, text, seat] = part
      const amount = BigInt(text)
      const used = seat ? 0n : usedOf(unit, amount)
      if (!hold.lapsed) move(part, -amount, used)
      else if (!seat) move(part, 0n, used - amount)
    }
    forget(id)
  }
  let sweptAt = clock.now()
  const sweep = (): number => {
    const now = clock.now()
    sweptAt = now
    const lapsed = all('SELECT id, ends, lapsed, parts FROM holds WHERE (ends <= ? OR ends > ?) AND lapsed = 0', now, now + SEAT_MS)
      .map((row) => ({ row, isOver: Number(row['ends']) <= now, ...readHold(row) }))
      .filter(({ isOver, parts }) => isOver || parts.every(([, , , , seat]) => seat))
    for (const { row, parts } of lapsed) {
      for (const part of parts) move(part, -BigInt(part[3]), part[4] ? 0n : BigInt(part[3]))
      if (parts.every(([, , , , seat]) => seat)) forget(idOf(row))
      else run('UPDATE holds SET lapsed = 1 WHERE id = ?', idOf(row))
    }
    run('DELETE FROM holds WHERE ends <= ? AND lapsed = 1', now - LATE_MS)
    run('DELETE FROM counters WHERE ends <= ? AND held = 0', now - OVER_MS)
    return lapsed.length
  }

  return {
    reserve: (id, claims, until) =>
      database.transaction(() => {
        refuseNegative(claims)
        if (clock.now() - sweptAt >= SWEEP_MS) sweep()
        const reserved = take(id, claims, until)
        return reserved.taken || !sweep() ? reserved : take(id, claims, until)
      }),
    settle: (id, used) => database.transaction(() => settle(id, (unit, amount) => used[unit] ?? amount)),
    release: (id) => database.transaction(() => settle(id, () => 0n)),
    renew: (ids, until) =>
      database.transaction(() => {
        for (const id of ids) {
          const hold = holdOf(id)
          if (!hold) continue
          if (hold.lapsed) for (const part of hold.parts) move(part, BigInt(part[3]), part[4] ? 0n : -BigInt(part[3]))
          run('UPDATE holds SET ends = ?, lapsed = 0 WHERE id = ?', endOf(until), id)
        }
      }),
    tallies: (counters) => counters.map(tallyOf),
    reset: (name) =>
      database.transaction(() => {
        for (const row of all('SELECT id, lapsed, parts FROM holds WHERE lapsed = 1'))
          if (readHold(row).parts.some(([of]) => of === name)) forget(idOf(row))
        run('UPDATE counters SET spent = 0 WHERE name = ?', name)
      }),
    sweep: () => database.transaction(sweep),
    close: () => database.close(),
  }
}

const idOf = ({ id }: Row): string => String(id)

const readHold = ({ lapsed, parts }: Row): Hold => ({ lapsed: Number(lapsed) === 1, parts: JSON.parse(String(parts)) as Part[] })
