/**
 * ccproxy: config.json.
 *
 * @module
 */
import type { ProtocolName } from '../../core/chat.ts'
import { presetOf } from '../config/presets.ts'
import type { ConfigInput } from '../config/schema.ts'
import type { Target } from '../config/target-schema.ts'
import { addressOf, secretIn } from './address-of.ts'
import { configOf, createNames, filled, listed, shortest, spanOf, type EndpointInput, type Imported } from './imported.ts'
import { countOf, portOf, proxyOf, serverOf } from './server-of.ts'
import { parametersOf } from './parameters-of.ts'
import { fieldsIn, openSection, type Fields, type Section } from './section.ts'

const PORT = 3456
const SLOTS = new Set(['default', 'longContext', 'background', 'think'])
const FORMATS: Readonly<Record<string, ProtocolName>> = {
  anthropic: 'claude',
  claude: 'claude',
  openai: 'openai',
  gemini: 'gemini',
  google: 'gemini',
}

export function readCcproxy(contents: Fields): Imported {
  const { top, notes } = openSection(contents)
  const nameOf = createNames()
  const performance = top.section('performance')
  const timeoutMs = durationIn(performance, 'request_timeout')
  if (timeoutMs)
    performance.note(
      'bounded whole answers, streams too; here it bounds the wait for an answer to begin. "timeouts.totalMs" of an endpoint bounds all of it',
      'request_timeout',
    )
  const graceMs = durationIn(top, 'shutdown_timeout')
  const names = new Map<string, string>()
  const endpoints = top.sections('providers').map((section, index) => {
    const given = section.text('name')
    const name = nameOf(given, `provider-${index + 1}`, section)
    names.set((given ?? name).toLowerCase(), name)
    return [name, endpointOf(section, name, timeoutMs)] as const
  })
  const config = configOf({
    server: serverOf({
      host: { section: top, field: 'host' },
      port: portOf(top, 'port', PORT),
      proxy: proxyOf(top, 'proxy_url'),
      graceMs: graceMs === undefined ? undefined : spanOf(graceMs),
      limits: filled({ bodyBytes: countOf(performance, 'max_request_body_size') }),
      clientKeys: [{ name: 'main', key: top.text('apikey'), section: top, field: 'apikey' }],
    }),
    log: filled({ file: top.flag('log') === false ? undefined : top.text('log_file') }),
    endpoints: Object.fromEntries(endpoints),
    routes: routesOf(top.section('routes'), names),
  })
  if (!config.routes?.default && endpoints[0]) config.routes = { default: endpoints[0][0], ...config.routes }
  performance.drop({
    metrics_enabled: 'is not carried over: requests are written to the log',
    rate_limit_enabled: 'requests of clients are not limited to a number per minute: put a proxy that does before it',
    circuit_breaker_enabled: 'a breaker belongs to a pool: put two providers or more into one under "pools", with "breaker": "ccproxy"',
  })
  performance.ignore('rate_limit_requests_per_min')
  top.ignore('log')
  return { config, notes: notes(), comments: [] }
}

