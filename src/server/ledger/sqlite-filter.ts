/**
 * Filters as conditions.
 *
 * @module
 */
import type { RecordFilter } from '../../accounts/ledger/store.ts'
import { wantedWords } from '../../accounts/ledger/words.ts'
import { globOf } from '../../router/routing/glob.ts'
import type { Database } from '../sqlite/open.ts'
import type { Value } from '../sqlite/reader.ts'
import { KIND, type Kind } from './sqlite-combos.ts'
import type { Facet } from './sqlite-views.ts'

/** A condition, and the values of its question marks. */
export interface Condition {
  sql: string
  values: Value[]
}

export interface Conditions {
  /** Of `combos` c; none where every combination fits. */
  combo: Condition[]
  /** Numbers of sessions that fit, as JSON; `undefined` for any. */
  sessions?: string
  /** Of `texts`; `''` for anything that was captured. */
  match?: string
  /** What the conditions of `combo` need to be told apart. */
  facets: Set<Facet>
}

const NAMES = ['endpoint', 'tenant', 'group', 'agent'] as const

/** What a filter asks for; `undefined` where nothing can fit, as a name is unknown. */
export function conditionsOf(database: Database, filter: RecordFilter): Conditions | undefined {
  const { model, owner, protocol, status, failed, session, text } = filter
  const found: Conditions = { combo: [], facets: new Set() }
  const add = (facet: Facet, sql: string, ...values: Value[]) => {
    found.facets.add(facet)
    found.combo.push({ sql, values })
  }
  if (model !== undefined) {
    const words = wordsLike(database, 'model', model)
    if (!words) return undefined
    add('model', '(c.asked IN (SELECT value FROM json_each(?)) OR c.served IN (SELECT value FROM json_each(?)))', words, words)
  }
  for (const name of NAMES) {
    const pattern = filter[name]
    if (pattern === undefined) continue
    const words = wordsLike(database, name, pattern)
    if (!words) return undefined
    add(name, `c."${name}" IN (SELECT value FROM json_each(?))`, words)
  }
  if (owner !== undefined) add('tenant', `c.tenant = (SELECT id FROM words WHERE kind = ${KIND.tenant} AND text = ?)`, owner)
  if (protocol !== undefined) add('protocol', `c.protocol = (SELECT id FROM words WHERE kind = ${KIND.protocol} AND text = ?)`, protocol)
  if (status !== undefined) {
    const hundred = /^([1-5])xx$/i.exec(status)?.[1]
    add('status', hundred === undefined ? 'CAST(c.status AS TEXT) = ?' : 'substr(c.status, 1, 1) = ?', hundred ?? status)
  }
  if (failed !== undefined) add('failed', 'c.failed = ?', Number(failed))
  if (session !== undefined) {
    found.sessions = wordsLike(database, 'session', session)
    if (!found.sessions) return undefined
  }
  if (text !== undefined)
    found.match = wantedWords(text)
      .map((word) => `"${word}"`)
      .join(' ')
  return found
}

/** The numbers of the words that fit a pattern, as JSON. */
function wordsLike(database: Database, kind: Kind, pattern: string): string | undefined {
  const { wild, test } = globOf(pattern)
  // The index knows the case of ASCII alone.
  const [begin = ''] = /^[^*\u0080-\uffff]*/.exec(pattern) ?? []
  const rows =
    !wild && begin === pattern
      ? database.prepare('SELECT id, text FROM words WHERE kind = ? AND text = ? COLLATE NOCASE').all(KIND[kind], begin)
      : database
          .prepare('SELECT id, text FROM words WHERE kind = ? AND text >= ? COLLATE NOCASE AND text < ? COLLATE NOCASE')
          .all(KIND[kind], begin, `${begin}\u{10ffff}`)
  const ids = rows.flatMap(({ id, text }) => (test(String(text)) ? [Number(id)] : []))
  return ids.length ? JSON.stringify(ids) : undefined
}

/** Conditions, all of which hold; `WHERE` where there are none. */
export const allOf = (conditions: readonly Condition[]): Condition => ({
  sql: conditions.map(({ sql }) => sql).join(' AND ') || 'TRUE',
  values: conditions.flatMap(({ values }) => values),
})
