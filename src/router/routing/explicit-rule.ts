/**
 * The rule of the client's own choice.
 *
 * @module
 */
import { fail } from '../../core/failure.ts'
import { memberOf, type Ask } from '../member.ts'
import { tripOf } from '../trip.ts'
import { AT_ENDPOINT, choiceOf, type Choice } from './explicit.ts'
import type { ModelRoutes } from './models.ts'
import type { Endpoints } from './names.ts'
import type { RuleOptions, Step } from './rules.ts'
import type { Route, Target } from './target.ts'

export function explicitStep({ default: usual, explicit }: RuleOptions, endpoints: Endpoints, models: ModelRoutes): Step {
  return {
    name: 'explicit',
    decide({ request, facts, route: { model, headers } }) {
      if (tripOf(request).routed) return undefined
      const choice = choiceOf({ headers, query: () => new URL(request.url).searchParams, model, endpoints, isModel: models.has })
      if (!choice) return undefined
      if (model !== undefined && choice.model === undefined) checkHasModel(choice, endpoints, { facts, request }, model)
      const { fallbacks, ...changes } = changesOf(usual)
      const named: Route = { ...changes, to: choice.name, ...(choice.model !== undefined && { model: choice.model }) }
      const followed = explicit && explicit.fallbacks && fallbacks ? { ...named, fallbacks } : named
      return { rule: choice.rule, target: followed, explicit: true }
    },
  }
}

/** Where the model says only the endpoint, that must know which of its models is meant. */
function checkHasModel({ name, rule }: Choice, endpoints: Endpoints, ask: Ask, said: string): void {
  const member = rule === AT_ENDPOINT && endpoints[name] ? memberOf(endpoints[name]) : undefined
  if (member?.kind === 'endpoint' && member.model(ask) === said)
    fail({
      kind: 'invalid-request',
      message: `${rule}: the endpoint "${name}" has no model of its own. Write @${name}/ and the model behind it.`,
      param: 'model',
    })
}

/** What the default route changes holds for what clients choose, too. */
function changesOf(usual: Target): Omit<Route, 'to' | 'model'> {
  if (typeof usual !== 'object' || !('to' in usual)) return {}
  const { to: _to, model: _model, ...changes } = usual
  return changes
}
