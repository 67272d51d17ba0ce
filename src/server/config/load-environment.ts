/**
 * The configuration that the environment makes where there is no file.
 *
 * @module
 */
import { readEnvironment } from '../environment.ts'
import { readOverrides, type Override } from './overlay.ts'
import type { Problem } from './problem.ts'
import { parseConfig } from './parse.ts'
import type { Config } from './settle.ts'
import type { Variables } from './variables.ts'

const DEFAULT_PORT = 3456

export interface EnvironmentConfig {
  config: Config
  warnings: readonly Problem[]
  /** There is no key: nothing but the settings of the server is of use. */
  isEmpty: boolean
}

/** An endpoint for each provider whose key is there, and what `CC_ROUTE_*` and flags say. @throws ConfigError */
export async function loadEnvironment(variables: Variables, flags: readonly Override[] = []): Promise<EnvironmentConfig> {
  const { overrides: found, doubts } = readOverrides(variables)
  const overrides = [...found, ...flags]
  const port = Number(overrides.findLast(({ path }) => path.join('.') === 'server.port')?.value ?? DEFAULT_PORT)
  const setup = readEnvironment(variables, port)
  const endpoints = setup?.endpoints.map(({ name, baseUrl, model, keyFrom }) => [
    name,
    { preset: name, baseUrl, ...(model !== undefined && { model }), apiKey: `\${${keyFrom}}` },
  ])
  const text = JSON.stringify({ endpoints: endpoints ? Object.fromEntries(endpoints) : { none: { preset: 'ollama' } } })
  const reading = await parseConfig(text, { source: 'The environment', variables, overrides })
  return { config: reading.config, warnings: [...doubts, ...reading.doubts], isEmpty: !setup }
}
