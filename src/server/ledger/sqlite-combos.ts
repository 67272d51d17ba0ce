/**
 * What requests have in common: names as numbers, and each combination of them that occurs.
 *
 * @module
 */
import type { Dimension } from '../../accounts/ledger/store.ts'
import { createMemo } from '../../core/memo.ts'
import type { Database } from '../sqlite/open.ts'

/** Kinds of words. The numbers are in files. */
export const KIND = {
  model: 1,
  endpoint: 2,
  tenant: 3,
  group: 4,
  agent: 5,
  protocol: 6,
  key: 7,
  route: 8,
  session: 9,
  subagent: 10,
  /** What is left of a request and of an attempt, as JSON. */
  request: 11,
  attempt: 12,
} as const

export type Kind = keyof typeof KIND

/** The columns of a combination, and whose words are in them; `status` and `failed` are numbers as they are. 0 is none. */
export const COMBO: Readonly<Record<string, { dimension: Exclude<Dimension, 'session'> | 'failed'; kind?: Kind }>> = {
  asked: { dimension: 'model', kind: 'model' },
  served: { dimension: 'model', kind: 'model' },
  endpoint: { dimension: 'endpoint', kind: 'endpoint' },
  tenant: { dimension: 'tenant', kind: 'tenant' },
  group: { dimension: 'group', kind: 'group' },
  agent: { dimension: 'agent', kind: 'agent' },
  protocol: { dimension: 'protocol', kind: 'protocol' },
  key: { dimension: 'key', kind: 'key' },
  route: { dimension: 'route', kind: 'route' },
  status: { dimension: 'status' },
  failed: { dimension: 'failed' },
}

export const COMBO_COLUMNS = Object.keys(COMBO)

/** The values of {@link COMBO_COLUMNS}. */
export type Combo = readonly number[]

export interface Names {
  /** The number of a word; 0 for none. */
  word(kind: Kind, text: string | undefined): number
  /** The number of a combination. */
  combo(values: Combo): number
  /** To be called at the begin of each transaction that uses the others: another process may have taken away what nothing used. */
  refresh(): void
  /** To be called when a transaction was rolled back: what it added is not there. */
  forget(): void
}

/** Names that are known need no look into the database: so many of each kind. */
const KNOWN = 5000

const memosOfWords = () =>
  Object.fromEntries(Object.keys(KIND).map((kind) => [kind, createMemo<number>(KNOWN)])) as Record<
    Kind,
    ReturnType<typeof createMemo<number>>
  >

export function createNames(database: Database): Names {
  const findWord = database.prepare('SELECT id FROM words WHERE kind = ? AND text = ? COLLATE NOCASE AND text = ?')
  const addWord = database.prepare('INSERT INTO words (kind, text) VALUES (?, ?) RETURNING id')
  const columns = COMBO_COLUMNS.map((name) => `"${name}"`)
  const findCombo = database.prepare(`SELECT id FROM combos WHERE ${columns.map((name) => `${name} = ?`).join(' AND ')}`)
  const addCombo = database.prepare(`INSERT INTO combos (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')}) RETURNING id`)
  const version = database.prepare('PRAGMA data_version')
  let seen: unknown
  let words = memosOfWords()
  let combos = createMemo<number>(KNOWN)
  const forget = () => {
    words = memosOfWords()
    combos = createMemo(KNOWN)
  }
  return {
    word(kind, text) {
      if (text === undefined) return 0
      return words[kind](text, () => {
        const clean = withoutNul(text)
        return Number((findWord.get(KIND[kind], clean, clean) ?? addWord.get(KIND[kind], clean))?.['id'])
      })
    },
    combo: (values) => combos(values.join(' '), () => Number((findCombo.get(...values) ?? addCombo.get(...values))?.['id'])),
    refresh() {
      const now = version.get()?.['data_version']
      if (seen !== undefined && seen !== now) forget()
      seen = now
    },
    forget,
  }
}

/** Some readers end a text at its first NUL. */
export const withoutNul = (text: string): string => (text.includes('\0') ? text.replaceAll('\0', '\uFFFD') : text)
