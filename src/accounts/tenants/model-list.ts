/**
 * Which models of a list a key may use: those that it may ask for, and that lead to something that it may use.
 *
 * @module
 */
import { respondText } from '../../core/respond.ts'
import type { ProtocolName } from '../../core/chat.ts'
import { isObject, stringOf, tryParse, type JsonObject } from '../../core/json.ts'
import { encodeUtf8 } from '../../core/utf8.ts'
import { inheritCaller, setPermit, type Permit } from '../../router/caller.ts'
import { factsWith } from '../../router/request-facts.ts'
import { urlOf, type Fetch } from '../../router/fetch.ts'
import { barredFrom } from '../../router/member.ts'
import { refusal } from './hold.ts'
import type { Tenants } from './tenants.ts'

const LIST = /\/models(?:\/([^/:]+))?\/?$/

export const isModelList = (request: Request): boolean => request.method === 'GET' && LIST.test(urlOf(request).pathname)

/** Returns what tells whether a model may be used by whoever sent the request. Nothing is sent. */
export function usableBy(request: Request, fetch: Fetch, { standardOf }: Pick<Tenants, 'standardOf'>): (id: string) => Promise<boolean> {
  const { access } = standardOf(request)
  const { permit } = access
  if (!permit) return async () => true
  return async (id) => access.model(id, false) === undefined && (await barredFrom(fetch, 'app', askFor(id, request, permit))) === undefined
}

/** The smallest request for a model, of a protocol that can ask for any. */
function askFor(model: string, from: Request, permit: Permit) {
  const body: JsonObject = { model, messages: [{ role: 'user', content: 'hi' }] }
  const text = JSON.stringify(body)
  const protocol: ProtocolName = 'openai'
  const facts = factsWith({ protocol, route: { action: 'generate' } }, text, encodeUtf8(text), body)
  const request = new Request(new URL('/v1/chat/completions', from.url), { method: 'POST', body: text })
  inheritCaller(from, request)
  setPermit(request, permit)
  return { facts, request, permit }
}

/** The answer of a list with those alone that may be used. One that is no list is left as it is. */
export async function onlyUsable(response: Response, request: Request, fetch: Fetch, tenants: Tenants): Promise<Response> {
  if (!response.ok || !tenants.standardOf(request).access.permit) return response
  const isUsable = usableBy(request, fetch, tenants)
  const one = LIST.exec(urlOf(request).pathname)?.[1]
  if (one !== undefined && !(await isUsable(decoded(one))))
    return refusal(request, {
      kind: 'not-found',
      status: 404,
      message: `model: ${one} is not known here.`,
      code: 'model_not_found',
      param: 'model',
    })
  const text = await response.text()
  const list = tryParse(text)
  const { status, headers } = response
  const plain = new Headers(headers)
  for (const name of ['content-encoding', 'content-length', 'transfer-encoding']) plain.delete(name)
  if (!isObject(list)) return respondText(text, { status, headers: plain })
  const kept: JsonObject = { ...list }
  for (const field of ['data', 'models'])
    if (Array.isArray(list[field])) kept[field] = await filter(list[field], (item) => isUsable(idOf(item)))
  return respondText(JSON.stringify(kept), { status, headers: plain })
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

const idOf = (item: unknown): string =>
  isObject(item) ? (stringOf(item['id']) ?? stringOf(item['slug']) ?? stringOf(item['name'])?.replace(/^models\//, '') ?? '') : ''

async function filter<T>(items: readonly T[], fits: (item: T) => Promise<boolean>): Promise<T[]> {
  const kept: T[] = []
  for (const item of items) if (await fits(item)) kept.push(item)
  return kept
}
