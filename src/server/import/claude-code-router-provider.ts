/**
 * A provider of claude-code-router: its transformers say what it speaks, and bound what is asked of it.
 *
 * @module
 */
import { dialectFor } from '../../transformers/dialects.ts'
import type { TargetObject } from '../config/target-schema.ts'
import { addressOf, keysOf, secretIn, secretsIn } from './address-of.ts'
import { filled, listed, spanOf, type EndpointInput } from './imported.ts'
import { parametersOf } from './parameters-of.ts'
import { entryOf, fieldsIn, isFields, type Section } from './section.ts'

export interface Provider {
  /** As the router's texts call it. */
  given: string
  name: string
  endpoint: EndpointInput
  models: readonly string[]
  /** Where a request for one of its models goes, with what its transformers do to it. */
  target(model: string | undefined): TargetObject
}

interface Transformer {
  protocol?: EndpointInput['protocol']
  dialect?: string
  /** It cannot be done without, and is not there. */
  off?: string
  /** What it does and cc-route does not. */
  lost?: string
}

const ACCOUNT = 'it signs in with an account, which cc-route does not'

/** Those without a word do what cc-route does by itself. */
const TRANSFORMERS: Readonly<Record<string, Transformer>> = {
  anthropic: { protocol: 'claude' },
  gemini: { protocol: 'gemini' },
  'vertex-gemini': { protocol: 'gemini', dialect: 'vertex' },
  'openai-responses': { protocol: 'openai-responses' },
  'openai-response': { protocol: 'openai-responses' },
  openai: {},
  deepseek: { dialect: 'deepseek' },
  openrouter: { dialect: 'openrouter' },
  groq: { dialect: 'groq' },
  cerebras: { dialect: 'cerebras' },
  enhancetool: {},
  reasoning: {},
  cleancache: {},
  streamoptions: {},
  maxcompletiontokens: {},
  extrathinktag: {},
  maxtoken: {},
  sampling: {},
  customparams: {},
  tooluse: { lost: 'it makes models call tools by force, which is not done: ask for it in the prompt' },
  forcereasoning: {
    lost: 'it asks for reasoning in the prompt, which is not done: take a model that reasons, or set "reasoning" on the route',
  },
  'vertex-claude': { off: 'Claude on Vertex is not reached' },
  'gemini-cli': { off: ACCOUNT },
  'qwen-cli': { off: ACCOUNT },
  'rovo-cli': { off: ACCOUNT },
}

interface Use {
  name: string
  options: Readonly<Record<string, unknown>>
}

export function providerOf(section: Section, name: string, timeoutMs: number | undefined): Provider {
  const given = section.text('name') ?? name
  const transformer = section.section('transformer')
  const uses = usesOf(transformer.raw('use'))
  const models = section.texts('models')
  const address = addressOf(section, 'api_base_url', 'baseUrl', 'base_url')
  const known = uses.map(({ name }) => entryOf(TRANSFORMERS, name) ?? {})
  const protocol = known.find((each) => each.protocol)?.protocol ?? 'openai'
  const off = known.some((each) => each.off !== undefined)
  tell(transformer, 'use', uses)
  const own = new Map(
    transformer
      .names()
      .filter((model) => model !== 'use')
      .map((model) => {
        const inner = transformer.section(model)
        const used = usesOf(inner.raw('use'))
        tell(inner, 'use', used)
        return [model, changesOf(used)] as const
      }),
  )
  const keys = [...secretsIn(section, 'api_keys'), ...[secretIn(section, 'api_key', 'apiKey')].filter((key) => key !== undefined)]
  const { maxTokens: maxOutput, ...changes } = changesOf(uses)
  const endpoint: EndpointInput = filled({
    protocol,
    ...address,
    ...keysOf([...new Set(keys)]),
    dialect: dialectOf(protocol, address.baseUrl, known, uses),
    models: listed(name, models),
    timeouts: timeoutMs === undefined ? {} : { headersMs: spanOf(timeoutMs), firstTokenMs: spanOf(timeoutMs), bytesMs: spanOf(timeoutMs) },
    capabilities: filled({ maxOutput }),
    enabled: off ? false : address.enabled,
  })
  return {
    given,
    name,
    endpoint,
    models,
    target: (model) => filled({ to: name, model, ...changes, ...(model === undefined ? {} : own.get(model)) }),
  }
}

/** `use` is a list of names, or of names with options; or one name. */
const usesOf = (use: unknown): Use[] =>
  (Array.isArray(use) ? use : [use]).flatMap((item: unknown) => {
    const [name, options] = Array.isArray(item) ? (item as unknown[]) : isFields(item) ? [item['name'], item['options']] : [item]
    return typeof name === 'string' ? [{ name: name.toLowerCase(), options: fieldsIn(options) }] : []
  })

/** Their options are parameters for requests that do not say them. */
const DEFAULTS = new Set(['sampling', 'customparams'])

function lostOptions({ name, options }: Use): string[] {
  if (DEFAULTS.has(name)) return parametersOf(options).lost
  const read = name === 'maxtoken' ? ['max_tokens'] : name === 'anthropic' ? BEARER : []
  return Object.keys(options).filter((option) => !read.includes(option))
}

const BEARER = ['UseBearer', 'useBearer']

function tell(section: Section, field: string, uses: readonly Use[]): void {
  for (const use of uses) {
    const { name } = use
    const known = entryOf(TRANSFORMERS, name)
    const quoted = JSON.stringify(name)
    if (!known) section.note(`the transformer ${quoted} is a program of its own, and is not run`, field)
    else if (known.off) section.note(`${quoted}: ${known.off}. The endpoint is switched off`, field)
    else if (known.lost) section.note(`${quoted}: ${known.lost}`, field)
    const lost = known ? lostOptions(use) : []
    if (lost.length) section.note(`options of ${quoted} that are not carried over: ${lost.join(', ')}`, field)
  }
}

/** The dialect that a transformer stands for, where the address does not tell one. */
function dialectOf(protocol: EndpointInput['protocol'], baseUrl: string | undefined, known: readonly Transformer[], uses: readonly Use[]) {
  if (protocol === 'claude') return uses.some(({ options }) => BEARER.some((name) => options[name] === true)) ? 'bearer' : undefined
  const dialect = known.find((each) => each.dialect !== undefined && (each.protocol ?? 'openai') === protocol)?.dialect
  if (protocol !== 'openai') return dialect
  const plain = dialectFor({ protocol: 'openai', baseUrl: 'https://address.invalid' }).name
  const told = dialectFor({ protocol: 'openai', ...(baseUrl !== undefined && { baseUrl }) }).name
  return told === plain ? dialect : undefined
}

/** What transformers change about a request. */
function changesOf(uses: readonly Use[]): { maxTokens?: number | undefined; defaults?: TargetObject['defaults'] } {
  const most = uses.flatMap(({ name, options }) => (name === 'maxtoken' ? (parametersOf(options).parameters.maxTokens ?? []) : []))
  const defaults = uses.flatMap(({ name, options }) => (DEFAULTS.has(name) ? parametersOf(options).parameters : []))
  return filled({ maxTokens: most.length ? Math.min(...most) : undefined, defaults: Object.assign({}, ...defaults) as object })
}
