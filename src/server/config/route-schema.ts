/**
 * `routes`: which request goes where.
 *
 * @module
 */
import * as v from 'valibot'
import { ConditionSchema } from './condition-schema.ts'
import { byName, flag, list, text, texts } from './fields.ts'
import { RouteRetry } from './retry-schema.ts'
import { Background, LongContext, Target, Think } from './target-schema.ts'

const SomeTarget = v.lazy(() => Target)
const target = (description: string) => v.optional(v.pipe(SomeTarget, v.description(description)))

const targets = (description: string) => v.optional(v.pipe(byName(v.string(), SomeTarget, 'targets by model'), v.description(description)))

const Tiers = v.strictObject(
  {
    big: target('For Claude Opus, and Claude models of other names.'),
    middle: target('For Claude Sonnet.'),
    small: target('For Claude Haiku.'),
  },
  'an object of targets: "big", "middle", "small"',
)

const Rule = v.strictObject(
  {
    name: v.optional(text('For logs and explanations. Default: its place, rule 1.')),
    when: v.lazy(() => ConditionSchema),
    to: v.pipe(SomeTarget, v.description('Where such requests go.')),
  },
  'an object with "when" and "to"',
)

const Explicit = v.union(
  [
    v.literal(false, 'false, or { "fallbacks": true }'),
    v.strictObject(
      { fallbacks: v.optional(flag('The fallbacks of the default route follow it. Default false.')) },
      'false, or { "fallbacks": true }',
    ),
  ],
  'false, or { "fallbacks": true }',
)

export const Routes = v.pipe(
  v.strictObject(
    {
      default: target('Where a request goes that nothing else decides. Default: the first endpoint.'),
      rules: v.optional(list('Rules of your own, the first that fits decides. They come before all that follows.', Rule)),
      models: targets('By the model that the client asks for; `*` stands for anything, the most specific pattern decides.'),
      subagent: target('Requests of sub-agents.'),
      longContext: v.optional(v.pipe(LongContext, v.description('Long requests: "above" says how long, 60000 tokens unless said.'))),
      background: v.optional(
        v.pipe(Background, v.description('What programs ask besides the conversation: titles, summaries. "models" says for which models.')),
      ),
      webSearch: target('Requests that let the model search the web.'),
      image: target('Requests with images.'),
      think: v.optional(v.pipe(Think, v.description('Requests that ask for reasoning: "effort" says how much at least.'))),
      tiers: v.optional(v.pipe(Tiers, v.description('By the size of the Claude model that the client asks for.'))),
      aliases: v.optional(texts('Other names of models: what is asked for under the name is the model.')),
      retry: v.optional(v.pipe(RouteRetry, v.description('What one request may use up where a target has fallbacks.'))),
      explicit: v.optional(
        v.pipe(
          Explicit,
          v.description(
            'Clients may name the endpoint themselves, as "endpoint/model" or in the header x-endpoint-name. false: they may not.',
          ),
        ),
      ),
    },
    'an object of targets',
  ),
  v.description('Which request goes where.'),
)
