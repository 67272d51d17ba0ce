/**
 * The admin API: JSON over HTTP, for people who look after a gateway and for their programs.
 *
 * @module
 */
import { fail, failureOf, isFailureError, type Failure } from '../../core/failure.ts'
import { isObject, tryParse } from '../../core/json.ts'
import { ConfigConflict } from '../config/conflict.ts'
import { ConfigError, pathText } from '../config/problem.ts'
import { limitBody } from '../safety/body-limit.ts'
import { refuseContentType } from '../safety/content-type.ts'
import type { AdminAnswer, AdminAsk, Administered } from './administered.ts'
import { listBackups, makeBackup, restoreBackup, testBackups } from './backups.ts'
import { clearBreakers, listBreakers } from './breakers.ts'
import { listBudgets, resetBudgets } from './budgets.ts'
import { addKey, getKey, listKeys, patchKey, removeKey, replaceKey, setKeyDisabled } from './keys.ts'
import {
  addProvider,
  changeProvider,
  clearRests,
  getProvider,
  listProviders,
  orderProviders,
  removeProvider,
  setEnabled,
} from './providers.ts'
import { createRefusal, PRIVATE } from './refusal.ts'
import { listRequests } from './requests.ts'
import { testProvider } from './test-provider.ts'

type Run = (admin: Administered, ask: AdminAsk) => AdminAnswer | Promise<AdminAnswer>

const ROUTES: readonly (readonly [method: string, path: string, run: Run, what: string])[] = [
  ['GET', '/providers', listProviders, 'all providers, in their order'],
  ['POST', '/providers', addProvider, 'adds one: { "name", "preset" or "protocol" and "baseUrl", "apiKey", … }'],
  ['PUT', '/providers', orderProviders, 'puts them in another order: { "order": [names] }'],
  ['GET', '/providers/{name}', getProvider, 'one of them'],
  ['PATCH', '/providers/{name}', changeProvider, 'changes the fields that are given; null takes one away'],
  ['DELETE', '/providers/{name}', removeProvider, 'removes it'],
  ['POST', '/providers/{name}/enable', setEnabled(true), 'switches it on'],
  ['POST', '/providers/{name}/disable', setEnabled(false), 'switches it off'],
  ['POST', '/providers/{name}/test', testProvider, 'asks it for a word: { "model" } or nothing'],
  ['DELETE', '/providers/{name}/rests', clearRests, 'uses its resting keys again'],
  ['GET', '/admin', listRoutes, 'this list'],
  ['GET', '/admin/breakers', listBreakers, 'what rests, and why'],
  ['DELETE', '/admin/breakers', clearBreakers, 'forgets all of that'],
  ['DELETE', '/admin/breakers/{pool}', clearBreakers, 'forgets that of one pool'],
  ['DELETE', '/admin/breakers/{pool}/{member}', clearBreakers, 'forgets that of one member'],
  ['GET', '/admin/keys', listKeys, 'the keys of clients, with their limits'],
  ['POST', '/admin/keys', addKey, 'makes one, and shows it this once: { "name", "group", "expires", … }'],
  ['GET', '/admin/keys/{name}', getKey, 'one of them'],
  ['PATCH', '/admin/keys/{name}', patchKey, 'changes the fields that are given; null takes one away'],
  ['POST', '/admin/keys/{name}/rotate', replaceKey, 'makes another in its place, and shows it this once: { "grace" }'],
  ['POST', '/admin/keys/{name}/enable', setKeyDisabled(false), 'lets it be used again'],
  ['POST', '/admin/keys/{name}/disable', setKeyDisabled(true), 'lets it not be used'],
  ['DELETE', '/admin/keys/{name}', removeKey, 'ends one'],
  ['GET', '/admin/budgets', listBudgets, 'how all budgets stand'],
  ['DELETE', '/admin/budgets/{of}', resetBudgets, 'forgets what was used up of those of everybody, group {name} or key {name}'],
  ['GET', '/admin/requests', listRequests, 'the latest requests: ?limit, ?endpoint, ?client, ?failed=true'],
  ['GET', '/admin/backups', listBackups, 'the backups at the server, and the versions of the configuration here'],
  ['POST', '/admin/backups', makeBackup, 'makes a backup'],
  ['POST', '/admin/backups/test', testBackups, 'tries the server that backups go to'],
  ['POST', '/admin/backups/{name}/restore', restoreBackup, 'restores one, or the "latest": { "mode", "only" } or nothing'],
  ['POST', '/admin/reload', reload, 'reads the configuration anew'],
]

