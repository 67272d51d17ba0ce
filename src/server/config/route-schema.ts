/**
 * `routes`: which request goes where.
 *
 * @module
 */
import * as v from 'valibot'
import { byName, count } from './fields.ts'
import { Target } from './target-schema.ts'

const target = (description: string) => v.optional(v.pipe(Target, v.description(description)))

const LongContext = v.union(
  [
    v.pipe(v.string(), v.nonEmpty()),
    v.strictObject({ to: Target, above: v.optional(count('In tokens, by estimate. Default 60000.')) }, 'a target, or { "to", "above" }'),
  ],
  'a target, or { "to", "above" }',
)

export const Routes = v.pipe(
  v.strictObject(
    {
      default: target('Where a request goes that nothing else decides. Default: the first endpoint.'),
      background: target('Small tasks that Claude Code does beside the work: those it asks a haiku model for.'),
      think: target('Requests that ask the model to think.'),
      longContext: v.optional(v.pipe(LongContext, v.description('Requests of more than 60 000 tokens, or more than `above`.'))),
      webSearch: target('Requests that let the model search the web.'),
      image: target('Requests with images.'),
      subagent: target("Requests of Claude Code's subagents."),
      models: v.optional(
        v.pipe(
          byName('targets by model'),
          v.record(v.string(), Target, 'an object of targets by model'),
          v.description('Targets by the model that the client asks for; `*` stands for anything: { "claude-*-opus-*": "main" }.'),
        ),
      ),
    },
    'an object of targets',
  ),
  v.description('Which request goes where.'),
)
