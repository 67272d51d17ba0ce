/**
 * What of a provider may be set from outside. Whoever may change a configuration file may read any variable, file and program of the
 * server through it, and have its keys sent anywhere: the API must not be such a way.
 *
 * @module
 */
import { fail } from '../../core/failure.ts'
import { PRESETS } from '../config/presets.ts'
import { variableIn } from '../config/variables.ts'
import { addressBytes, bare, sameNetwork } from '../safety/ip-network.ts'

/** Where keys, or what may hold some, would go. */
const WHERE_KEYS_GO = ['baseUrl', 'preset', 'proxy'] as const
const KEYS = ['apiKey', 'apiKeys'] as const

/** @throws FailureError 400 for what may stand in a file only */
export function refuseReferences(value: unknown, path: string): void {
  const byHand = `Give the key itself, or write the reference into the file by hand.`
  if (typeof value === 'string') {
    const variable = variableIn(value)
    if (variable !== undefined || value.includes('$$'))
      refuse(`${path}: variables ("$${variable ?? ''}") are not looked up for this API. ${byHand}`, path)
    if (/(^|\.)(apiKey|apiKeys|key)(\.|\[|$)/.test(path) && value.startsWith('file:'))
      refuse(`${path}: files are not read for this API. ${byHand}`, path)
    return
  }
  if (typeof value !== 'object' || value === null) return
  if (/(^|\.)(apiKey|apiKeys)/.test(path) && ('file' in value || 'command' in value))
    refuse(`${path}: files are not read and programs are not run for this API. ${byHand}`, path)
  for (const [name, item] of Object.entries(value)) refuseReferences(item, Array.isArray(value) ? `${path}[${name}]` : `${path}.${name}`)
}

/**
 * Keys belong to the origin that they were configured for: who moves a provider gives its keys anew.
 *
 * @throws FailureError 400
 */
export function refuseMovedKeys(
  fields: Record<string, unknown>,
  old: { keys: readonly unknown[]; headers?: object; enabled?: boolean },
): void {
  const moved = WHERE_KEYS_GO.find((name) => name in fields)
  if (moved === undefined) return
  const hasKeys = old.keys.length > 0 || old.enabled === false
  if (hasKeys && !KEYS.some((name) => name in fields))
    refuse(`"${moved}" decides where the keys are sent. Give "apiKey" or "apiKeys" with it, null for none.`, 'apiKey')
  if (old.headers && !('headers' in fields))
    refuse(`"${moved}" decides where the headers are sent. Give "headers" with it, null for none.`, 'headers')
}

/**
 * A key of the environment goes to its provider's own address, and nowhere that was named here.
 *
 * @param next the provider as it would be
 * @throws FailureError 400
 */
export function refuseForeignKeys(fields: Record<string, unknown>, next: { baseUrl: string; keys: readonly unknown[] } | undefined): void {
  const givesKey = Boolean(fields['apiKey']) || (Array.isArray(fields['apiKeys']) && fields['apiKeys'].length > 0)
  const decides = 'baseUrl' in fields || 'preset' in fields || KEYS.some((name) => name in fields)
  if (!next?.keys.length || givesKey || !decides || !URL.canParse(next.baseUrl)) return
  const { origin } = new URL(next.baseUrl)
  const isOwn = PRESETS.some(({ baseUrl }) => baseUrl !== undefined && new URL(baseUrl).origin === origin)
  if (!isOwn) refuse('A key of the environment is not sent to an address that was given here. Give "apiKey" with it.', 'apiKey')
}

/** Addresses at which clouds tell their machines secrets. */
const METADATA = [
  ['169.254.0.0', 16],
  ['fe80::', 10],
  ['fd00:ec2::254', 128],
] as const

/** @throws FailureError 400 for an address that no provider has */
export function refuseMetadataAddress(baseUrl: unknown): void {
  if (typeof baseUrl !== 'string' || !URL.canParse(baseUrl)) return
  const host = bare(new URL(baseUrl).hostname).replace(/\.$/, '')
  const bytes = unmapped(addressBytes(host))
  const isMetadata = bytes
    ? METADATA.some(([network, prefix]) => sameNetwork(bytes, addressBytes(network)!, prefix))
    : /^metadata(\.google)?(\.internal)?$/.test(host)
  if (isMetadata) refuse(`baseUrl: ${host} is an address of the machine's cloud, and no provider's.`, 'baseUrl')
}

/** An IPv4 address in IPv6 clothes as what it is. */
const unmapped = (bytes: number[] | undefined): number[] | undefined =>
  bytes && sameNetwork(bytes, addressBytes('::ffff:0:0')!, 96) ? bytes.slice(12) : bytes

const refuse = (message: string, param: string): never => fail({ kind: 'invalid-request', message, param })