function endpointOf(section: Section, name: string, timeoutMs: number | undefined): EndpointInput {
  const given = section.text('name') ?? name
  const preset = presetOf(given)
  const format = section.choice('message_format', FORMATS)
  const address = section.says('api_base_url') || !preset ? addressOf(section, 'api_base_url') : { preset: preset.name }
  const protocol = format ?? protocolOf('baseUrl' in address ? address.baseUrl : undefined) ?? preset?.protocol ?? 'openai'
  for (const each of section.sections('transformers')) {
    each.note(
      `the transformer ${JSON.stringify(each.text('name') ?? '')} is not run, as it was not by ccproxy: what it mends is mended here for each provider`,
    )
    each.ignore(...each.names())
  }
  const bedrock = given.toLowerCase() === 'bedrock'
  if (bedrock) section.note('AWS Bedrock is not reached: the endpoint is switched off', 'name')
  section.ignore('created_at', 'updated_at')
  const off = section.flag('enabled') === false || bedrock
  const variable = preset?.keys[0]
  const apiKey = secretIn(section, 'api_key')
  // Its own address alone gets the key of the environment.
  const isOwn = 'preset' in address || originOf(address.baseUrl) === originOf(preset?.baseUrl)
  if (apiKey === undefined && variable !== undefined && !isOwn && !off)
    section.note(
      `the variable ${variable} was sent to this address; a key of the environment goes to its provider alone here. Write "apiKey"`,
      'api_key',
    )
  return filled({
    ...address,
    protocol: 'preset' in address && !format ? undefined : protocol,
    apiKey: apiKey ?? (variable !== undefined && isOwn ? `$${variable}` : undefined),
    models: listed(name, section.texts('models')),
    timeouts: timeoutMs === undefined ? {} : { headersMs: spanOf(timeoutMs), firstTokenMs: spanOf(timeoutMs) },
    enabled: off ? false : 'enabled' in address ? address.enabled : undefined,
  })
}

const originOf = (url: string | undefined) => (url !== undefined && URL.canParse(url) ? new URL(url).origin : undefined)

/** What the vendors' own addresses speak. */
function protocolOf(baseUrl: string | undefined): ProtocolName | undefined {
  if (baseUrl === undefined || !URL.canParse(baseUrl)) return undefined
  const { hostname, pathname } = new URL(baseUrl)
  if (/(^|\.)anthropic\.com$/.test(hostname) || /\/anthropic(\/|$)/.test(pathname)) return 'claude'
  if (hostname === 'generativelanguage.googleapis.com') return pathname.includes('/openai') ? 'openai' : 'gemini'
  return 'openai'
}

function routesOf(routes: Section, names: ReadonlyMap<string, string>): ConfigInput['routes'] {
  const targets = routes.names().flatMap((name) => {
    const target = targetOf(routes.section(name), names)
    return target === undefined ? [] : [[name, target] as const]
  })
  const of = (isSlot: boolean) => Object.fromEntries(targets.filter(([name]) => SLOTS.has(name) === isSlot))
  return filled({ ...of(true), models: of(false) })
}

function targetOf(section: Section, names: ReadonlyMap<string, string>): Target | undefined {
  const provider = section.text('provider')
  const to = names.get(provider?.toLowerCase() ?? '')
  const model = section.text('model')
  const { parameters, lost } = parametersOf(fieldsIn(section.raw('parameters')))
  if (lost.length) section.note(`not carried over: ${lost.join(', ')}`, 'parameters')
  section.drop({ conditions: 'ccproxy never asked them, and they are not carried over: write what they were meant for as "routes.rules"' })
  if (to === undefined) {
    section.note(
      provider === undefined
        ? 'names no provider, and is not carried over'
        : `there is no provider ${JSON.stringify(provider)}: it is not carried over`,
    )
    return undefined
  }
  return shortest(filled({ to, model, defaults: parameters }))
}

const UNITS: Readonly<Record<string, number>> = { ns: 1e-6, us: 1e-3, µs: 1e-3, ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

/** A time span as Go writes it: "1m30s", or nanoseconds. In milliseconds. */
function durationIn(section: Section, name: string): number | undefined {
  const raw = section.raw(name)
  if (raw === undefined || raw === null || raw === '' || raw === 0) return undefined
  const parts = typeof raw === 'string' ? [...raw.matchAll(/([\d.]+)(ns|us|µs|ms|s|m|h)/g)] : []
  const whole = parts.map(([part]) => part).join('')
  const ms = typeof raw === 'number' ? raw / 1e6 : parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * UNITS[unit!]!, 0)
  if (ms > 0 && Number.isFinite(ms) && (typeof raw === 'number' || whole === raw)) return Math.max(1, Math.round(ms))
  section.note('is no time span such as "30s", and is not carried over', name)
  return undefined
}
