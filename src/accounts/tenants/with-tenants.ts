/**
 * Tenants around any fetch.
 *
 * @module
 */
import { requestOf, type Fetch, type Handler } from '../../router/fetch.ts'
import { attachMember, memberOf } from '../../router/member.ts'
import { holdRequest, refusal } from './hold.ts'
import { isModelList, onlyUsable } from './model-list.ts'
import { refusalShownTo } from './refusals.ts'
import { createTenants, type TenantsOptions } from './tenants.ts'

/**
 * The same fetch for those who have a key, each held to what it may use: models, routes and endpoints by name, requests and tokens in a minute, requests at
 * a time. Who has none, or asks for more, is refused in the words of the protocol that it speaks.
 *
 * Keys come where clients put them (`authorization`, `x-api-key`, `x-goog-api-key`), and go no further. What a model's name leads to is looked at, too: no
 * alias, route or fallback leads to what is not allowed, and a pool passes over members that are not. Of lists of models (`GET …/models`) each sees its own.
 *
 * @param fetch an endpoint, a pool, a router; any other fetch is taken for one endpoint by the name `app`
 * @throws TypeError for keys that cannot work
 */
export function withTenants(fetch: Fetch, options: TenantsOptions): Handler {
  const tenants = createTenants(options)
  const handler: Handler = async (input: Request | URL | string, init?: unknown) => {
    const given = requestOf(input, init)
    const request = tenants.identify(given)
    if (!(request instanceof Request)) return refusal(given, request)
    const response = refusalShownTo(request, await holdRequest(request, fetch, tenants))
    return isModelList(request) ? onlyUsable(response, request, fetch, tenants) : response
  }
  const member = memberOf(fetch)
  return member ? attachMember(handler, member) : handler
}
