/**
 * `endpoints`: the providers.
 *
 * @module
 */
import * as v from 'valibot'
import { amount, choice, count, duration, flag, list, byName, text, texts } from './fields.ts'
import { Price, PriceMultipliers } from './price-schema.ts'
import { EndpointRetry } from './retry-schema.ts'
import { secret } from './secret.ts'

export const PROTOCOLS = ['claude', 'openai', 'openai-responses', 'gemini'] as const

const NEEDS = [
  'tools',
  'parallel-tools',
  'images',
  'documents',
  'audio',
  'reasoning',
  'structured-output',
  'web-search',
  'prefill',
] as const

const KEY_STRATEGIES = ['sticky', 'round_robin', 'random', 'priority'] as const

const Key = v.strictObject(
  {
    name: v.optional(text('Names it in logs and in the list of keys. Default: key-1, key-2 …')),
    key: secret('The key.'),
    org: v.optional(text('Keys with the same one share their quota: when it is used up, none of them is tried. Default: its own.')),
  },
  'a key, or { "name", "key", "org" }',
)

const Capabilities = v.strictObject(
  {
    lacks: v.optional(list('What it cannot do: requests that need it go elsewhere.', choice('A need.', NEEDS))),
    contextWindow: v.optional(count('The most tokens that question and answer may have together.', { min: 1 })),
    maxOutput: v.optional(count('The most tokens of an answer.', { min: 1 })),
  },
  'an object',
)

const Timeouts = v.strictObject(
  {
    connectMs: v.optional(duration('Until the connection stands. Default 10s.')),
    headersMs: v.optional(duration("Until the answer's headers have come; a whole answer comes with them. Default 10m.")),
    firstTokenMs: v.optional(duration('Until the first meaningful event of a stream. Default 10m.')),
    bytesMs: v.optional(duration('Between two pieces of a stream, signs of life included. Default 5m.')),
    eventsMs: v.optional(duration('Between two meaningful events of a stream. Default 0: no limit.')),
    totalMs: v.optional(duration('All of an answer, streams too. Default 0: no limit.')),
  },
  'an object of durations',
)

const Model = v.strictObject(
  {
    model: v.optional(text("The provider's name of it. Default: the client's.")),
    capabilities: v.optional(v.pipe(Capabilities, v.description('What this model can do, over what the endpoint says.'))),
    price: v.optional(v.pipe(Price, v.description('What this model costs, over what the endpoint says.'))),
  },
  'a model\'s name, or { "model", "capabilities", "price" }',
)

const MODEL = 'a model\'s name, or { "model", "capabilities", "price" }'

const Models = v.pipe(
  byName(v.string(), v.union([v.pipe(v.string(), v.nonEmpty(MODEL)), Model], MODEL), 'models by the names that clients use'),
  v.description("The models that clients may ask for here, by the names that clients use, each with the provider's own name of it."),
)

export const Endpoint = v.strictObject(
  {
    preset: v.optional(
      text(
        'A provider that is known by name (openai, anthropic, gemini, openrouter, deepseek …): its protocol, address and key variable. Default: the name of the endpoint, where there is no `baseUrl`.',
      ),
    ),
    protocol: v.optional(choice('What the provider speaks. Default: as the preset says.', PROTOCOLS)),
    baseUrl: v.optional(
      text(
        'Its address, with or without a version segment, or a full endpoint URL. Default: as the preset says.',
        'a URL such as https://api.example.com/v1',
      ),
    ),
    apiKey: v.optional(secret('The key. Sent to the origin of `baseUrl` and nowhere else. Default: the variable that the preset names.')),
    apiKeys: v.optional(
      list('Several keys: when one fails, the next is tried.', v.union([secret('A key.'), Key], 'a key, or { "name", "key", "org" }')),
    ),
    keyStrategy: v.optional(
      choice('How requests are shared out among the keys. sticky: a session keeps its key. Default sticky.', KEY_STRATEGIES),
    ),
    model: v.optional(text("The model to ask for. Default: the client's.", 'the name of a model')),
    models: v.optional(Models),
    dialect: v.optional(text('How the provider bends its protocol, where `baseUrl` does not tell.', 'the name of a dialect')),
    headers: v.optional(texts('Sent with each request, over everything else.')),
    enabled: v.optional(flag('false: is kept in the file, and not used. Default true.')),
    weight: v.optional(amount('Its share where a pool shares requests out by weight. Default 1.')),
    priority: v.optional(
      amount('Where a pool goes by priority, the least is first. Default: the order of the members.', { min: -Infinity }),
    ),
    cacheDomain: v.optional(text("Endpoints with the same one share the provider's prompt cache. Default: its own.")),
    capabilities: v.optional(v.pipe(Capabilities, v.description('What it can do. What is not said is tried.'))),
    retry: v.optional(
      v.pipe(
        EndpointRetry,
        v.description(
          'Retries against it alone; in a pool those of the pool count. Default: other keys, and a connection that could not be made once more.',
        ),
      ),
    ),
    timeouts: v.optional(v.pipe(Timeouts, v.description('How long to wait for it.'))),
    price: v.optional(v.pipe(Price, v.description('What it takes, in US dollars per million tokens. Default: what its provider lists.'))),
    priceMultipliers: v.optional(PriceMultipliers),
    proxy: v.optional(text('The proxy for calls to it, over that of `server`; "direct" for none.', 'the URL of a proxy, or "direct"')),
    strict: v.optional(flag('Refuse requests of which something would be lost in translation. Default false.')),
  },
  'an object',
)
