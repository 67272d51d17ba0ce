/**
 * The rule of the tag in a sub-agent's prompt.
 *
 * @module
 */
import { fail } from '../../core/failure.ts'
import { tripOf } from '../trip.ts'
import type { ModelRoutes } from './models.ts'
import { knownNames, readNamed, type Endpoints } from './names.ts'
import type { RuleOptions, Step } from './rules.ts'
import { tierOf } from './slots.ts'
import { taggedModel } from './subagent-tag.ts'

/** The tag says an endpoint and model, or a model that the router knows a way for. */
export function tagStep({ tiers = {} }: RuleOptions, endpoints: Endpoints, models: ModelRoutes): Step {
  const rule = 'subagent tag'
  return {
    name: rule,
    decide({ request, facts }) {
      const said = tripOf(request).routed ? undefined : taggedModel(facts)
      if (said === undefined) return undefined
      const named = readNamed(endpoints, said)
      if (named && endpoints[named.name])
        return { rule, target: { to: named.name, ...(named.model !== undefined && { model: named.model }) } }
      const found = models.find(said)
      if (found) return { rule, target: found.target, star: found.star }
      const tier = tierOf(said)
      const target = tier && tiers[tier]
      if (target !== undefined) return { rule, target, star: said }
      return fail({
        kind: 'invalid-request',
        message: `The prompt's tag <CCR-SUBAGENT-MODEL> says "${said}", and there is no such endpoint or model here. Known: ${knownNames(endpoints)}. Write it as endpoint,model.`,
      })
    },
  }
}
