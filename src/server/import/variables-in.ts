/**
 * Which variables of the environment a configuration cannot do without.
 *
 * @module
 */
import type { ConfigInput } from '../config/schema.ts'
import { expandVariables } from '../config/variables.ts'

/** Their names, once each. What is switched off needs none. */
export function variablesIn(config: ConfigInput): string[] {
  const names = new Set<string>()
  const asked = new Proxy<Record<string, string>>({}, { get: (_, name) => void names.add(String(name)) })
  const endpoints = Object.entries(config.endpoints).filter(([, { enabled }]) => enabled !== false)
  expandVariables({ ...config, endpoints }, asked, () => undefined)
  return [...names]
}
