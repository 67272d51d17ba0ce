/**
 * The way past the router, for requests that it would send on as they are: nearly all, where a configuration has a default alone. A router
 * reads a request in many ways before it chooses, which costs as much as the endpoint itself.
 *
 * @module
 */
import { askedModel } from '../router/request-facts.ts'
import { permitOf } from '../router/caller.ts'
import { factsOf, routeOf } from '../router/facts.ts'
import { requestOf, type Fetch } from '../router/fetch.ts'
import { attachMember, memberOf } from '../router/member.ts'
import { outcomeOf } from '../router/outcome.ts'
import { taggedModel } from '../router/routing/subagent-tag.ts'
import { tripOf } from '../router/trip.ts'
import type { Config } from './config/settle.ts'

export interface DirectOptions {
  /** Answers all that is not as simple. */
  routed: Fetch
  /** The default. */
  usual: Fetch
  /** The endpoint whose provider has this model itself, where models have a way of their own. */
  ownerOf(model: string): Fetch | undefined
  maxBodyBytes?: number | undefined
}

/** Whether requests of a configuration can go past the router: no rule, no name and no limit of an endpoint has a say. */
export const isDirect = ({ routes = {}, endpoints }: Config): boolean =>
  Object.keys(routes).every((name) => name === 'default') &&
  Object.values(endpoints).every(({ models, capabilities }) => !models && !capabilities)

/** Where the client may have said whom to ask, or how. */
const CHOICE_HEADERS = ['x-ccn-endpoint', 'x-endpoint-name']
const CHOICE_QUERY = /[?&](endpoint|ep)=/
const CHOICE_MODEL = /[/,:@)]/

export function direct({ routed, usual, ownerOf, maxBodyBytes }: DirectOptions): Fetch {
  const fetch: Fetch = async (input, init) => {
    const request = requestOf(input, init)
    if (CHOICE_HEADERS.some((name) => request.headers.has(name)) || CHOICE_QUERY.test(request.url) || !routeOf(request))
      return routed(request)
    // What cannot be read is the router's to refuse.
    const facts = await factsOf(request, maxBodyBytes).catch(() => undefined)
    const asked = facts && askedModel(facts)
    if (!facts || (asked !== undefined && CHOICE_MODEL.test(asked)) || taggedModel(facts) !== undefined) return routed(request)
    const owner = asked === undefined ? undefined : ownerOf(asked)
    const rule = owner ? 'choose' : 'default'
    const trip = tripOf(request)
    trip.route = rule
    if (owner) trip.model = asked!
    if (permitOf(request)?.route(rule) !== undefined) return routed(request)
    const response = await (owner ?? usual)(request)
    const outcome = outcomeOf(response)
    if (outcome) outcome.route = rule
    return response
  }
  // What it tells of itself is what the router would do: the same.
  const member = memberOf(routed)
  return member ? attachMember(fetch, member) : fetch
}
