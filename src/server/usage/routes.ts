/**
 * The paths of the answers, below `/admin/usage` for all records and below `/usage` for a tenant's own.
 *
 * @module
 */
import { fail } from '../../core/failure.ts'
import { live, months, overview, request, requests, series, session, tenants, top, totals } from './answers.ts'
import { exported } from './export.ts'
import type { UsageAsk } from './source.ts'

type Run = (ask: UsageAsk) => Response | Promise<Response>

export const USAGE_ROUTES: readonly (readonly [path: string, run: Run, what: string])[] = [
  ['', overview, 'today, yesterday, this week and this month: ?zone'],
  ['/totals', totals, 'the sum of what fits: ?period or ?from and ?to, ?model, ?endpoint, ?session, ?status, …'],
  ['/series', series, 'a sum for each ?every hour, day, week or month, and each ?by'],
  ['/top', top, 'the largest sums ?by model, endpoint, session, …: ?order=cost|requests|tokens, ?limit'],
  ['/months', months, 'a sum for each month, and which months are archived'],
  ['/requests', requests, 'the requests that fit, the newest first: ?text searches what was said, ?limit, ?before'],
  ['/requests/{id}', request, 'one of them, with its attempts'],
  ['/sessions/{id}', session, 'the sum of a session, and its last request'],
  ['/tenants', tenants, 'when each tenant asked last'],
  ['/live', live, 'the requests that end from now on, as server-sent events'],
  ['/export', exported, 'the requests that fit, as ?format=csv, json or jsonl'],
]

const PATTERNS = USAGE_ROUTES.map(([path, run]) => ({ run, pattern: new RegExp(`^${path.replace('{id}', '([^/]+)')}/?$`) }))

/** Answers a question. `path` is what stands behind `/admin/usage` or `/usage`. @throws FailureError */
export async function answerUsage({ method }: Request, path: string, ask: Omit<UsageAsk, 'id'>): Promise<Response> {
  const found = PATTERNS.find(({ pattern }) => pattern.test(path))
  if (!found)
    return fail({
      kind: 'not-found',
      message: `There is no "${path}" of usage. There are: ${USAGE_ROUTES.map(([known]) => known || '/').join(', ')}.`,
    })
  if (method !== 'GET' && method !== 'HEAD') return fail({ kind: 'invalid-request', status: 405, message: 'Usage is read with GET only.' })
  await ask.source.flush()
  const response = await found.run({ ...ask, id: decoded(found.pattern.exec(path)![1] ?? '') })
  if (method === 'GET') return response
  await response.body?.cancel()
  return new Response(null, response)
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
