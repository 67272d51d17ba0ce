/**
 * The tables of the ledger. What repeats is kept once: names and texts in `words`, and each combination of them that requests came with in
 * `combos`, so that a request is a short row of numbers.
 *
 * @module
 */
import { COMBO_COLUMNS } from './sqlite-combos.ts'
import { MEASURES } from './sqlite-measures.ts'

const numbers = (names: readonly string[], rule: string) => names.map((name) => `"${name}" INTEGER ${rule}`).join(', ')

/** Steps are only ever added: files remember how many they have seen. */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE words (id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, text TEXT NOT NULL);
  -- Filters know no case. Two words that differ in case alone are two rows, found by one look into this index.
  CREATE INDEX words_text ON words (kind, text COLLATE NOCASE);

  CREATE TABLE combos (id INTEGER PRIMARY KEY, ${numbers(COMBO_COLUMNS, 'NOT NULL')}, UNIQUE (${COMBO_COLUMNS.map((name) => `"${name}"`).join(', ')}));

  -- n is the moment it began, shifted by 20 bits, and a number among those of the same millisecond: rows lie in the order of time, and need
  -- no index for it.
  CREATE TABLE requests (
    n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, combo INTEGER NOT NULL, session INTEGER, subagent INTEGER, detail INTEGER NOT NULL,
    first_byte INTEGER NOT NULL, first_token INTEGER, ms INTEGER NOT NULL, message TEXT, counted INTEGER NOT NULL, input INTEGER,
    cache_read INTEGER, cache_write INTEGER, cache_write_long INTEGER, output INTEGER, reasoning INTEGER, tools INTEGER, cost INTEGER,
    notices INTEGER NOT NULL, attempts INTEGER NOT NULL
  );
  CREATE INDEX requests_session ON requests (session) WHERE session IS NOT NULL;

  CREATE TABLE attempts (
    n INTEGER NOT NULL, i INTEGER NOT NULL, detail INTEGER NOT NULL, after INTEGER NOT NULL, ms INTEGER, waited INTEGER, message TEXT,
    PRIMARY KEY (n, i)
  ) WITHOUT ROWID;

  CREATE TABLE bodies (n INTEGER PRIMARY KEY, request BLOB, response BLOB, cut INTEGER);
  -- Only which word is where: neither the texts again nor the places in them. The words are made ready beforehand, so this parts them at
  -- spaces alone.
  CREATE VIRTUAL TABLE texts USING fts5 (words, content = '', contentless_delete = 1, detail = none, tokenize = 'ascii');

  -- What the rows add up to, by the hour and the day.
  CREATE TABLE sums (
    view INTEGER NOT NULL, at INTEGER NOT NULL, session INTEGER NOT NULL, combo INTEGER NOT NULL,
    ${numbers(
      MEASURES.map(({ column }) => column),
      'NOT NULL',
    )},
    PRIMARY KEY (view, at, session, combo)
  ) WITHOUT ROWID;

  -- What batches added and is not in the sums yet.
  CREATE TABLE notes (id INTEGER PRIMARY KEY, cells TEXT NOT NULL);
  `,
]
