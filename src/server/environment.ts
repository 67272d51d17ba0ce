/**
 * The set-up that the environment tells: an endpoint for each provider whose key is there.
 *
 * @module
 */
import { PRESETS, type Preset } from './config/presets.ts'
import { isLoopback } from './safety/guard.ts'
import { bare } from './safety/ip-network.ts'
import type { NamedEndpoint, Setup } from './setup.ts'

type Variables = Readonly<Record<string, string | undefined>>

/** The first variable of each provider, for people who have none yet. */
export const KEY_VARIABLES: readonly string[] = PRESETS.flatMap(({ keys }) => keys.slice(0, 1))

/**
 * Makes an endpoint for each provider whose key is in `variables`; `undefined` where there is none.
 *
 * @param port the server's own port: a base URL that leads back to it (`ANTHROPIC_BASE_URL`, set for a client) is not followed
 */
export function readEnvironment(variables: Variables, port?: number): Setup | undefined {
  const endpoints = PRESETS.flatMap((preset): NamedEndpoint[] => {
    const key = keyIn(preset, variables)
    const baseUrl = addressIn(preset, variables, port)
    if (!key || !baseUrl) return []
    const { name, protocol, own, dialect } = preset
    const model = modelIn(preset, variables)
    return [{ name, protocol, baseUrl, apiKey: key.key, keyFrom: key.from, model, own, dialect }]
  })
  return endpoints[0] && { endpoints, default: endpoints[0].name }
}

/** A provider's key, and the variable that it is from. */
export function keyIn({ keys }: Preset, variables: Variables): { key: string; from: string } | undefined {
  const from = keys.find((name) => variables[name]?.trim())
  return from === undefined ? undefined : { key: variables[from]!.trim(), from }
}

/** A provider's address: where its own variable says, unless that leads back to this server's `port`. */
export function addressIn({ address, baseUrl }: Preset, variables: Variables, port?: number): string | undefined {
  const moved = address && variables[address]?.trim()
  return moved && URL.canParse(moved) && !leadsTo(moved, port) ? moved : baseUrl
}

const modelIn = ({ modelFrom, model }: Preset, variables: Variables): string | undefined =>
  (modelFrom && variables[modelFrom]?.trim()) || model

function leadsTo(baseUrl: string, port: number | undefined): boolean {
  const url = new URL(baseUrl)
  return isLoopback(bare(url.hostname)) && url.port === String(port)
}
