/**
 * The text of a first configuration, with comments that tell what else there is.
 *
 * @module
 */
import type { Preset } from '../config/presets.ts'

export interface FirstEndpoint {
  name: string
  preset?: Preset
  /** The variable that holds its key. */
  keyFrom?: string
  /** The key itself, where somebody typed it. */
  apiKey?: string
  protocol?: string
  baseUrl?: string
  model?: string
}

/** @param endpoints the default first */
export function firstConfig(endpoints: readonly FirstEndpoint[]): string {
  const names = endpoints.map(({ name }) => name)
  return `// The configuration of cc-route. "cc-route validate" checks it; a running server takes changes at once.
{
  "$schema": "https://cdn.jsdelivr.net/npm/cc-route/schema/cc-route.schema.json",

  // The providers. One that is known by name needs a key and nothing else: "$NAME" is a variable of the environment.
  "endpoints": {
${endpoints.map(endpointText).join(',\n')}
    // "local": { "protocol": "openai", "baseUrl": "http://localhost:8080/v1", "model": "qwen3" }
  },
${names.length > 1 ? poolText(names) : POOL_EXAMPLE}
  "routes": {
    // Where requests go that no other rule takes.
    "default": ${JSON.stringify(names.length > 1 ? 'main' : names[0])}
    // "background": "…",                                   small requests that clients make on the side
    // "longContext": { "to": "…", "above": 60000 },        requests of so many tokens
    // "think": "…"                                         requests that ask for reasoning
  }

  // "server": { "port": 3456 },
  // "log": { "level": "info" }
}
`
}

function endpointText({ name, preset, keyFrom, apiKey, protocol, baseUrl, model }: FirstEndpoint): string {
  const fields = {
    ...(preset && preset.name !== name && { preset: preset.name }),
    ...(protocol !== undefined && { protocol }),
    ...(baseUrl !== undefined && { baseUrl }),
    ...(apiKey !== undefined ? { apiKey } : keyFrom !== undefined && { apiKey: `$${keyFrom}` }),
    ...(model !== undefined && { model }),
  }
  const text = Object.entries(fields).map(([field, value]) => `${JSON.stringify(field)}: ${JSON.stringify(value)}`)
  const usual =
    model === undefined && preset?.model !== undefined ? ` // asks for ${preset.model} where the client names no model of it` : ''
  return `    ${usual ? `${usual.trim()}\n    ` : ''}${JSON.stringify(name)}: {${text.length ? ` ${text.join(', ')} ` : ''}}`
}

const poolText = (names: readonly string[]): string => `
  // When one fails, or its quota is used up, the next one answers.
  "pools": {
    "main": { "members": ${JSON.stringify(names).replaceAll(',', ', ')} }
  },
`

const POOL_EXAMPLE = `
  // Endpoints that stand in for each other: when one fails, the next one answers.
  // "pools": { "main": { "members": ["…", "local"] } },
`
