/**
 * CC-Proxy: providers.toml.
 *
 * @module
 */
import type { ProtocolName } from '../../core/chat.ts'
import { globOf } from '../../router/routing/glob.ts'
import type { Target, TargetObject } from '../config/target-schema.ts'
import { addressOf, secretIn } from './address-of.ts'
import { configOf, createNames, filled, listed, shortest, spanOf, type EndpointInput, type Imported } from './imported.ts'
import { attemptsOf, countOf, levelOf, portOf, serverOf } from './server-of.ts'
import { openSection, type Fields, type Section } from './section.ts'

const PORT = 8082
const PROTOCOLS: Readonly<Record<string, ProtocolName>> = { openai: 'openai', anthropic: 'claude' }
/** Models of these names were asked for as they are. */
const AS_THEY_ARE = ['gpt-', 'o1-', 'ep-', 'doubao-', 'deepseek-']
const isAsItIs = (model: string) => AS_THEY_ARE.some((start) => model.startsWith(start))

interface Provider {
  given: string
  name: string
  endpoint: EndpointInput
  models: readonly string[]
}

export function readCcProxy(contents: Fields): Imported {
  const { top, notes } = openSection(contents)
  const config = top.section('config')
  const nameOf = createNames()
  const waitMs = countOf(config, 'request_timeout')
  const retry = attemptsOf(config, 'max_retries')
  const providers = top.sections('provider').map((section, index): Provider => {
    const given = section.text('name') ?? `provider-${index + 1}`
    const name = nameOf(section.text('name'), `provider-${index + 1}`, section)
    const models = [...new Set(['big_models', 'middle_models', 'small_models'].flatMap((field) => section.texts(field)))]
    const endpoint = endpointOf(section, { name, models, waitMs: waitMs === undefined ? undefined : waitMs * 1000, retry })
    return { given, name, endpoint, models }
  })
  const boundsOf = boundsIn(config, transformersIn(top.section('transformers')))
  const target = ({ given, name, endpoint }: Provider, model: string): Target =>
    // Anthropic's models were asked for with what the client said.
    shortest(filled({ to: name, model, maxTokens: endpoint.protocol === 'claude' ? undefined : boundsOf(given, model) }))
  const [first] = providers
  const tier = (field: string) => {
    const text = config.text(field)
    const found = text === undefined ? undefined : findModel(text, providers)
    return found && target(found.provider, found.model)
  }
  const [big, middle, small] = [tier('big_model'), tier('middle_model'), tier('small_model')]
  const result = configOf({
    server: serverOf({
      host: { section: config, field: 'host' },
      port: portOf(config, 'port', PORT),
      clientKeys: [{ name: 'main', key: config.text('anthropic_api_key'), section: config, field: 'anthropic_api_key' }],
    }),
    log: filled({ level: levelOf(config, 'log_level') }),
    endpoints: Object.fromEntries(providers.map(({ name, endpoint }) => [name, endpoint])),
    routes: filled({
      default: big ?? (first && (first.models[0] === undefined ? first.name : target(first, first.models[0]))),
      // Every other model is a big one.
      tiers: filled({ middle, small }),
      models: modelRoutes(providers, target),
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
  { name, models, waitMs, retry }: { name: string; models: readonly string[]; waitMs: number | undefined; retry: EndpointInput['retry'] },
): EndpointInput {
  const address = addressOf(section, 'base_url')
  const variable = section.text('env_key')
  const legal = variable !== undefined && /^\w+$/.test(variable)
  if (variable !== undefined && !legal) section.note('is no name of a variable, and is not carried over', 'env_key')
  if (legal && section.says('api_key'))
    section.note(`the variable ${variable} is the key, as there: this one is not carried over`, 'api_key')
  section.drop({ web_search: 'searches are not made by cc-route: a provider that searches by itself goes into "routes.webSearch"' })
  return filled({
    protocol: section.choice('provider_type', PROTOCOLS) ?? 'openai',
    ...address,
    apiKey: legal ? `\${${variable}}` : secretIn(section, 'api_key'),
    models: listed(name, models),
    timeouts: waitMs === undefined ? {} : { headersMs: spanOf(waitMs), bytesMs: spanOf(waitMs) },
    retry,
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
function modelRoutes(providers: readonly Provider[], target: (provider: Provider, model: string) => Target): Record<string, Target> {
  const [first] = providers
  const routes = first ? Object.fromEntries(AS_THEY_ARE.map((start) => [`${start}*`, target(first, `${start}*`)])) : {}
  const owners = (models: (provider: Provider) => readonly string[]) => {
    for (const provider of providers) for (const model of models(provider)) routes[model] ??= target(provider, model)
  }
  owners(({ endpoint, models }) => (endpoint.protocol === 'claude' ? models : []))
  // The patterns lead to the first provider anyway.
  owners((provider) => (provider === first ? [] : provider.models.filter((model) => isAsItIs(model) && !first?.models.includes(model))))
  return routes
}

interface Limit {
  fits(provider: string, model: string): boolean
  most: number
}

/** The bounds of answers that transformers set. */
function transformersIn(transformers: Section): Limit[] {
  return transformers.names().flatMap((name) => {
    const section = transformers.section(name)
    const providers = section.texts('providers').map((each) => each.toLowerCase())
    const models = section.texts('models').map(globOf)
    const most = countOf(section, 'max_output')
    if (section.flag('enabled') === true)
      section.note(
        `the transformer is not run${most === undefined ? '' : `, and its bound of ${most} tokens is kept`}: what providers differ in is mended by their dialects`,
      )
    section.ignore(...section.names())
    if (section.flag('enabled') !== true || most === undefined) return []
    const fits = (provider: string, model: string) =>
      (!providers.length || providers.includes(provider.toLowerCase())) && (!models.length || models.some((glob) => glob.test(model)))
    return [{ fits, most }]
  })
}

/** How many tokens an answer of a provider's model may ask for. The most is stronger than the fewest. */
function boundsIn(config: Section, limits: readonly Limit[]): (provider: string, model: string) => TargetObject['maxTokens'] {
  const least = countOf(config, 'min_tokens_limit')
  const usual = countOf(config, 'max_tokens_limit') ?? Infinity
  return (provider, model) => {
    const most = Math.min(usual, ...limits.filter(({ fits }) => fits(provider, model)).map((limit) => limit.most))
    if (least === undefined) return most === Infinity ? undefined : most
    return { atLeast: Math.min(least, most), ...(most !== Infinity && { atMost: most }) }
  }
}
