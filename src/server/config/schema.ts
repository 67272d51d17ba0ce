/**
 * The configuration file: the one source of its types, its validation, its JSON Schema and its documentation.
 *
 * @module
 */
import * as v from 'valibot'
import { Backup } from './backup-schema.ts'
import { budgets } from './budget-schema.ts'
import { Endpoint } from './endpoint-schema.ts'
import { named } from './fields.ts'
import { Groups } from './key-schema.ts'
import { Ledger } from './ledger-schema.ts'
import { Pool } from './pool-schema.ts'
import { Prices } from './price-schema.ts'
import { Routes } from './route-schema.ts'
import { Log, Server } from './server-schema.ts'

export const ConfigSchema = v.pipe(
  v.strictObject(
    {
      $schema: v.optional(v.pipe(v.string('a URL'), v.description('The address of this schema, for editors.'))),
      server: v.optional(Server),
      log: v.optional(Log),
      endpoints: named('The providers, by names of your own. The first is the default.', Endpoint, 'endpoints by name'),
      pools: v.optional(named('Endpoints that stand in for each other, by names of your own.', Pool, 'pools by name')),
      routes: v.optional(Routes),
      ledger: v.optional(Ledger),
      prices: v.optional(Prices),
      backup: v.optional(Backup),
      groups: v.optional(Groups),
      budgets: v.optional(budgets('What everybody together may use up; each of them holds.')),
    },
    'an object',
  ),
  v.title('cc-route'),
  v.description('The configuration of cc-route.'),
)

/** What may be written. */
export type ConfigInput = v.InferInput<typeof ConfigSchema>

/** What was read: durations in milliseconds, sizes in bytes; secrets may still stand as where they are to be had. */
export type ReadConfig = v.InferOutput<typeof ConfigSchema>
