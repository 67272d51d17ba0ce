/**
 * Chooses who answers a request, by rules over what is known of it.
 *
 * @module
 */
import { systemClock, type Clock } from '../../core/clock.ts'
import { failureOf } from '../../core/failure.ts'
import { protocols } from '../../transformers/registry.ts'
import { errorResponse } from '../endpoint/answer.ts'
import { createThrottle, type RetryOptions } from '../budget.ts'
import { setPermit } from '../caller.ts'
import type { Capability } from '../capability.ts'
import { createEstimator, type Estimator } from '../estimate.ts'
import { clientProtocol, factsOf, MAX_BODY_BYTES, routeOf } from '../facts.ts'
import { askedModel, type RequestFacts } from '../request-facts.ts'
import { requestOf, type Fetch, type Handler } from '../fetch.ts'
import { attachMember, memberOf, type Ask } from '../member.ts'
import { attachOutcome, outcomeOf } from '../outcome.ts'
import { presenceOf } from '../presence.ts'
import { patiently } from '../endpoint/patience.ts'
import type { Candidate } from './candidates.ts'
import { createCooldowns } from '../endpoint/cooldowns.ts'
import { describePlan, explainPlan, readinessOf } from './explain.ts'
import { nonGeneration } from './passage.ts'
import { createPlanner, type Plan, type PlanOptions } from './plan.ts'
import { ownTarget } from './rules.ts'
import { sendPlan, type OnError, type SendContext } from './send.ts'
import { slotsOf } from './slots.ts'
import { reachOf, type Target } from './target.ts'
import { memoryState, type State } from '../state.ts'
import { passOn, tripOf } from '../trip.ts'

export interface RouterOptions extends PlanOptions {
  /** Names the router in explanations. Default `router`. */
  name?: string
  /** What a request may use up where a route has fallbacks. `throttle` has no default here. */
  retry?: RetryOptions
  /** Asked after each failure of a target: whom to ask next. */
  onError?: OnError
  /** Estimates tokens, and learns from answers. Default: one of its own. */
  estimator?: Estimator
  /** Where it keeps which targets rest, and its own estimator what it learns. Default: in memory. */
  state?: State
  /** Milliseconds to wait for an answer before a streaming client gets its headers, where a route has fallbacks. Default 10 000. */
  patienceMs?: number
  /** Milliseconds of silence after which the client's stream gets a sign of life. Default 10 000. */
  heartbeatMs?: number
  /** The largest request body that is read, in bytes. Default 32 MiB. */
  maxBodyBytes?: number
  clock?: Clock
  /** From 0 up to 1, for splits of requests. Default `Math.random`. */
  random?: () => number
}

/**
 * Makes a fetch that sends each request where the first matching rule says.
 *
 * The rules, in this order: the client's own choice of an endpoint, `choose`, `rules`, `models`, the tag of a sub-agent, `subagent`,
 * `longContext`, `background`, `webSearch`, `image`, `think`, `tiers`, `default`. A target that cannot do what the request needs, or is
 * too small for it, is passed over for the route's `fallbacks`; they also get a request that the target failed at. Requests that
 * generate nothing (lists of models, stored responses) go to the default as they are.
 *
 * @throws TypeError for rules that cannot work: names that are not known, parameters out of range
 */
