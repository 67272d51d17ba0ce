/**
 * Who may ask what of the usage: people with the admin key all of it, a tenant with its own key its own.
 *
 * @module
 */
import type { Clock } from '../../core/clock.ts'
import { fail, failureOf, isFailureError, type Failure } from '../../core/failure.ts'
import { createRefusal } from '../admin/refusal.ts'
import { clientOf } from '../safety/connection.ts'
import type { Allowance } from './allowance.ts'
import { createFairShare, TOO_MUCH, type Turn } from './fair-share.ts'
import { EVERYTHING, ownScope } from './scope.ts'
import type { ArchivedMonth, Live, Scope, UsageAsk, UsageSource } from './source.ts'

/** Lets a request in, or tells why not. */
export type Admit = (request: Request) => Request | Failure

export interface UsageOptions {
  ledger: UsageSource
  clock: Clock
  redact(text: string): string
  /** `false` once the server is about to close. */
  isOpen(): boolean
  /** What a tenant may use, and what of that is left. */
  allowance?(tenant: string): Promise<Allowance | undefined>
  /** The months that were put aside into files of their own. */
  archives?(): Promise<readonly ArchivedMonth[]>
  /** The endpoints, and whether they can be asked. */
  upstreams?(): Promise<readonly { name: string; healthy: boolean }[]>
}

/** Who may ask at one moment. */
export interface UsageDoors {
  /** Lets clients in. */
  admit: Admit
  /** Lets those in who may see all. */
  admitAdmin: Admit
}

export interface UsageAnswers {
  /** Answers what is asked below `/admin/usage` by somebody who was let in. @throws FailureError */
  admin(request: Request, url: URL): Promise<Response>
  /** Answers what is asked below `/usage`; `undefined` for other paths. */
  own(request: Request, url: URL, doors: UsageDoors): Promise<Response> | undefined
}

/** A disk that is full or away is no bug. Where it is, is no tenant's business. */
const unreadable = (error: unknown, { tenant }: Scope): never =>
  fail(
    {
      kind: 'server-error',
      status: 503,
      message:
        tenant === undefined
          ? `The ledger cannot be read: ${error instanceof Error ? error.message : String(error)}. Requests are answered all the same; mend it, and ask again.`
          : 'What was used cannot be read at the moment. Whoever runs this server can see why.',
    },
    error,
  )

/** Nothing of it is loaded before the first question. */
export function createUsage({ ledger: source, clock, redact, isOpen, allowance, upstreams, archives }: UsageOptions): UsageAnswers {
  const refusal = createRefusal(redact)
  const share = createFairShare(clock)
  let live: Promise<Live> | undefined
  const openLive = async (): Promise<Live> => (await import('./live.ts')).createLive({ source, clock, isOpen })
  const answer = async (request: Request, { searchParams }: URL, path: string, scope: Scope, turn?: Turn): Promise<Response> => {
    const [{ answerUsage }, opened] = await Promise.all([import('./routes.ts'), (live ??= openLive())])
    const ask: Omit<UsageAsk, 'id'> = {
      source,
      clock,
      scope,
      query: searchParams,
      live: opened,
      ...(turn && { turn }),
      ...(allowance && { allowance }),
      ...(archives && { archives }),
    }
    return answerUsage(request, path, ask).catch((error: unknown) =>
      isFailureError(error) ? Promise.reject(error) : unreadable(error, scope),
    )
  }
  const inTurn = async (tenant: string, run: (turn: Turn) => Promise<Response>): Promise<Response> => {
    const answered = await share(tenant, run)
    if (answered instanceof Response) return answered
    return refusal({ kind: 'rate-limit', status: 429, message: TOO_MUCH, retryAfter: answered.wait })
  }
  const answerOwn = async (request: Request, url: URL, { admit, admitAdmin }: UsageDoors): Promise<Response> => {
    try {
      const path = url.pathname.slice('/usage'.length)
      if (request.method === 'POST' && /^\/?$/.test(path)) {
        const { answerCcgate } = await import('./ccgate.ts')
        return await answerCcgate(request, {
          source,
          clock,
          share,
          admit,
          admitAdmin,
          ...(upstreams && { upstreams }),
          ...(allowance && { allowance }),
        })
      }
      const admitted = admit(request)
      if (!(admitted instanceof Request)) return refusal(admitted)
      const tenant = clientOf(admitted)?.name
      // Where nobody is known by a key, there is nobody's own.
      const admin = tenant === undefined ? admitAdmin(request) : undefined
      if (admin && !(admin instanceof Request)) return refusal(admin)
      return tenant === undefined
        ? await answer(admitted, url, path, EVERYTHING)
        : await inTurn(tenant, (turn) => answer(admitted, url, path, ownScope(tenant), turn))
    } catch (error) {
      return refusal(failureOf(error))
    }
  }
  return {
    admin: (request, url) => answer(request, url, url.pathname.slice('/admin/usage'.length), EVERYTHING),
    own: (request, url, doors) => (/^\/usage(\/|$)/.test(url.pathname) ? answerOwn(request, url, doors) : undefined),
  }
}
