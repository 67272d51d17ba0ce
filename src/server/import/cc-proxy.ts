/**
 * CC-Proxy: providers.toml.
 *
 * @module
 */
import type { ProtocolName } from '../../core/chat.ts'
import { globOf } from '../../router/routing/glob.ts'
import type { Target } from '../config/target-schema.ts'
import {
  addressOf,
  countOf,
  createNames,
  filled,
  levelOf,
  listed,
  portOf,
  secretIn,
  serverOf,
  type EndpointInput,
  type Imported,
} from './imported.ts'
import { openSection, type Fields, type Section } from './section.ts'

const PORT = 8082
const PROTOCOLS: Readonly<Record<string, ProtocolName>> = { openai: 'openai', anthropic: 'claude' }
/** Models of these names were asked for as they are. */
const AS_THEY_ARE = ['gpt-', 'o1-', 'ep-', 'doubao-', 'deepseek-']

interface Provider {
  given: string
  name: string
  endpoint: EndpointInput
  models: readonly string[]
}

interface Bounds {
  atLeast?: number | undefined
  atMost?: number | undefined
}

export function readCcProxy(contents: Fields): Imported {
  const { top, notes } = openSection(contents)
  const config = top.section('config')
  const nameOf = createNames()
  const waitMs = countOf(config, 'request_timeout')
  const retries = config.number('max_retries')
  const attempts = retries !== undefined && retries >= 0 ? Math.floor(retries) + 1 : undefined
  const providers = top.sections('provider').map((section, index): Provider => {
    const given = section.text('name') ?? `provider-${index + 1}`
    const name = nameOf(section.text('name'), given, section)
    const models = [...new Set(['big_models', 'middle_models', 'small_models'].flatMap((field) => section.texts(field)))]
    const endpoint = endpointOf(section, { name, models, waitMs: waitMs === undefined ? undefined : waitMs * 1000, attempts })
    return { given, name, endpoint, models }
  })
  const clamps = transformersOf(top.section('transformers'))
  const bounds = { atLeast: countOf(config, 'min_tokens_limit'), atMost: countOf(config, 'max_tokens_limit') }
  if (bounds.atLeast !== undefined && bounds.atMost !== undefined && bounds.atLeast > bounds.atMost) bounds.atLeast = bounds.atMost
  const targetOf = (text: string, field: string): Target | undefined => {
    const found = findModel(text, providers)
    if (!found) {
      config.note(`${JSON.stringify(text)} is no model of any provider, and is not carried over`, field)
      return undefined
    }
    const { provider, model } = found
    const maxTokens = filled(clamps(provider.given, model, bounds))
    return Object.keys(maxTokens).length ? { to: provider.name, model, maxTokens } : `${provider.name}/${model}`
  }
  const tier = (field: string) => {
    const text = config.text(field)
    return text === undefined ? undefined : targetOf(text, field)
  }
  const [big, middle, small] = [tier('big_model'), tier('middle_model'), tier('small_model')]
  const result = filled({
    server: serverOf(config, {
      host: { section: config, field: 'host' },
      port: portOf(config, 'port', PORT),
      clientKeys: [{ name: 'main', key: config.text('anthropic_api_key'), section: config, field: 'anthropic_api_key' }],
    }),
    log: filled({ level: levelOf(config, 'log_level') }),
    endpoints: Object.fromEntries(providers.map(({ name, endpoint }) => [name, endpoint])),
    routes: filled({
      default: big ?? providers[0]?.name,
      tiers: filled({ big, middle, small }),
      models: modelRoutes(providers, (provider, model) => filled(clamps(provider.given, model, bounds))),
    }),
  })
  config.drop({
    db_file: 'the history of messages stays in its database; models chosen on its web page stand there, too, and are not read',
  })
  top.drop({ web_search_providers: 'searches are not made by cc-route: a provider that searches by itself goes into "routes.webSearch"' })
  return { config: result, notes: notes(), comments: [] }
}