export function router(options: RouterOptions): Handler {
  const { name = 'router', clock = systemClock, random = Math.random, maxBodyBytes = MAX_BODY_BYTES, retry } = options
  const { patienceMs = 10_000, heartbeatMs = 10_000, onError } = options
  const estimator = options.estimator ?? createEstimator({ clock, ...(options.state && { state: options.state }) })
  const planFor = createPlanner(options, { estimator, clock, random })
  const passage = nonGeneration(options, random)
  const throttle = retry?.throttle && createThrottle(retry.throttle, clock)
  const sending: SendContext = {
    clock,
    cooldowns: createCooldowns(options.state ?? memoryState({ clock }), clock, random),
    ...(retry && { retry }),
    ...(throttle && { throttle }),
    ...(onError && { onError: (failure, facts) => ownTarget('onError', options.endpoints ?? {}, () => onError(failure, facts)) }),
  }

  /** The answer of a plan, or its refusal in the client's words; both tell how they came about. */
  const carryOut = async (plan: Plan, request: Request, signal: AbortSignal): Promise<Response> => {
    try {
      const { response, candidate } = await sendPlan(plan, request, sending, signal)
      return record(response, plan, candidate)
    } catch (error) {
      if (signal.aborted) throw error
      return record(refusalOf(error, request), plan)
    }
  }
  const answer = async (request: Request, facts: RequestFacts): Promise<Response> => {
    const plan = await planFor(request, facts)
    const mayMove = plan.candidates.length > 1 || onError !== undefined
    return mayMove && !tripOf(request).nested
      ? patiently(presenceOf(request), plan.facts, { clock, patienceMs, heartbeatMs }, (heeded) => carryOut(plan, request, heeded.signal()))
      : carryOut(plan, request, request.signal)
  }
  const refusalOf = (thrown: unknown, request: Request): Response => {
    const failure = failureOf(thrown)
    const { attempts } = tripOf(request)
    const ended = Promise.resolve({ how: 'error' as const, failure })
    const refusal = errorResponse(protocols[clientProtocol(request)], failure)
    return attachOutcome(refusal, { endpoint: name, notices: [], attempts, failure, ended })
  }
  /** Tells which rule chose and why, and learns how the answer's tokens were counted. */
  const record = (response: Response, plan: Plan, asked?: Candidate): Response => {
    const { rule, facts } = plan
    const outcome = outcomeOf(response)
    if (!outcome) return response
    const { ended, route, explain: below } = outcome
    outcome.route = route === undefined ? rule : `${rule} > ${route}`
    outcome.explain = () => describePlan(name, plan, (candidate) => (candidate === asked ? below?.() : undefined))
    void ended.then(({ usage }) => {
      // Read now: who answers a client that waits long is known only later.
      const { endpoint, model } = outcome
      if (usage) return estimator.learn(facts, usage, { endpoint, ...(model !== undefined && { model }) }, plan.conversation())
    })
    return response
  }

  const handler: Handler = async (input: Request | URL | string, init?: unknown) => {
    const request = requestOf(input, init)
    try {
      if (!routeOf(request)) return await passage(request)
      return await answer(request, await factsOf(request, maxBodyBytes))
    } catch (error) {
      if (request.signal.aborted) throw error
      return refusalOf(error, request)
    }
  }

  const barred = ({ barred: why, candidates }: Plan): string | undefined =>
    why ?? (candidates.every((candidate) => candidate.barred) ? candidates[0]?.skipped : undefined)
  const planned = async (ask: Ask): Promise<{ plan: Plan; request: Request }> => {
    const request = passOn(ask.request ?? new Request('http://localhost/'), ask.facts, ask.model === undefined ? {} : { model: ask.model })
    setPermit(request, ask.permit)
    return { plan: await planFor(request, ask.facts), request }
  }
  return attachMember(handler, {
    name,
    kind: 'router',
    model: ({ facts, model }) => model ?? askedModel(facts),
    check(signal) {
      const [only, ...others] = reachOf(options.default, options.endpoints ?? {})
      return only && !others.length ? memberOf(only)?.check?.(signal) : undefined
    },
    can: (ask) => (options.choose ? {} : atBest(reachable(options), ask)),
    barred: async (ask) => barred((await planned(ask)).plan),
    ready: async (ask) => readinessOf((await planned(ask)).plan),
    async explain(ask) {
      const { plan, request } = await planned(ask)
      return explainPlan(name, plan, request, retry)
    },
  })
}

/** Every fetch that a router may send requests to. */
function reachable(options: RouterOptions): Fetch[] {
  const { endpoints = {}, models = {}, rules = [] } = options
  const targets: Target[] = [
    options.default,
    ...Object.values(models),
    ...rules.map(({ to }) => to),
    ...slotsOf(options).map(({ target }) => target),
  ]
  const chosen = options.explicit === false ? [] : Object.values(endpoints).filter((fetch) => fetch !== false)
  return [...chosen, ...targets.flatMap((target) => reachOf(target, endpoints))]
}

/** What some target can do: a request is kept from a router only where none could take it. A stranger may be able to do anything. */
function atBest(fetches: readonly Fetch[], ask: Ask): Capability {
  const all = fetches.map((fetch) => memberOf(fetch)?.can(ask) ?? {})
  const most = (field: 'contextWindow' | 'maxOutput') => {
    const sizes = all.map((capability) => capability[field])
    return sizes.length && sizes.every((size) => size !== undefined) ? { [field]: Math.max(...sizes) } : {}
  }
  const lacks = (all[0]?.lacks ?? []).filter((need) => all.every((capability) => capability.lacks?.includes(need)))
  return { ...(lacks.length && { lacks }), ...most('contextWindow'), ...most('maxOutput') }
}
