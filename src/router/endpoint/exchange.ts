/**
 * The exchanges of a call. They are made here, as what waits for an answer keeps all that is named where it waits.
 *
 * @module
 */
import type { ChatRequest } from '../../core/chat.ts'
import { translate, type Exchange } from '../../transformers/translate.ts'
import { chatOf } from '../request-facts.ts'
import type { Rewriting } from './answer.ts'
import type { Call, Upstream } from './call.ts'

/** @param model what the upstream is asked for. Default: the client's */
export const exchangeOf = (upstream: Upstream, { facts, trip, withoutReasoning }: Call, model: string | undefined): Exchange =>
  translate(facts.body, {
    from: facts.protocol,
    to: upstream.protocol,
    chat: chatOf(facts),
    model,
    clientModel: facts.route.model,
    stream: facts.route.stream,
    framing: facts.route.framing ?? 'sse',
    dialect: upstream.dialectName,
    baseUrl: upstream.baseUrl,
    origin: upstream.host,
    adjust: trip.adjust,
    withoutReasoning,
    strict: trip.strict ?? upstream.strict,
    now: upstream.clock.now,
    random: upstream.random,
  })

/** Makes one of a question that was sent as it was, so that nothing of it was lost; none where it cannot be read. */
export const rewriting =
  (upstream: Upstream, call: Call, model: string | undefined): Rewriting =>
  () => {
    try {
      const trip = { ...call.trip, strict: false, adjust: (chat: ChatRequest) => chat }
      return { ...exchangeOf(upstream, { ...call, trip }, model), notices: [] }
    } catch {
      return undefined
    }
  }
