/**
 * `POST /usage` as CCGate has it, for dashboards and scripts that were made for that. Its answers hold today's usage, by days of UTC.
 *
 * The tenant's key is a key of this gateway's clients. The administrator's password is the admin key, whatever the username.
 *
 * @module
 */
import type { Clock } from '../../core/clock.ts'
import { failureOf, type Failure } from '../../core/failure.ts'
import { isObject, tryParse } from '../../core/json.ts'
import type { RecordFilter } from '../../accounts/ledger/store.ts'
import { limitBody } from '../safety/body-limit.ts'
import { clientOf, inheritOrigin } from '../safety/connection.ts'
import { refuseContentType } from '../safety/content-type.ts'
import { dailyOf, type Allowance, type ToldBudget } from './allowance.ts'
import { TOO_MUCH, type FairShare } from './fair-share.ts'
import { spanOf, writeMoment } from './moments.ts'
import { ownScope } from './scope.ts'
import type { UsageSource } from './source.ts'
import { toldSum, type ToldSum } from './told.ts'

export interface CcgateParts {
  source: UsageSource
  clock: Clock
  /** Bounds the time that a tenant's questions take. */
  share: FairShare
  admit(request: Request): Request | Failure
  admitAdmin(request: Request): Request | Failure
  /** The endpoints, and whether they can be asked. */
  upstreams?(): Promise<readonly { name: string; healthy: boolean }[]>
  /** What a tenant may use, and what of that is left. */
  allowance?(tenant: string): Promise<Allowance | undefined>
}

const MAX_BODY_BYTES = 16 * 1024
const MAX_KEY = 1000

/** Never rejects. */
export async function answerCcgate(request: Request, parts: CcgateParts): Promise<Response> {
  try {
    const refused = refuseContentType(request, () => true)
    if (refused) return error(refused.status, 'invalid_request', refused.message, parts)
    const body = tryParse(await limitBody(request, MAX_BODY_BYTES).text())
    const { type, apiKey, password } = isObject(body) ? body : {}
    if (type === 'tenant') return await answerTenant(request, apiKey, parts)
    if (type === 'admin') return await answerAdmin(request, password, parts)
    return error(400, 'invalid_request', 'Send { "type": "tenant", "apiKey" } or { "type": "admin", "username", "password" }.', parts)
  } catch (thrown) {
    const { status, kind, message } = failureOf(thrown)
    return error(status, kind, message, parts)
  }
}

async function answerTenant(request: Request, key: unknown, parts: CcgateParts): Promise<Response> {
  if (typeof key !== 'string' || !key)
    return error(401, 'missing_auth', '"apiKey" is missing: one of the keys of this gateway’s clients.', parts)
  const admitted = parts.admit(withKey(request, key))
  if (!(admitted instanceof Request)) return refusedAs(admitted, 'tenant_disabled', parts)
  const tenant = clientOf(admitted)?.name
  if (tenant === undefined) return error(401, 'invalid_key', 'This gateway asks its clients for no keys, so it knows no tenants.', parts)
  const today = await parts.share(tenant, () => todayOf(ownScope(tenant).filter, parts))
  if ('wait' in today) return error(429, 'rate_limited', TOO_MUCH, parts, today.wait)
  const allowance = await parts.allowance?.(tenant)
  const daily = allowance && dailyOf(allowance)
  const usage = { tenantId: tenant, date: today.date, limits: daily ? { usd: limitOf(daily) } : {}, todayUsage: today.usage }
  return success('tenant', { usage, tenant: { id: tenant, name: tenant } })
}

