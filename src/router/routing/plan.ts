/**
 * What a router would do with a request: which rule decides, and who is asked in which order. Sends nothing.
 *
 * @module
 */
import type { Clock } from '../../core/clock.ts'
import { conversationOf } from '../pool/conversation-key.ts'
import type { Estimator } from '../estimate.ts'
import { permitOf, setTenant } from '../caller.ts'
import { askedModel, chatOf, type RequestFacts } from '../request-facts.ts'
import type { Ask } from '../member.ts'
import { askingFor } from '../rename.ts'
import { tripOf } from '../trip.ts'
import type { Adjust } from '../../transformers/translate.ts'
import { backgroundTestOf } from './slots.ts'
import { candidatesOf, passOverBarred, type Candidate } from './candidates.ts'
import { readEffort, type ModelAndEffort } from './effort-suffix.ts'
import { routeFactsOf, type RouteFacts } from './facts.ts'
import { aliasesOf, modelRoutes } from './models.ts'
import { adjustBy } from './parameters.ts'
import { stepsOf, type Decided, type RuleOptions } from './rules.ts'
import { taggedModel, withoutTag } from './subagent-tag.ts'
import { legsOf, type Leg, type Target } from './target.ts'

export interface PlanOptions extends RuleOptions {
  /** Other names of models. What follows is as if the client had asked for the model that the name stands for. */
  aliases?: Readonly<Record<string, string>>
  /** Whose request it is, for rules and for what is remembered of conversations. Default: the name of the client's key, where the server asks for one. */
  tenantOf?: (request: Request) => string | undefined
}

export interface Plan {
  /** The request as it goes on, aliases resolved. */
  facts: RequestFacts
  /** What the targets are asked about it. */
  ask: Ask
  route: RouteFacts
  rule: string
  /** The rules that were asked, in order; the last one decided. */
  tried: readonly { rule: string; matched: boolean }[]
  candidates: readonly Candidate[]
  /** Why whoever asks may not take this way. */
  barred?: string
  /** Adds a target that a failure has led to. */
  add(target: Target, rule: string): Candidate[]
  /** Names the conversation whose answers' counts are kept; absent as long as nobody has asked how long the request is. */
  conversation(): string | undefined
  /** What a candidate changes about the request; `undefined` where that is nothing. `before` are the changes of layers above. */
  changesOf(candidate: Candidate, before: Adjust | undefined): Adjust | undefined
}

export interface PlanContext {
  estimator: Estimator
  clock: Clock
  random(): number
}

export type Planner = (request: Request, facts: RequestFacts) => Promise<Plan>

/** Makes the planner. @throws TypeError for rules that cannot work */
export function createPlanner(options: PlanOptions, { estimator, clock, random }: PlanContext): Planner {
  const { endpoints = {}, longContext, tenantOf } = options
  const models = modelRoutes(options.models)
  const resolve = aliasesOf(options.aliases)
  const steps = stepsOf(options, models)
  const isBackground = backgroundTestOf(options)
  const meantBy = (said: string | undefined): Partial<ModelAndEffort> => {
    const model = resolve(said)
    return model === undefined || models.has(model) ? { model } : readEffort(model)
  }

  return async (request, asked) => {
    const { model, routed } = tripOf(request)
    if (tenantOf) setTenant(request, tenantOf(request))
    const { model: meant, effort } = model === undefined ? meantBy(askedModel(asked)) : {}
    const facts = meant === undefined || meant === askedModel(asked) ? asked : askingFor(asked, meant)
    let conversation: string | undefined
    const route = routeFactsOf(request, facts, {
      ...(model !== undefined && { model }),
      ...(effort && { effort }),
      isBackground,
      tokens: () => estimator.estimateIn((conversation = conversationOf(request, facts)), facts),
      now: clock.now(),
    })

    const tried: { rule: string; matched: boolean }[] = []
    let decided: Decided | undefined
    for (const { name, decide } of steps) {
      const deciding = decide({ request, facts, route })
      decided = deciding instanceof Promise ? await deciding : deciding
      tried.push({ rule: decided?.rule ?? name, matched: decided !== undefined })
      if (decided) break
    }
    const { rule, target, star = route.model, explicit } = decided!
    const legs = (to: Target, name: string): Leg[] => legsOf(to, { endpoints, rule: name, star, session: () => route.session, random })
    const reserve = longContext === undefined || explicit || rule === 'longContext' ? [] : legs(longContext, 'longContext')
    const permit = permitOf(request)
    const ask: Ask = { facts, request, ...(model !== undefined && { model }), ...(permit && { permit }) }
    const context = { ask, estimator, tokens: () => route.tokens }
    const candidates = candidatesOf(legs(target, rule), reserve, context)
    if (permit) await passOverBarred(candidates, ask)
    // A router below only carries out what one above has decided.
    const barred = routed ? undefined : permit?.route(rule)

    const untag = routed || taggedModel(facts) === undefined ? undefined : withoutTag
    const reason = effort && adjustBy({ set: { reasoning: effort } })
    return {
      facts,
      ask,
      route,
      rule,
      tried,
      candidates,
      ...(barred !== undefined && { barred }),
      add(to, name) {
        const added = candidatesOf(legs(to, name), [], context)
        candidates.push(...added)
        return added
      },
      conversation: () => conversation,
      changesOf: (candidate, before) => effective(facts, before, [untag, reason, adjustBy(candidate)]),
    }
  }
}

/** All changes one after the other; `undefined` where the router's own change nothing: then what is passed on is as it came. */
function effective(facts: RequestFacts, before: Adjust | undefined, own: readonly (Adjust | undefined)[]): Adjust | undefined {
  const changes = own.filter((change) => change !== undefined)
  if (!changes.length) return undefined
  const all: Adjust = (chat) => changes.reduce((changed, change) => change(changed), before ? before(chat) : chat)
  const chat = chatOf(facts)
  return all(chat) === (before ? before(chat) : chat) ? undefined : all
}
