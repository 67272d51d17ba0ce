/**
 * Where a request may go.
 *
 * @module
 */
import { hashOf } from '../../core/hash.ts'
import type { Fetch } from '../fetch.ts'
import { memberOf } from '../member.ts'
import { knownNames, readNamed, type Endpoints } from './names.ts'
import { readEffort } from './effort-suffix.ts'
import { checkChanges, type Changes, type Parameters } from './parameters.ts'

/** A fetch; the name of one of the router's `endpoints`, alone (`name`) or with a model (`name/model`, `name,model`); or more than that. */
export type Target = Fetch | string | Route | Split

/** A target, and what is changed about the request on the way there. */
export interface Route extends Changes {
  to: Fetch | string | Split
  /**
   * The model to ask for; stronger than the endpoint's own. `*` stands for what the client asked for; in a route of `models`, for
   * what the `*` of its pattern stood for. An effort may stand behind it: `gpt-5.4(high)`. Default: the endpoint's own, else the client's.
   */
  model?: string
  /** Who gets the request, in this order, when this target cannot take it or fails in a way that another may survive. */
  fallbacks?: readonly Target[]
  /** Refuse (400) what this target could not be told without loss; a fallback may take it. Default `false`. */
  strict?: boolean
}

/** Several targets that share the requests: an experiment, or a move in steps. */
export interface Split {
  split: readonly { to: Target; /** Default 1. */ weight?: number }[]
  /** What stays with the same target. Default `session`; requests of no session are divided one by one. */
  by?: 'session' | 'request'
  /** Splits of different names divide the sessions independently. Default: the rule's name. */
  name?: string
}

/** One fetch that a target leads to. */
export interface Leg extends Changes {
  /** For people. */
  name: string
  /** Absent: switched off. */
  fetch?: Fetch
  model?: string
  strict?: boolean
}

export interface TargetContext {
  endpoints: Endpoints
  /** Which rule leads here, for errors and splits. */
  rule: string
  /** What `*` in a model stands for. */
  star: string | undefined
  session(): string | undefined
  random(): number
}

const isSplit = (target: Target): target is Split => typeof target === 'object' && 'split' in target

/** The fetches that a target leads to: the first choice, then its fallbacks. @throws TypeError for a name that is not known */
export function legsOf(target: Target, context: TargetContext): Leg[] {
  if (typeof target === 'function') return [{ name: memberOf(target)?.name ?? context.rule, fetch: target }]
  if (typeof target === 'string') return [namedLeg(target, context)]
  if (isSplit(target)) return legsOf(branchOf(target, context), context)
  const { to, model, fallbacks = [], set, defaults, maxTokens, strict } = target
  const changes = { ...(set && { set }), ...(defaults && { defaults }), ...(maxTokens !== undefined && { maxTokens }) }
  const [first, ...others] = legsOf(to, context)
  const chosen = model === undefined ? {} : modelOf(model, context.star)
  return [
    { ...first!, ...chosen, ...changes, ...effortFirst(chosen.set ?? first!.set, set), ...(strict !== undefined && { strict }) },
    ...others,
    ...fallbacks.flatMap((fallback) => legsOf(fallback, context)),
  ]
}

function namedLeg(text: string, { endpoints, star, rule }: TargetContext): Leg {
  const named = readNamed(endpoints, text)
  if (!named) throw unknownTarget(text, endpoints, rule)
  const { name, model } = named
  const fetch = endpoints[name]
  return { name, ...(fetch && { fetch }), ...(model !== undefined && modelOf(model, star)) }
}

const unknownTarget = (text: string, endpoints: Endpoints, rule: string): TypeError =>
  new TypeError(`router: ${rule} leads to "${text}", and no endpoint has that name. Known: ${knownNames(endpoints)}.`)

/** The model of a leg, and the effort that stands behind it. */
function modelOf(text: string, star: string | undefined): Pick<Leg, 'model' | 'set'> {
  const { model, effort } = readEffort(text)
  const reasons = effort && { set: { reasoning: effort } }
  if (!model.includes('*')) return { model, ...reasons }
  return { ...(star !== undefined && { model: model.replace('*', () => star) }), ...reasons }
}

/** What a route sets is stronger than the effort behind a model's name. */
const effortFirst = (effort: Parameters | undefined, set: Parameters | undefined): Pick<Leg, 'set'> =>
  effort || set ? { set: { ...effort, ...set } } : {}

const weightOf = ({ weight = 1 }: Split['split'][number]): number => weight

function branchOf({ split, by = 'session', name }: Split, { session, random, rule }: TargetContext): Target {
  const total = split.reduce((sum, branch) => sum + weightOf(branch), 0)
  const who = by === 'session' ? session() : undefined
  let left = (who === undefined ? random() : hashOf(`${name ?? rule}/${who}`) / 2 ** 32) * total
  return (split.find((branch) => (left -= weightOf(branch)) < 0) ?? split.findLast((branch) => weightOf(branch) > 0)!).to
}

/** Every fetch that a target may ever lead to. */
export function reachOf(target: Target, endpoints: Endpoints): Fetch[] {
  if (typeof target === 'function') return [target]
  if (typeof target === 'string') {
    const named = readNamed(endpoints, target)
    return (named && endpoints[named.name] ? [endpoints[named.name]] : []) as Fetch[]
  }
  const parts = isSplit(target) ? target.split.map(({ to }) => to) : [target.to, ...(target.fallbacks ?? [])]
  return parts.flatMap((part) => reachOf(part, endpoints))
}

/** @throws TypeError for a target that cannot work */
export function checkTarget(target: Target, endpoints: Endpoints, rule: string): void {
  if (typeof target === 'function') return
  if (typeof target === 'string') {
    if (!readNamed(endpoints, target)) throw unknownTarget(target, endpoints, rule)
    return
  }
  if (isSplit(target)) {
    if (target.split.some((branch) => !(weightOf(branch) >= 0)) || !target.split.some((branch) => weightOf(branch) > 0))
      throw new TypeError(`router: the split of ${rule} needs weights from 0 up, and one above 0.`)
    for (const { to } of target.split) checkTarget(to, endpoints, rule)
    return
  }
  if (typeof target !== 'object' || target === null || !('to' in target))
    throw new TypeError(`router: ${rule} is no target. Give a fetch, the name of an endpoint, or { to }.`)
  checkChanges(target, `router: ${rule}`)
  for (const part of [target.to, ...(target.fallbacks ?? [])]) checkTarget(part, endpoints, rule)
}
