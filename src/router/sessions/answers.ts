/**
 * What clients are told of responses that are kept, and of those that are not.
 *
 * @module
 */
import { respondText } from '../../core/respond.ts'
import { fail, type Failure } from '../../core/failure.ts'
import type { JsonObject } from '../../core/json.ts'
import { itemsOf, shownInput } from './items.ts'
import { replay } from './replay.ts'
import type { StoredResponse } from './store.ts'

/** `GET /v1/responses/{id}`, as a stream where `?stream=true` asks for one. */
export function retrieved({ response }: StoredResponse, query: URLSearchParams): Response {
  if (query.get('stream') !== 'true') return Response.json(response)
  const after = query.get('starting_after')
  const text = replay(response, after === null ? undefined : Number(after))
  return respondText(text, { headers: { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' } })
}

/**
 * `GET /v1/responses/{id}/input_items`: a page of what the model was given. `turns` end in the response in question.
 *
 * @throws FailureError 400 for an `after` that is none of them
 */
export function inputItems(turns: readonly StoredResponse[], query: URLSearchParams): Response {
  const before = itemsOf(turns.slice(0, -1), shownInput)
  const all = [...before, ...turns.slice(-1).flatMap(shownInput)]
  if (query.get('order') !== 'asc') all.reverse()
  const after = query.get('after')
  const from = after === null ? 0 : all.findIndex(({ id }) => id === after) + 1
  if (after !== null && from === 0)
    fail({ kind: 'invalid-request', message: `after: there is no item with id '${after}' in this list.`, param: 'after' })
  const asked = Number(query.get('limit') ?? Number.NaN)
  const limit = Number.isInteger(asked) ? Math.min(Math.max(asked, 1), 100) : 20
  const data = all.slice(from, from + limit)
  const ends = { first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null }
  return Response.json({ object: 'list', data, ...ends, has_more: from + limit < all.length })
}

export const deleted = (id: string): Response => Response.json({ id, object: 'response', deleted: true } satisfies JsonObject)

const failure = (kind: Failure['kind'], status: number, message: string): Failure => ({
  kind,
  status,
  message,
  retryable: false,
  source: { protocol: 'openai-responses', body: { error: { message, type: 'invalid_request_error', param: null, code: null } } },
})

/** Provider's words. */
export const unknownResponse = (id: string): Failure => failure('not-found', 404, `Response with id '${id}' not found.`)

/** Provider's words. Whatever is kept here has ended: only responses in the background could be cancelled. */
export const notCancellable = (): Failure => failure('invalid-request', 400, 'Cannot cancel a synchronous response.')
