/**
 * The sums of a batch of requests: one cell for each combination of names in an hour, and for each conversation in a day.
 *
 * @module
 */
import { mapped } from '../../core/mapped.ts'
import type { ExchangeRecord } from '../../accounts/ledger/record.ts'
import type { Money } from '../../accounts/money.ts'
import type { Combo } from './sqlite-combos.ts'
import { NUMBERS } from './sqlite-measures.ts'
import { moneyOf, momentOf, numberOr0 } from './sqlite-values.ts'
import { DAY, HOUR, startOf } from './sqlite-views.ts'

export interface Cell {
  at: number
  /** 0 for none. */
  session: number
  combo: Combo
  /** In the order of {@link NUMBERS}. */
  counts: number[]
  cost: Money
}

export interface Cells {
  /** @param combo its names, and `number` that of the combination; `session` 0 for none */
  add(record: ExchangeRecord, combo: Combo, number: number, session: number): void
  /** By the hour, without conversations. */
  readonly hours: ReadonlyMap<string, Cell>
  /** By the day and the conversation. */
  readonly conversations: ReadonlyMap<string, Cell>
}

export function createCells(): Cells {
  const hours = new Map<string, Cell>()
  const conversations = new Map<string, Cell>()
  return {
    hours,
    conversations,
    add(record, combo, number, session) {
      const hour = startOf(momentOf(record.at), HOUR)
      const day = startOf(hour, DAY)
      const one = cellOf(hours, `${hour} ${number}`, hour, 0, combo)
      const other = cellOf(conversations, `${day} ${number} ${session}`, day, session, combo)
      for (let index = 0; index < NUMBERS.length; index++) {
        const count = numberOr0(NUMBERS[index]!.of(record))
        one.counts[index]! += count
        other.counts[index]! += count
      }
      if (!record.cost) return
      const cost = moneyOf(record.cost)
      one.cost += cost
      other.cost += cost
    },
  }
}

function cellOf(cells: Map<string, Cell>, key: string, at: number, session: number, combo: Combo): Cell {
  let cell = cells.get(key)
  if (!cell) cells.set(key, (cell = { at, session, combo, counts: mapped(NUMBERS, () => 0), cost: 0n }))
  return cell
}

/** Adds a cell to one of the same. */
export function merge(into: Cell, { counts, cost }: Cell): void {
  for (let index = 0; index < counts.length; index++) into.counts[index]! += counts[index]!
  into.cost += cost
}

/** As text, for a while. */
export const packCells = ({ hours, conversations }: Cells): string =>
  JSON.stringify(
    [[...hours.values()], [...conversations.values()]].map((cells) => cells.map((cell) => ({ ...cell, cost: String(cell.cost) }))),
  )

export function unpackCells(text: string): { hours: Cell[]; conversations: Cell[] } {
  const [hours = [], conversations = []] = (JSON.parse(text) as (Omit<Cell, 'cost'> & { cost: string })[][]).map((cells) =>
    cells.map((cell) => ({ ...cell, cost: BigInt(cell.cost) })),
  )
  return { hours, conversations }
}
