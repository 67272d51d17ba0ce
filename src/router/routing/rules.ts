/**
 * All rules of a router in the order in which they are asked: the first that matches decides.
 *
 * @module
 */
import { fail, isFailureError } from '../../core/failure.ts'
import type { RequestFacts } from '../request-facts.ts'
import type { Awaitable } from '../state.ts'
import { conditionTest, type Condition } from './condition.ts'
import { explicitStep } from './explicit-rule.ts'
import type { RouteFacts } from './facts.ts'
import type { ModelRoutes } from './models.ts'
import type { Endpoints } from './names.ts'
import { slotsOf, type Slots } from './slots.ts'
import { tagStep } from './tag-rule.ts'
import { checkTarget, type Target } from './target.ts'

/** A rule of the user's own. */
export interface Rule {
  /** For outcomes and explanations. Default: its place, `rule 1`. */
  name?: string
  /** Data, or a function of the facts that does nothing else. */
  when: Condition | ((facts: RouteFacts) => boolean)
  to: Target
}

/** A function of the user's own: a target, or nothing to leave it to the rules. What it throws refuses the request. */
export type Choose = (facts: RouteFacts, request: Request) => Awaitable<Target | undefined>

export interface RuleOptions extends Slots {
  /** Where all requests go that no rule sends elsewhere. */
  default: Target
  /** What clients may choose by name, and targets may name. */
  endpoints?: Endpoints
  /** Routes by model, `*` for anything: exact names first, then the most specific pattern. */
  models?: Readonly<Record<string, Target>>
  rules?: readonly Rule[]
  choose?: Choose
  /** What a client's own choice of an endpoint may do. `false`: it is no choice. `fallbacks`: those of the default route follow it. */
  explicit?: { fallbacks?: boolean } | false
}

/** What a rule has decided. */
export interface Decided {
  rule: string
  target: Target
  /** What `*` in a model stands for; absent: what the client asked for. */
  star?: string
  /** The client named the endpoint: nobody else is asked unless that is configured. */
  explicit?: true
}

export interface Asked {
  request: Request
  facts: RequestFacts
  route: RouteFacts
}

/** One rule: a name, and what it decides. */
export interface Step {
  name: string
  decide(asked: Asked): Awaitable<Decided | undefined>
}

/** @throws TypeError for rules that cannot work */
export function stepsOf(options: RuleOptions, models: ModelRoutes): Step[] {
  const { endpoints = {}, choose, rules = [] } = options
  const check = (target: Target, rule: string) => checkTarget(target, endpoints, rule)
  check(options.default, 'default')
  for (const [pattern, target] of Object.entries(options.models ?? {})) check(target, `models ${pattern}`)
  const slots = slotsOf(options)
  for (const { name, target } of slots) check(target, name)
  return [
    ...(options.explicit === false ? [] : [explicitStep(options, endpoints, models)]),
    ...(choose ? [chooseStep(choose, endpoints)] : []),
    ...rules.map((rule, index) => ruleStep(rule, rule.name ?? `rule ${index + 1}`, check)),
    ...(options.models ? [modelStep(models)] : []),
    tagStep(options, endpoints, models),
    ...slots.map(({ name, target, fits }): Step => ({ name, decide: ({ route }) => (fits(route) ? { rule: name, target } : undefined) })),
    { name: 'default', decide: () => ({ rule: 'default', target: options.default }) },
  ]
}

function chooseStep(choose: Choose, endpoints: Endpoints): Step {
  return {
    name: 'choose',
    async decide({ route, request }) {
      const target = await ownTarget('choose', endpoints, () => choose(route, request))
      return target === undefined ? undefined : { rule: 'choose', target }
    },
  }
}

function ruleStep({ when, to }: Rule, name: string, check: (target: Target, rule: string) => void): Step {
  check(to, name)
  const holds = typeof when === 'function' ? when : conditionOf(when, name)
  return {
    name,
    decide: ({ route }) => {
      try {
        return holds(route) ? { rule: name, target: to } : undefined
      } catch (error) {
        return faulty(name, error)
      }
    },
  }
}

function conditionOf(when: Condition, name: string): (facts: RouteFacts) => boolean {
  try {
    return conditionTest(when)
  } catch (error) {
    throw new TypeError(`router: ${name}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  }
}

const modelStep = (models: ModelRoutes): Step => ({
  name: 'models',
  decide({ route: { model } }) {
    const found = model === undefined ? undefined : models.find(model)
    return found && { rule: `models ${found.pattern}`, target: found.target, star: found.star }
  },
})

/** The target that a function of the user's own gives. @throws FailureError that names the function */
export async function ownTarget<T extends Target | false>(
  name: string,
  endpoints: Endpoints,
  run: () => Awaitable<T | undefined>,
): Promise<T | undefined> {
  try {
    const target = (await run()) ?? undefined
    if (target !== undefined && target !== false) checkTarget(target, endpoints, name)
    return target
  } catch (error) {
    return faulty(name, error)
  }
}

/** A function of the user's own may refuse a request with a failure; everything else that it throws is a fault of it, not of the request. */
function faulty(name: string, error: unknown): never {
  if (isFailureError(error)) throw error
  return fail({ kind: 'internal', message: `router: ${name} failed: ${error instanceof Error ? error.message : String(error)}` }, error)
}
