/**
 * `ledger`: what is kept of requests, and for how long.
 *
 * @module
 */
import * as v from 'valibot'
import { choice, count, size, text } from './fields.ts'

const LedgerFields = v.strictObject(
  {
    store: v.optional(
      choice(
        'Where records are kept: in a SQLite database, in files of JSON lines, or in memory until the server ends. Default: sqlite where this runtime has it (Node 22.5 and later, Bun, Deno, or with the package libsql), else jsonl.',
        ['sqlite', 'jsonl', 'memory'],
      ),
    ),
    path: v.optional(
      text(
        'The database, or the folder of the files, from the folder of this file. Default: usage.db or usage, in the folder of the state of this user.',
      ),
    ),
    keepDays: v.optional(count('How many days records are kept; 0 is for ever. Default 400.')),
    capture: v.optional(
      choice(
        'Keep what was asked and answered, too: of requests that failed, or of all. Secrets of this configuration are taken out; all else that people wrote stays in. Default off.',
        ['off', 'errors', 'all'],
      ),
    ),
    captureBytes: v.optional(size('How much of a question and of an answer is kept. Default 64KiB.')),
    captureDays: v.optional(count('How many days they are kept; 0 is as long as their records. Default 7.')),
  },
  'false or an object',
)

export const Ledger = v.pipe(
  v.union([v.literal(false, 'false or an object'), LedgerFields], 'false or an object'),
  v.description('What is kept of requests: who used what, and what it cost. `false`: nothing.'),
)

/** What a configuration says of its ledger. */
export type LedgerConfig = Readonly<v.InferOutput<typeof LedgerFields>>
