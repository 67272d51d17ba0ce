/**
 * Conversations for clients of OpenAI Responses, whatever provider answers: a layer over fetch that keeps what was said, so that
 * a client can go on from a response by its id.
 *
 * @module
 */
import { failureOf, isFailureError, type FailureError } from '../../core/failure.ts'
import { protocols } from '../../transformers/registry.ts'
import { inheritCaller } from '../caller.ts'
import { errorResponse } from '../endpoint/answer.ts'
import { factsOf, MAX_BODY_BYTES, withBody } from '../facts.ts'
import type { RequestFacts } from '../request-facts.ts'
import { requestOf, type Fetch, type Handler } from '../fetch.ts'
import { outcomeOf } from '../outcome.ts'
import { deleted, inputItems, notCancellable, retrieved, unknownResponse } from './answers.ts'
import { compacted, compactionAsk } from './compact.ts'
import { turnsOf } from './items.ts'
import { memoryStore } from './memory-store.ts'
import { ownerOf } from './owner.ts'
import { sessionRoute, type SessionRoute } from './route.ts'
import { openStore, type Session } from './session.ts'
import type { ResponseStore } from './store.ts'
import { readTurn, type Turn } from './turn.ts'
import { watchAnswer } from './watch.ts'

export interface SessionsOptions {
  /** Default: a {@link memoryStore}. */
  store?: ResponseStore
  /** Names whose request it is: responses are there for their owner only. Default: the credential that the client sent, hashed. */
  owner?: (request: Request) => string | Promise<string>
  /** The largest request body that is read, in bytes. Default 32 MiB. */
  maxBodyBytes?: number
  /** Told when the store did not take a response. The client has its answer all the same, and cannot go on from it. */
  onError?: (error: unknown) => void
}

/**
 * Keeps the responses of an app: `previous_response_id` and `item_reference` work with every provider, and so do GET, DELETE,
 * `input_items` and `compact`. A response is kept when it has ended properly, unless the client said `store: false`. All else
 * goes to the app and comes back as it is.
 */
export function sessions(app: Fetch, options: SessionsOptions = {}): Handler {
  const { owner = ownerOf, maxBodyBytes = MAX_BODY_BYTES, onError = () => {} } = options
  const open = openStore(options.store ?? memoryStore(), onError)

  const create = async (request: Request, facts: RequestFacts, { body, kept }: Turn, session: Session): Promise<Response> => {
    const answer = await app(withBody(request, facts, body))
    return kept ? watchAnswer(answer, (response) => session.keep(response, kept)) : answer
  }

  return async (input, init) => {
    const request = requestOf(input, init)
    const route = sessionRoute(request)
    if (!route) return app(request)
    const own = async <T>(run: () => Promise<T>): Promise<T | Response> => {
      try {
        return await run()
      } catch (error) {
        if (request.signal.aborted) throw error
        return refuse(failureOf(error))
      }
    }
    const session = await own(async () => open(await owner(request)))
    if (session instanceof Response) return session
    if ('id' in route) return (await own(() => look(route, request, session))) ?? orUnknown(await app(request), route.id)

    const asked = route.action === 'compact' ? generation(request) : request
    const facts = await factsOf(asked, maxBodyBytes).catch((error: unknown) => {
      if (isFailureError(error)) return error
      throw error
    })
    // What cannot even be read here was not touched: the app may know what to do with it.
    if (facts instanceof Error) return isCompressed(facts) ? app(request) : refuse(facts.failure)
    const turn = await own(() => readTurn(facts.body, session))
    if (turn instanceof Response) return turn
    if (route.action === 'create') return create(request, facts, turn, session)
    if (route.action === 'count') return app(withBody(request, facts, turn.body))
    const answer = await app(withBody(asked, facts, compactionAsk(turn.body)))
    return own(() => compacted(answer, turn.body))
  }
}

const refuse = (failure: ReturnType<typeof failureOf>): Response => errorResponse(protocols['openai-responses'], failure)

const isCompressed = ({ failure }: FailureError): boolean => failure.status === 415

/** What is asked of one stored response; `undefined` where it is not there. */
async function look(route: Extract<SessionRoute, { id: string }>, request: Request, session: Session): Promise<Response | undefined> {
  const { action, id } = route
  if (action === 'delete') return (await session.delete(id)) ? deleted(id) : undefined
  const stored = await session.get(id)
  if (!stored) return undefined
  const query = new URL(request.url).searchParams
  if (action === 'retrieve') return retrieved(stored, query)
  if (action === 'cancel') return refuse(notCancellable())
  return inputItems((await turnsOf(session.get, id)) ?? [stored], query)
}

/** An app of this library has no such path; others may know responses of their own. */
const orUnknown = (answer: Response, id: string): Response =>
  outcomeOf(answer)?.failure?.kind === 'not-found' ? refuse(unknownResponse(id)) : answer

/** A request for a compaction, as the request for an answer that it becomes. */
function generation(request: Request): Request {
  const { method, headers, signal, body } = request
  const url = request.url.replace(/\/compact\/*(?=\?|#|$)/, '')
  const made = new Request(url, { method, headers, signal, body, duplex: 'half' } as RequestInit)
  inheritCaller(request, made)
  return made
}
