/**
 * A configuration as it will be used: all presets filled in, all names checked.
 *
 * @module
 */
import type { Problem } from './problem.ts'
import type { ReadConfig } from './schema.ts'
import { isSecretSource, type Resolved } from './secret.ts'
import { settleEndpoint, type SettledEndpoint } from './settle-endpoint.ts'
import type { Variables } from './variables.ts'

/** What was read, with all presets filled in; secrets may still stand as where they are to be had. */
export interface SettledConfig extends Omit<ReadConfig, '$schema' | 'endpoints' | 'server'> {
  server: SettledServer
  endpoints: Readonly<Record<string, SettledEndpoint>>
}

export interface SettledServer extends Omit<NonNullable<ReadConfig['server']>, 'keys'> {
  /** With a name for each: `key-1`, `key-2` … where the file has none. */
  keys?: readonly SettledKey[]
}

type SettledKey = Extract<NonNullable<NonNullable<ReadConfig['server']>['keys']>[number], { name: string }>

/** A configuration that can be used: durations in milliseconds, sizes in bytes, all secrets in their places. */
export type Config = Resolved<SettledConfig>

/** @param raw the configuration before its variables were replaced */
export function settle(read: ReadConfig, raw: unknown, variables: Variables, report: (problem: Problem) => void): SettledConfig {
  const { $schema: _schema, endpoints, server: { keys, ...server } = {}, ...rest } = read
  const written = (raw as { endpoints: Record<string, unknown> }).endpoints
  const settled = Object.entries(endpoints).flatMap(([name, endpoint]) => {
    const found = settleEndpoint(name, endpoint, written[name], variables, (field, message) =>
      report({ path: ['endpoints', name, field], message }),
    )
    return found ? [[name, found] as const] : []
  })
  const names = new Set<string>()
  const namedKeys = keys?.map((item, index) => {
    const own: SettledKey = typeof item === 'object' && !isSecretSource(item) ? item : { name: `key-${index + 1}`, key: item }
    if (names.has(own.name))
      report({ path: ['server', 'keys', index], message: `there is another key called ${JSON.stringify(own.name)}. Names of keys differ` })
    names.add(own.name)
    return own
  })
  return { ...rest, server: { ...server, ...(namedKeys && { keys: namedKeys }) }, endpoints: Object.fromEntries(settled) }
}
