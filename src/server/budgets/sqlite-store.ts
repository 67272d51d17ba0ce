/**
 * Budgets in a file, which outlive the process, and which several processes share.
 *
 * @module
 */
import type { BudgetStore, Claim, Counter, Tally } from '../../accounts/budgets/store.ts'
import { fits, LATE_MS, SWEEP_MS } from '../../accounts/budgets/store.ts'
import { systemClock, type Clock } from '../../core/clock.ts'
import { openDatabase, type Database, type OpenOptions } from '../sqlite/open.ts'
import type { Row } from '../sqlite/reader.ts'

/** Amounts are picodollars or counts. What is for ever ends at {@link FOREVER}. */
const MIGRATIONS = [
  `CREATE TABLE counters (
     name TEXT NOT NULL, begins INTEGER NOT NULL, ends INTEGER NOT NULL, spent INTEGER NOT NULL DEFAULT 0, held INTEGER NOT NULL DEFAULT 0,
     PRIMARY KEY (name, begins)
   ) WITHOUT ROWID;
   CREATE TABLE holds (id TEXT PRIMARY KEY, ends INTEGER NOT NULL, lapsed INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
   CREATE INDEX holds_by_end ON holds (ends);
   CREATE TABLE parts (
     id TEXT NOT NULL, name TEXT NOT NULL, begins INTEGER NOT NULL, unit TEXT NOT NULL, amount INTEGER NOT NULL, seat INTEGER NOT NULL,
     PRIMARY KEY (id, name, begins)
   ) WITHOUT ROWID;
   CREATE INDEX parts_by_counter ON parts (name, begins)`,
]

const FOREVER = Number.MAX_SAFE_INTEGER
const endOf = (until: number) => (until === Infinity ? FOREVER : until)

const TALLY = 'SELECT CAST(spent AS TEXT) AS spent, CAST(held AS TEXT) AS held FROM counters WHERE name = ? AND begins = ?'
const PARTS = 'SELECT name, begins, unit, CAST(amount AS TEXT) AS amount, seat FROM parts WHERE id = ?'
const MOVE = 'UPDATE counters SET held = held + CAST(? AS INTEGER), spent = spent + CAST(? AS INTEGER) WHERE name = ? AND begins = ?'

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

interface Part {
  name: string
  begins: number
  unit: string
  amount: bigint
  seat: boolean
}

function sqliteBudgets(database: Database, clock: Clock): BudgetStore {
  const { prepare } = database
  const tallyOf = ({ name, from }: Counter): Tally => {
    const row = prepare(TALLY).get(name, from)
    return { spent: amountIn(row, 'spent'), held: amountIn(row, 'held') }
  }
  const partsOf = (id: string): Part[] =>
    prepare(PARTS)
      .all(id)
      .map((row) => ({
        name: String(row['name']),
        begins: Number(row['begins']),
        unit: String(row['unit']),
        amount: amountIn(row, 'amount'),
        seat: Number(row['seat']) === 1,
      }))
  const move = ({ name, begins }: Part, held: bigint, spent: bigint) => prepare(MOVE).run(`${held}`, `${spent}`, name, begins)
  const lapsedOf = (id: string): boolean | undefined => {
    const row = prepare('SELECT lapsed FROM holds WHERE id = ?').get(id)
    return row && Number(row['lapsed']) === 1
  }
  const forget = (id: string) => {
    prepare('DELETE FROM holds WHERE id = ?').run(id)
    prepare('DELETE FROM parts WHERE id = ?').run(id)
  }

  const take = (id: string, claims: readonly Claim[], until: number): boolean => {
    if (lapsedOf(id) !== undefined) return true
    if (claims.some((claim) => !fits(claim, tallyOf(claim)))) return false
    prepare('INSERT INTO holds (id, ends) VALUES (?, ?)').run(id, endOf(until))
    for (const { name, from, until: ends, unit, amount, seat } of claims) {
      prepare(
        'INSERT INTO counters (name, begins, ends, held) VALUES (?, ?, ?, CAST(? AS INTEGER)) ON CONFLICT DO UPDATE SET held = held + excluded.held',
      ).run(name, from, endOf(ends), `${amount}`)
      prepare('INSERT INTO parts (id, name, begins, unit, amount, seat) VALUES (?, ?, ?, ?, CAST(? AS INTEGER), ?)').run(
        id,
        name,
        from,
        unit,
        `${amount}`,
        seat ? 1 : 0,
      )
    }
    return true
  }
  const settle = (id: string, usedOf: (part: Part) => bigint) => {
    const lapsed = lapsedOf(id)
    if (lapsed === undefined) return
    for (const part of partsOf(id)) {
      const { amount, seat } = part
      const used = seat ? 0n : usedOf(part)
      if (!lapsed) move(part, -amount, used)
      else if (!seat) move(part, 0n, used - amount)
    }
    forget(id)
  }
  let sweptAt = clock.now()
  const sweep = (): number => {
    const now = clock.now()
    sweptAt = now
    const lapsed = idsIn(prepare('SELECT id FROM holds WHERE ends <= ? AND lapsed = 0').all(now))
    for (const id of lapsed) {
      const parts = partsOf(id)
      for (const part of parts) move(part, -part.amount, part.seat ? 0n : part.amount)
      if (parts.every(({ seat }) => seat)) forget(id)
      else prepare('UPDATE holds SET lapsed = 1 WHERE id = ?').run(id)
    }
    for (const id of idsIn(prepare('SELECT id FROM holds WHERE ends <= ? AND lapsed = 1').all(now - LATE_MS))) forget(id)
    prepare(
      'DELETE FROM counters WHERE ends <= ? AND NOT EXISTS (SELECT 1 FROM parts WHERE parts.name = counters.name AND parts.begins = counters.begins)',
    ).run(now)
    return lapsed.length
  }

  return {
    reserve: (id, claims, until) =>
      database.transaction(() => {
        if (clock.now() - sweptAt >= SWEEP_MS) sweep()
        const taken = take(id, claims, until) || (sweep() > 0 && take(id, claims, until))
        return { taken, tallies: claims.map(tallyOf) }
      }),
    settle: (id, used) => database.transaction(() => settle(id, ({ unit, amount }) => used[unit] ?? amount)),
    release: (id) => database.transaction(() => settle(id, () => 0n)),
    renew: (ids, until) =>
      database.transaction(() => {
        for (const id of ids) {
          const lapsed = lapsedOf(id)
          if (lapsed === undefined) continue
          if (lapsed) for (const part of partsOf(id)) move(part, part.amount, part.seat ? 0n : -part.amount)
          prepare('UPDATE holds SET ends = ?, lapsed = 0 WHERE id = ?').run(endOf(until), id)
        }
      }),
    tallies: (counters) => counters.map(tallyOf),
    reset: (name) =>
      database.transaction(() => {
        const late = 'SELECT DISTINCT id FROM parts WHERE name = ? AND id IN (SELECT id FROM holds WHERE lapsed = 1)'
        for (const id of idsIn(prepare(late).all(name))) forget(id)
        prepare('UPDATE counters SET spent = 0 WHERE name = ?').run(name)
      }),
    sweep: () => database.transaction(sweep),
    close: () => database.close(),
  }
}

const amountIn = (row: Row | undefined, column: string): bigint => BigInt(String(row?.[column] ?? 0))

const idsIn = (rows: readonly Row[]): string[] => rows.map(({ id }) => String(id))
