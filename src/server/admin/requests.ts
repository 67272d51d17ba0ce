/**
 * The latest requests.
 *
 * @module
 */
import type { AdminAnswer, AdminAsk, Administered } from './administered.ts'
import type { RecentRequest } from './recent.ts'

const USUAL = 50

export function listRequests({ recent }: Administered, { query }: AdminAsk): AdminAnswer {
  const limit = Number(query.get('limit') ?? USUAL)
  const wanted = (name: 'endpoint' | 'client') => query.get(name) ?? undefined
  const fits = (entry: RecentRequest): boolean =>
    (['endpoint', 'client'] as const).every((name) => wanted(name) === undefined || entry[name] === wanted(name)) &&
    (query.get('failed') !== 'true' || entry.failure !== undefined || entry.status >= 400)
  return { body: { requests: recent.list(Number.isInteger(limit) && limit > 0 ? limit : USUAL, fits) } }
}
