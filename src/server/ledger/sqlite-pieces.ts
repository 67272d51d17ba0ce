/**
 * What a question about sums is put together from: the largest kept sums that lie within its time, smaller ones at the edges, and rows for
 * the rest.
 *
 * @module
 */
import type { SumQuery } from '../../accounts/ledger/store.ts'
import { bound, END } from './sqlite-values.ts'
import { DAY, HOUR, viewOf, type Facet, type View } from './sqlite-views.ts'

/** A stretch of time, from and before, and where its sums are: a view, or the rows. */
export interface Piece {
  from: number
  to: number
  view?: View
  /** Of each day only this hour, or all but this one. Milliseconds since the day began, in UTC. */
  only?: number
  without?: number
}

const MINUTE = 60_000

/**
 * @param facets what must be told apart
 * @param rowsOnly no sums are kept of what is asked for
 */
export function piecesOf({ from = 0, to = END, every, zone = 0 }: SumQuery, facets: ReadonlySet<Facet>, rowsOnly: boolean): Piece[] {
  const range = { from: bound(from), to: bound(to) }
  if (range.from >= range.to) return []
  const views = [viewOf(facets, DAY), viewOf(facets, HOUR)].filter((view) => view !== undefined)
  // Days begin amid an hour where the zone is India's, say: that hour of each day is counted by its rows.
  const midHour = every !== undefined && (zone * MINUTE) % HOUR !== 0
  if (rowsOnly || !views.length || (every === 'hour' && midHour)) return [range]
  const usable = views.filter(({ span }) => span === HOUR || every === undefined || (every !== 'hour' && (zone * MINUTE) % DAY === 0))
  if (!usable.length) return [range]
  const pieces = cover(range, usable)
  if (!midHour) return pieces
  const hour = Math.floor(((((-zone * MINUTE) % DAY) + DAY) % DAY) / HOUR) * HOUR
  return pieces.flatMap((piece) =>
    piece.view
      ? [
          { ...piece, without: hour },
          { from: piece.from, to: piece.to, only: hour },
        ]
      : [piece],
  )
}

function cover({ from, to }: Piece, [view, ...finer]: readonly View[]): Piece[] {
  if (from >= to) return []
  if (!view) return [{ from, to }]
  const first = Math.ceil(from / view.span) * view.span
  const last = Math.floor(to / view.span) * view.span
  if (first >= last) return cover({ from, to }, finer)
  return [...cover({ from, to: first }, finer), { from: first, to: last, view }, ...cover({ from: last, to }, finer)]
}
