/**
 * A configuration as it will be used: all presets filled in, all names checked.
 *
 * @module
 */
import type { Problem } from './problem.ts'
import type { ReadConfig } from './schema.ts'
import type { Resolved } from './secret.ts'
import { settleEndpoint, type SettledEndpoint } from './settle-endpoint.ts'
import type { Variables } from './variables.ts'

/** What was read, with all presets filled in; secrets may still stand as where they are to be had. */
export interface SettledConfig extends Omit<ReadConfig, '$schema' | 'endpoints'> {
  endpoints: Readonly<Record<string, SettledEndpoint>>
}

/** A configuration that can be used: durations in milliseconds, sizes in bytes, all secrets in their places. */
export type Config = Resolved<SettledConfig>

/** @param raw the configuration before its variables were replaced */
export function settle(read: ReadConfig, raw: unknown, variables: Variables, report: (problem: Problem) => void): SettledConfig {
  const { $schema, endpoints, ...rest } = read
  void $schema
  const written = (raw as { endpoints: Record<string, unknown> }).endpoints
  const settled = Object.entries(endpoints).flatMap(([name, endpoint]) => {
    const found = settleEndpoint(name, endpoint, written[name], variables, (field, message) =>
      report({ path: ['endpoints', name, field], message }),
    )
    return found ? [[name, found] as const] : []
  })
  return { ...rest, endpoints: Object.fromEntries(settled) }
}
