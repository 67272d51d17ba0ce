/**
 * The built-in demo provider: answers in every protocol, tool calls included, with no account and no network.
 *
 * @module
 */
import type { ByteSink, ByteSource } from '../../core/byte-source.ts'
import { respondWith } from '../../core/respond.ts'
import { systemClock, type Clock } from '../../core/clock.ts'
import { failureOf } from '../../core/failure.ts'
import { createNotes } from '../../core/notice.ts'
import type { ReplyContext } from '../../core/protocol.ts'
import type { Reply } from '../../core/reply.ts'
import { estimateInput } from '../../core/tokens.ts'
import { errorResponse } from '../../router/endpoint/answer.ts'
import { clientProtocol, factsOf } from '../../router/facts.ts'
import { requestOf, type Fetch } from '../../router/fetch.ts'
import { eventsInPieces } from '../../testing/pieces.ts'
import { createIdMint } from '../../transformers/call-ids.ts'
import { dialectFor } from '../../transformers/dialects.ts'
import { protocols } from '../../transformers/registry.ts'
import { demoReply } from './reply.ts'

export interface DemoOptions {
  /** Milliseconds between the pieces of a stream. Default 0. */
  delayMs?: number
  clock?: Clock
  /** From 0 up to 1, for ids. Default `Math.random`. */
  random?: () => number
}

/** Makes the demo provider as a fetch: an app by itself, or the `fetch` of an endpoint whose protocol it then speaks. */
export function createDemo(options: DemoOptions = {}): Fetch {
  const { delayMs = 0, clock = systemClock } = options
  const newId = createIdMint(options.random ?? Math.random)
  return async (input, init) => {
    const request = requestOf(input, init)
    try {
      const { protocol, route, body } = await factsOf(request)
      const client = protocols[protocol]
      const chat = client.decodeRequest(body, route)
      if (route.action === 'count-tokens') return Response.json(client.encodeTokenCount(estimateInput(chat)))
      const context: ReplyContext = {
        chat,
        model: route.model ?? chat.model ?? 'demo',
        dialect: dialectFor({ protocol }),
        notes: createNotes('reply', client.fields),
        framing: route.framing ?? 'sse',
        newId,
        now: clock.now,
      }
      const answer = demoReply(chat, { protocol, newCallId: () => newId(client.callIdPrefix || 'call_') })
      const reply: Reply = { ...answer, model: context.model, created: Math.floor(clock.now() / 1000) }
      if (!chat.stream) return Response.json(client.encodeReply(reply, context))
      const encode = client.encodeStream(context)
      const pieces = eventsInPieces(reply).map(encode).filter(Boolean)
      return respondWith(paced(pieces, delayMs, clock), {
        headers: { 'content-type': client.streamType(context), 'cache-control': 'no-cache' },
      })
    } catch (error) {
      if (request.signal.aborted) throw error
      return errorResponse(protocols[clientProtocol(request)], failureOf(error))
    }
  }
}

/** A body that gives one piece at a time, `delayMs` apart. */
function paced(pieces: readonly string[], delayMs: number, clock: Clock): ByteSource {
  let sink: ByteSink | undefined
  let next = 0
  let flowing = false
  let stopTimer: (() => void) | undefined
  const flow = () => {
    stopTimer = undefined
    if (!flowing || !sink) return
    const piece = pieces[next++]
    if (piece === undefined) {
      const last = sink
      sink = undefined
      return last.end()
    }
    sink.write(piece)
    if (delayMs > 0 && flowing) stopTimer = clock.after(delayMs, flow)
    else flow()
  }
  return {
    start(to) {
      sink = to
      flowing = true
      flow()
    },
    pause() {
      flowing = false
      stopTimer?.()
      stopTimer = undefined
    },
    resume() {
      if (flowing) return
      flowing = true
      flow()
    },
    cancel() {
      sink = undefined
      stopTimer?.()
    },
  }
}
