/**
 * An endpoint as it will be used: what the file says, over what the preset says.
 *
 * @module
 */
import type * as v from 'valibot'
import type { ProtocolName } from '../../core/chat.ts'
import { dialectFor } from '../../transformers/dialects.ts'
import { protocols } from '../../transformers/registry.ts'
import { keyIn } from '../environment.ts'
import type { Endpoint } from './endpoint-schema.ts'
import { PRESET_NAMES, presetOf } from './presets.ts'
import { mayBeSecret } from './may-be-secret.ts'
import { isSecretSource, type SecretSource } from './secret.ts'
import { didYouMean } from './suggest.ts'
import { variableIn, type Variables } from './variables.ts'

type Written = v.InferOutput<typeof Endpoint>

export interface SettledEndpoint extends Omit<Written, 'preset' | 'apiKey' | 'apiKeys' | 'protocol' | 'baseUrl'> {
  protocol: ProtocolName
  baseUrl: string
  keys: readonly SettledKey[]
  /** Models that the provider itself has. */
  own?: RegExp
}

export interface SettledKey {
  key: string | SecretSource
  name?: string | undefined
  org?: string | undefined
  /** Where it was found, for people. */
  from: string
}

type Report = (field: string, message: string) => void

/** Fills in what the preset says. `raw` is the endpoint before its variables were replaced. `undefined` where it cannot work. */
export function settleEndpoint(
  name: string,
  written: Written,
  raw: unknown,
  variables: Variables,
  report: Report,
): SettledEndpoint | undefined {
  const { preset: asked, apiKey, apiKeys, ...rest } = written
  const preset =
    asked !== undefined ? presetOf(asked) : written.baseUrl === undefined || written.protocol === undefined ? presetOf(name) : undefined
  if (asked !== undefined && !preset) {
    report('preset', `there is no preset ${JSON.stringify(asked)}.${didYouMean(asked, PRESET_NAMES)} Known: ${PRESET_NAMES.join(', ')}.`)
    return undefined
  }
  const protocol = written.protocol ?? preset?.protocol
  const baseUrl = written.baseUrl ?? preset?.baseUrl
  if (!protocol)
    report(
      'protocol',
      `expected one of ${Object.keys(protocols).join(', ')}, found nothing. A preset would tell it: ${PRESET_NAMES.slice(0, 5).join(', ')} …`,
    )
  if (baseUrl === undefined) {
    const example = preset?.example ? `the address of your account, such as ${preset.example}` : 'a URL such as https://api.example.com/v1'
    report('baseUrl', `expected ${example}, found nothing`)
  } else checkUrl(baseUrl, rest.enabled === false, report)
  if (apiKey !== undefined && apiKeys !== undefined) report('apiKeys', 'there is "apiKey", too. Put all keys into "apiKeys"')
  if (!protocol || baseUrl === undefined) return undefined

  const moved = preset !== undefined && written.baseUrl !== undefined && originOf(written.baseUrl) !== originOf(preset.baseUrl)
  const dialect = rest.dialect ?? (preset && written.protocol === undefined ? preset.dialect : undefined)
  checkDialect(protocol, dialect, report)
  const keys = keysOf(apiKey, apiKeys, raw)
  // A key of the environment belongs to the provider's own address: elsewhere it is sent only where the file says so.
  const found = keys.length || !preset || (moved && preset.baseUrl !== undefined) ? undefined : keyIn(preset, variables)
  if (!keys.length && preset?.keys.length && !found && !moved && rest.enabled !== false)
    report('apiKey', `there is no key. Set the environment variable ${preset.keys.join(' or ')}, or write "apiKey"`)
  return {
    ...rest,
    protocol,
    baseUrl,
    keys: found ? [found] : keys,
    model: rest.model ?? (rest.models ? undefined : preset?.model),
    ...(dialect !== undefined && { dialect }),
    ...(preset?.own && { own: preset.own }),
  }
}

const originOf = (url: string | undefined) => (url !== undefined && URL.canParse(url) ? new URL(url).origin : undefined)

function checkUrl(baseUrl: string, off: boolean, report: Report): void {
  if (off) return
  if (!/^https?:\/\/[^/]/i.test(baseUrl) || !URL.canParse(baseUrl))
    report(
      'baseUrl',
      `expected a URL such as https://api.example.com/v1, found ${mayBeSecret(baseUrl, []) ? 'a text' : JSON.stringify(baseUrl)}`,
    )
  else if (new URL(baseUrl).password) report('baseUrl', 'a password in a URL ends up in logs. Use "apiKey" or "headers"')
}

function checkDialect(protocol: ProtocolName, dialect: string | undefined, report: Report): void {
  try {
    dialectFor({ protocol, dialect })
  } catch (error) {
    report('dialect', (error as Error).message.replace(/^dialect: /, ''))
  }
}

/** The keys that the file gives. Empty ones are those of variables with an empty default: there is no key then. */
function keysOf(apiKey: Written['apiKey'], apiKeys: Written['apiKeys'], raw: unknown): SettledKey[] {
  const { apiKey: rawKey, apiKeys: rawKeys } = raw as { apiKey?: unknown; apiKeys?: unknown[] }
  if (apiKeys === undefined) return apiKey === undefined || apiKey === '' ? [] : [{ key: apiKey, from: originOfKey(apiKey, rawKey) }]
  return apiKeys.map((item, index) => {
    const rawItem = rawKeys?.[index]
    if (typeof item === 'string' || isSecretSource(item)) return { key: item, from: originOfKey(item, rawItem) }
    return { ...item, from: originOfKey(item.key, (rawItem as { key?: unknown }).key) }
  })
}

function originOfKey(key: string | SecretSource, raw: unknown): string {
  if (isSecretSource(key)) return 'file' in key ? key.file : `the command ${key.command[0]}`
  return (typeof raw === 'string' ? variableIn(raw) : undefined) ?? 'the configuration'
}
