/**
 * Which sums are kept beside the rows, as data: what a question needs is found in the smallest of them that has it.
 *
 * @module
 */
import type { Dimension } from '../../accounts/ledger/store.ts'
import { COMBO, COMBO_COLUMNS, type Combo } from './sqlite-combos.ts'

export const HOUR = 3_600_000
export const DAY = 24 * HOUR

export type Facet = Dimension | 'failed'

export interface View {
  /** In files. */
  number: number
  span: number
  /** What it can tell apart. */
  facets: ReadonlySet<Facet>
  /** A combination with all else taken out of it. */
  reduce(combo: Combo): Combo
}

const ALL = [...new Set(Object.values(COMBO).map(({ dimension }) => dimension))]

/**
 * Nothing, each dimension alone, pairs that overviews show, and all of them: where they are independent of each other the last has almost as
 * many rows as there are requests, so that the others are what answers most questions.
 */
const FACETS: readonly (readonly Facet[])[] = [
  [],
  ['model'],
  ['endpoint'],
  ['tenant'],
  ['group'],
  ['agent'],
  ['protocol'],
  ['key'],
  ['route'],
  ['status', 'failed'],
  ['model', 'tenant'],
  ['model', 'endpoint', 'status', 'failed'],
  ALL,
]

const view = (number: number, span: View['span'], names: readonly Facet[]): View => {
  const facets = new Set(names)
  const kept = COMBO_COLUMNS.map((column) => facets.has(COMBO[column]!.dimension))
  return { number, span, facets, reduce: (combo) => combo.map((value, index) => (kept[index] ? value : 0)) }
}

/** The smallest first. */
export const VIEWS: readonly View[] = [
  ...FACETS.map((facets, index) => view(index, DAY, facets)),
  ...FACETS.map((facets, index) => view(FACETS.length + index, HOUR, facets)),
]

/** The sums of conversations. One has one client as a rule, so that telling clients apart adds no rows. */
export const SESSIONS = view(2 * FACETS.length, DAY, ['session', 'tenant', 'group', 'agent', 'protocol'])

export const startOf = (at: number, span: number): number => Math.floor(at / span) * span

/** The smallest sums of a span that tell these apart; `undefined` where only the rows do. */
export const viewOf = (facets: ReadonlySet<Facet>, span: View['span']): View | undefined =>
  [...VIEWS, SESSIONS].find((view) => view.span === span && [...facets].every((facet) => view.facets.has(facet)))