function endpointOf(
  section: Section,
  { name, models, waitMs, attempts }: { name: string; models: readonly string[]; waitMs: number | undefined; attempts: number | undefined },
): EndpointInput {
  const type = section.text('provider_type') ?? 'openai'
  const protocol = PROTOCOLS[type.toLowerCase()]
  if (!protocol) section.note('is not known: openai is taken', 'provider_type')
  const address = addressOf(section, 'base_url')
  const variable = section.text('env_key')
  const legal = variable !== undefined && /^\w+$/.test(variable)
  if (variable !== undefined && !legal) section.note('is no name of a variable, and is not carried over', 'env_key')
  if (legal && section.says('api_key'))
    section.note(`the variable ${variable} is the key, as there: this one is not carried over`, 'api_key')
  section.drop({ web_search: 'searches are not made by cc-route: a provider that searches by itself goes into "routes.webSearch"' })
  return filled({
    protocol: protocol ?? 'openai',
    ...address,
    apiKey: legal ? `\${${variable}}` : secretIn(section, 'api_key'),
    models: listed(name, models),
    timeouts: waitMs === undefined ? {} : { headersMs: waitMs, bytesMs: waitMs },
    retry: filled({ attempts }),
  })
}

/** `provider:model`; a model alone is looked for in the providers' lists, in their order, else it is the first one's. */
function findModel(text: string, providers: readonly Provider[]): { provider: Provider; model: string } | undefined {
  const colon = text.indexOf(':')
  const named = colon > 0 ? providers.find(({ given }) => given.toLowerCase() === text.slice(0, colon).toLowerCase()) : undefined
  if (named && text.slice(colon + 1)) return { provider: named, model: text.slice(colon + 1) }
  const provider = providers.find(({ models }) => models.includes(text)) ?? providers[0]
  return provider && { provider, model: text }
}

/** Models that are not asked for by their size: those of Anthropic's protocol, and those of known vendors. */
function modelRoutes(providers: readonly Provider[], clamp: (provider: Provider, model: string) => Bounds): Record<string, Target> {
  const routes: Record<string, Target> = {}
  const target = (provider: Provider, model: string): Target => {
    const maxTokens = clamp(provider, model)
    return Object.keys(maxTokens).length ? { to: provider.name, model, maxTokens } : `${provider.name}/${model}`
  }
  for (const provider of providers)
    if (provider.endpoint.protocol === 'claude') for (const model of provider.models) routes[model] ??= `${provider.name}/${model}`
  for (const provider of providers)
    for (const model of provider.models) if (AS_THEY_ARE.some((start) => model.startsWith(start))) routes[model] ??= target(provider, model)
  const [first] = providers
  if (first) for (const start of AS_THEY_ARE) routes[`${start}*`] = target(first, `${start}*`)
  return routes
}

/** Gives the bounds of an answer, where a transformer that is switched on narrows them for a model. */
function transformersOf(transformers: Section): (provider: string, model: string, bounds: Bounds) => Bounds {
  const limits = transformers.names().flatMap((name) => {
    const section = transformers.section(name)
    if (section.flag('enabled') !== true) {
      section.ignore(...section.names())
      return []
    }
    const providers = section.texts('providers').map((each) => each.toLowerCase())
    const models = section.texts('models').map(globOf)
    const most = countOf(section, 'max_output')
    section.note(
      most === undefined
        ? `the transformer ${name} is not run: what providers differ in is mended by their dialects`
        : `of the transformer ${name} the bound of ${most} tokens is carried over; what providers differ in is mended by their dialects`,
    )
    section.ignore(...section.names())
    return most === undefined ? [] : [{ providers, models, most }]
  })
  return (provider, model, { atLeast, atMost }) => {
    const own = limits
      .filter(
        ({ providers, models }) =>
          (!providers.length || providers.includes(provider.toLowerCase())) && (!models.length || models.some((glob) => glob.test(model))),
      )
      .map(({ most }) => most)
    const most = Math.min(...own, atMost ?? Infinity)
    const bound = most === Infinity ? undefined : most
    return { atLeast: atLeast !== undefined && bound !== undefined ? Math.min(atLeast, bound) : atLeast, atMost: bound }
  }
}