async function listRoutes({ usage }: Administered): Promise<AdminAnswer> {
  const routes = ROUTES.map(([method, path, , what]) => `${method} ${path}: ${what}`)
  if (!usage) return { body: { routes } }
  const { USAGE_ROUTES } = await import('../usage/routes.ts')
  return { body: { routes: [...routes, ...USAGE_ROUTES.map(([path, , what]) => `GET /admin/usage${path}: ${what}`)] } }
}

/** A name in a path may hold any sign, encoded where it needs to be. */
const PATTERNS = ROUTES.map(([method, path, run]) => ({
  method,
  run,
  pattern: new RegExp(`^${path.replaceAll(/\{\w+\}/g, '([^/]+)')}/?$`),
}))

export interface AdminOptions extends Administered {
  /** Lets a request in, or tells why not. */
  admit(request: Request): Request | Failure
  redact(text: string): string
}

/** Bodies are changes of a few fields. */
const MAX_BODY_BYTES = 256 * 1024

/** Returns what answers requests of the API, and `undefined` for all others. */
export function createAdmin(options: AdminOptions): (request: Request, url: URL) => Promise<Response> | undefined {
  const { admit, redact, usage } = options
  const refusal = createRefusal(redact)
  const dispatch = async (request: Request, url: URL): Promise<Response> => {
    const { pathname, searchParams } = url
    try {
      const admitted = admit(request)
      if (!(admitted instanceof Request)) return refusal(admitted)
      if (/^\/admin\/usage(\/|$)/.test(pathname)) return usage ? await usage.admin(admitted, url) : refusal(NO_LEDGER)
      const at = PATTERNS.filter(({ pattern }) => pattern.test(pathname))
      if (!at.length)
        return refusal({ kind: 'not-found', status: 404, message: `There is no ${pathname}. GET /admin tells what there is.` })
      const found = at.find(({ method }) => method === (request.method === 'HEAD' ? 'GET' : request.method))
      const allow = at.map(({ method }) => method).join(', ')
      if (!found) return refusal({ kind: 'invalid-request', status: 405, message: `${pathname} takes ${allow} only.` }, { allow })
      const names = found.pattern.exec(pathname)!.slice(1).map(decoded)
      return answered(
        await found.run(options, {
          names,
          query: searchParams,
          revision: /^(?:W\/)?"(.*)"$/.exec(admitted.headers.get('if-match') ?? '')?.[1],
          body: () => objectIn(admitted),
        }),
      )
    } catch (error) {
      return refusal(failureIn(error))
    }
  }
  return (request, url) => (/^\/(admin|providers)(\/|$)/.test(url.pathname) ? dispatch(request, url) : undefined)
}

const NO_LEDGER: Failure = {
  kind: 'not-found',
  status: 404,
  message: 'This gateway keeps no ledger: its configuration has "ledger": false, or the program that made it gave it none.',
}

function answered({ status, body, revision }: AdminAnswer): Response {
  const headers = { ...PRIVATE, ...(revision !== undefined && { etag: `"${revision}"` }) }
  if (body === undefined) return new Response(null, { status: 204, headers })
  return new Response(JSON.stringify(body), { status: status ?? 200, headers })
}

async function reload(admin: Administered): Promise<AdminAnswer> {
  const { revision } = await admin.reload()
  return { body: { revision: revision ?? null }, revision }
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}

async function objectIn(request: Request): Promise<Record<string, unknown>> {
  const refused = refuseContentType(request, () => true)
  if (refused) fail(refused)
  const text = await limitBody(request, MAX_BODY_BYTES).text()
  if (!text) return {}
  const value = tryParse(text)
  return isObject(value) ? value : fail({ kind: 'invalid-request', message: 'The body has to be a JSON object.' })
}

/** What was thrown, as what the caller has to know. */
function failureIn(error: unknown): Failure {
  if (isFailureError(error)) return error.failure
  if (error instanceof ConfigConflict)
    return { kind: 'conflict', status: 409, message: error.message, details: { revision: error.revision } }
  if (error instanceof ConfigError) {
    const problems = error.problems.map(({ path, message }) => ({ path: pathText(path), message }))
    const told = problems.map(({ path, message }) => (path ? `${path}: ${message}` : message)).join('; ')
    return { kind: 'invalid-request', status: 422, message: `Nothing was changed: ${told}`, details: { problems } }
  }
  if (error instanceof TypeError) return { kind: 'invalid-request', status: 422, message: `Nothing was changed: ${error.message}` }
  return failureOf(error)
}
