/**
 * Who goes on with an answer that breaks amid its text.
 *
 * @module
 */
import type { ChatRequest } from '../../core/chat.ts'
import { estimateInput, estimateTokens } from '../../core/tokens.ts'
import { recalled } from '../../transformers/recall.ts'
import { protocols } from '../../transformers/registry.ts'
import type { Adjust } from '../../transformers/translate.ts'
import type { Budget } from '../budget.ts'
import { classify } from '../failures/classify.ts'
import { chatOf } from '../request-facts.ts'
import { outcomeOf, type Attempt } from '../outcome.ts'
import { passOn, tripOf } from '../trip.ts'
import { adjustBy } from '../routing/parameters.ts'
import { continuing } from './continue.ts'
import type { PoolCall, PoolParts } from './parts.ts'
import type { Seat } from './seats.ts'
import type { Tried } from './survey.ts'
import type { Result } from './try-member.ts'

export interface Outliving {
  parts: PoolParts
  call: PoolCall
  /** The request's, which going on draws from as every attempt does. */
  budget: Budget
  tried: ReadonlyMap<Seat, Tried>
  /** What {@link lasting} told before it was asked. */
  chat: ChatRequest | undefined
  /** Asks the members. */
  ask(parts: PoolParts, call: PoolCall): Promise<Response>
}

/** A member's answer, which another member goes on with where it breaks and that may help. Once in a request, whatever the number of pools. */
export function outliving({ seat, response }: Result, { parts, call, budget, tried, chat, ask }: Outliving): Response {
  const { clock, random, heartbeatMs, retry } = parts
  const { facts, trip, request } = call
  if (!chat) return response
  return continuing(response, {
    protocol: facts.protocol,
    chat,
    inputTokens: () => estimateInput(answered(call) ?? chat),
    clock,
    random,
    heartbeatMs,
    async goOn(said, failure, signal) {
      const verdict = classify(failure, clock.now())
      if (verdict.breaker) budget.failed()
      const elsewhere = verdict.nextEndpoint === true || (verdict.optIn && retry.contentPolicy)
      if (!elsewhere || hasGoneOn(trip.attempts) || call.signal.aborted) return undefined
      const adjust = said.trim() ? goingOnAfter(said, trip.adjust) : trip.adjust
      const passed = passOn(request, facts, { budget, reason: 'continue', waitedMs: 0, ...(adjust && { adjust }) }, signal)
      const without = new Map(tried).set(seat, { times: 1, verdict })
      const second = await ask(parts, { request: passed, facts, trip: tripOf(passed), signal, tried: without })
      const told = outcomeOf(second)
      if (second.ok && told && !told.failure && second.headers.get('content-type')?.includes('text/event-stream')) return second
      await second.body?.cancel()
      return undefined
    },
  })
}

/** What is needed of a request to go on with its answer; `undefined` where nobody can. To be asked before it is sent: after that it would be read anew. */
export function lasting(call: PoolCall): ChatRequest | undefined {
  const chat = call.trip.reason === 'continue' ? undefined : answered(call)
  return chat && mayContinue(chat) ? recalled(protocols[call.facts.protocol], chat) : undefined
}

/** Whether an answer to this request could be gone on with at all: nobody can go on with half a JSON text, or with several answers at once. */
const mayContinue = ({ format, candidates = 1 }: ChatRequest): boolean => format === undefined && candidates === 1

const GO_ON =
  'Your answer above was cut off. Go on with it exactly where it stopped, even within a word or a line of code. Repeat nothing of it, and do not mention the break.'

/**
 * Changes a request so that its answer goes on after `said`. As a turn of the user's, since most models refuse an answer that is begun for them. No more tokens
 * than were asked for come in both parts together. The reasoning of the rest would not reach the client: a budget for it is not given again.
 */
function goingOnAfter(said: string, before: Adjust | undefined): Adjust {
  return (chat) => {
    const asked = before?.(chat) ?? chat
    const atMost = asked.maxTokens === undefined ? undefined : Math.max(1, asked.maxTokens - estimateTokens(said))
    const limited = adjustBy({
      ...(atMost !== undefined && { maxTokens: atMost }),
      ...(asked.reasoning?.budget !== undefined && { set: { reasoning: null } }),
    })
    const { messages, ...rest } = limited?.(asked) ?? asked
    const turn = (role: 'assistant' | 'user', text: string) => ({ role, parts: [{ type: 'text' as const, text }] })
    return { ...rest, messages: [...messages, turn('assistant', said), turn('user', GO_ON)] }
  }
}

/** The request in neutral form as it is answered. A body that only its own provider understands is passed through, and cannot be gone on with. */
function answered({ facts, trip }: PoolCall): ChatRequest | undefined {
  try {
    const chat = chatOf(facts)
    return trip.adjust?.(chat) ?? chat
  } catch {
    return undefined
  }
}

/** Whether a member, in this pool or in one below, has gone on with the answer already. */
function hasGoneOn(attempts: readonly Attempt[]): boolean {
  const from = attempts.findIndex(({ reason }) => reason === 'continue')
  return from >= 0 && attempts.slice(from).some(({ failure }) => !failure)
}