async function answerAdmin(request: Request, password: unknown, parts: CcgateParts): Promise<Response> {
  if (typeof password !== 'string' || !password)
    return error(401, 'missing_auth', '"password" is missing: the admin key of this gateway.', parts)
  const admitted = parts.admitAdmin(withKey(request, password))
  if (!(admitted instanceof Request)) return refusedAs(admitted, 'forbidden', parts)
  const { usage, tenants } = await todayOf({}, parts, true)
  const upstreams = (await parts.upstreams?.()) ?? []
  const healthy = upstreams.filter((upstream) => upstream.healthy).length
  const { totalRequests, totalCost } = usage
  return success('admin', {
    usage: { todayUsage: usage, limits: {}, tenants },
    system: { totalRequests, totalCost, activeTenants: tenants.length, totalUpstreams: upstreams.length, healthyUpstreams: healthy },
    upstreams: {
      total: upstreams.length,
      healthy,
      unhealthy: upstreams.length - healthy,
      healthStatus: Object.fromEntries(upstreams.map((upstream) => [upstream.name, upstream.healthy])),
      upstreams,
    },
  })
}

async function todayOf(filter: RecordFilter, { source, clock }: CcgateParts, withTenants = false) {
  await source.flush()
  const now = clock.now()
  const query = { ...filter, ...spanOf('today', { now, zone: 0 }) }
  const { store } = source
  const [[total], models, hours, tenants] = await Promise.all([
    store.sum(query),
    store.sum({ ...query, by: ['model'] }),
    store.sum({ ...query, every: 'hour' }),
    withTenants ? store.sum({ ...query, by: ['tenant'], order: 'cost' }) : [],
  ])
  const all = toldSum(total!)
  return {
    date: writeMoment(now, 0),
    usage: {
      ...counted(all),
      errorRate: all.requests ? all.failed / all.requests : 0,
      byModel: Object.fromEntries(models.map((sum) => [sum.group.model ?? 'unknown', counted(toldSum(sum))])),
      byHour: Object.fromEntries(hours.map((sum) => [String(new Date(sum.at!).getUTCHours()), counted(toldSum(sum))])),
    },
    tenants: tenants.flatMap((sum) =>
      sum.group.tenant === undefined ? [] : [{ id: sum.group.tenant, name: sum.group.tenant, todayUsage: counted(toldSum(sum)) }],
    ),
  }
}

/** Numbers, as CCGate has them: its costs have six decimals. */
const counted = ({ requests, tokens, input, cacheRead, cacheWrite, output, cost }: ToldSum) => ({
  totalRequests: requests,
  totalTokens: tokens,
  inputTokens: input,
  outputTokens: output,
  cacheReadTokens: cacheRead,
  cacheCreationTokens: cacheWrite,
  totalCost: Number(Number(cost).toFixed(6)),
})

function limitOf(daily: ToldBudget) {
  const [used, limit] = [Number(daily.spent), Number(daily.limit)]
  return { used, limit, percentage: limit > 0 ? Number(((used / limit) * 100).toFixed(2)) : 100, exceeded: used >= limit }
}

const KEY_HEADERS = ['authorization', 'x-api-key', 'x-goog-api-key', 'api-key', 'content-length', 'content-type']

/** The request as if its key stood where keys stand: so it is looked up, and guesses are counted, as everywhere. */
function withKey(request: Request, key: string): Request {
  const headers = new Headers(request.headers)
  for (const name of KEY_HEADERS) headers.delete(name)
  // What no header can hold is nobody's key, and counts as a guess all the same.
  headers.set('authorization', `Bearer ${/^[\x21-\x7e]+$/.test(key) && key.length <= MAX_KEY ? key : 'invalid'}`)
  return inheritOrigin(request, new Request(request.url, { headers }))
}

function refusedAs({ kind, status, message, retryAfter }: Failure, denied: string, parts: CcgateParts): Response {
  const type = kind === 'authentication' ? 'invalid_key' : kind === 'permission' ? denied : kind === 'rate-limit' ? 'rate_limited' : kind
  return error(status, type, message, parts, retryAfter)
}

const HEADERS = { 'cache-control': 'no-store' }

const success = (type: string, data: unknown): Response => Response.json({ success: true, type, data }, { headers: HEADERS })

function error(status: number, type: string, message: string, { clock }: CcgateParts, retryAfter?: number): Response {
  const body = { error: { type, message, timestamp: new Date(clock.now()).toISOString() }, requestId: crypto.randomUUID() }
  return Response.json(body, { status, headers: { ...HEADERS, ...(retryAfter !== undefined && { 'retry-after': String(retryAfter) }) } })
}
