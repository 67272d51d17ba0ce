/**
 * Requests that generate nothing: lists of models, stored responses, files. They go on as they are, to the endpoint that the client
 * names, else to the default; no rule is asked, since none of their facts is known.
 *
 * @module
 */
import { fail } from '../../core/failure.ts'
import type { Fetch } from '../fetch.ts'
import { choiceOf } from './explicit.ts'
import type { RuleOptions } from './rules.ts'
import { legsOf } from './target.ts'
import { tripOf } from '../trip.ts'

export function nonGeneration({ default: usual, endpoints = {}, explicit }: RuleOptions, random: () => number): Fetch {
  return async (input) => {
    const request = input as Request
    const { headers } = request
    const query = () => new URL(request.url).searchParams
    const choice =
      explicit === false || tripOf(request).routed
        ? undefined
        : choiceOf({ headers, query, model: undefined, endpoints, isModel: () => false })
    const target = choice?.name ?? usual
    const leg = legsOf(target, { endpoints, rule: 'default', star: undefined, session: () => undefined, random }).find(({ fetch }) => fetch)
    if (!leg?.fetch) return fail({ kind: 'unsupported', message: 'The default target is switched off, and it has no fallbacks.' })
    return leg.fetch(request)
  }
}
