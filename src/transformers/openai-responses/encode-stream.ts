/**
 * An answer's stream, written: strict enough for openai-node's `responses.stream()`, which throws on every event out of place,
 * and complete enough for Codex, which keeps what `output_item.done` says.
 * @see https://platform.openai.com/docs/api-reference/responses-streaming
 *
 * @module
 */
import type { Part, TextPart } from '../../core/chat.ts'
import { extended } from '../../core/extended.ts'
import type { Failure } from '../../core/failure.ts'
import { escaped } from '../../core/json-strings.ts'
import { writeLogprobs } from '../../core/logprobs.ts'
import type { ReplyContext } from '../../core/protocol.ts'
import type { Stop, StreamEvent } from '../../core/reply.ts'
import { OPENAI_TIERS, tierFor } from '../../core/service-tier.ts'
import { mergeUsage, type Usage } from '../../core/usage.ts'
import { compactStream, isCompaction } from './compaction.ts'
import { OVERFLOWN } from './encode-reply.ts'
import { errorObject } from './errors.ts'
import { blockItem } from './output-items.ts'
import { carrierItem } from './reasoning.ts'
import { responseId, settingsEcho } from './snapshot.ts'
import { encodeStop, isCut, noteEnd } from './stop.ts'
import { createAnswer, type Open } from './stream-answer.ts'
import { openCall } from './stream-call.ts'
import { openContent } from './stream-message.ts'
import { openReasoning } from './stream-reasoning.ts'
import { encodeUsage } from './usage.ts'
import { OWN } from './wire.ts'

export function encodeStream(context: ReplyContext): (event: StreamEvent) => string {
  const write = createStreamWriter(context)
  return isCompaction(context.chat) ? compactStream(write, context.newId) : write
}

function createStreamWriter(context: ReplyContext): (event: StreamEvent) => string {
  const { notes, newId } = context
  const answer = createAnswer(context)
  const { events, output } = answer
  const parts: (Open | undefined)[] = []
  let head = ''
  /** The tier that was asked for, until another is told. */
  let service_tier: unknown
  let usage: Usage | undefined

  function frame(id: string, created = Math.floor(context.now() / 1000)): void {
    const { service_tier: asked, ...echo } = settingsEcho(context)
    const fixed = { id, object: 'response', created_at: created, model: context.model, ...echo }
    head = JSON.stringify(fixed).slice(0, -1)
    service_tier = asked
  }

  function start(id: string | undefined, created: number | undefined): string {
    frame(responseId(id, newId), created)
    const state = { status: 'in_progress', completed_at: null, error: null, incomplete_details: null, service_tier }
    return events.snapshot('response.created', head, state, [], null) + events.snapshot('response.in_progress', head, state, [], null)
  }

  function finish(stop: Stop): string {
    const cut = isCut(stop)
    let text = answer.endCall(cut)
    if (answer.message) text += answer.closeMessage(answer.message, cut ? 'incomplete' : 'completed')
    const end = encodeStop(stop, answer.refused)
    noteEnd(stop, answer.refused, notes)
    const failed = stop.reason === 'context-window' && answer.items === 0
    const completed_at = end.status === 'completed' ? Math.floor(context.now() / 1000) : null
    const { status, incomplete_details } = end
    service_tier = tierFor(OWN, OPENAI_TIERS, usage, notes) ?? service_tier
    const state = { status, incomplete_details, completed_at, error: null, service_tier, ...(failed && OVERFLOWN) }
    return text + events.snapshot(`response.${state.status}`, head, state, output, encodeUsage(usage))
  }

  function breakOff(event: Extract<StreamEvent, { type: 'error' }>): string {
    const { begun } = context
    if (begun) frame(begun.id ?? newId('resp_'), begun.created)
    let text = head ? '' : start(undefined, undefined)
    text += answer.endCall(true)
    // What is not finished is only listed in the end: Codex keeps whatever is done, and would run half a call.
    events.mute()
    for (const open of parts) open?.breakOff()
    if (answer.message) answer.closeMessage(answer.message, 'incomplete')
    const { type, code, message: words, param } = errorObject(event.failure)
    // Codex reads only the failed response, openai-node throws on the error before it.
    text += events.aloud('error', { error: { type, code, message: words, param } })
    const error = { code: streamCode(code, event.failure), message: words }
    const told = output.filter((item) => item !== undefined)
    const state = { status: 'failed', completed_at: null, error, incomplete_details: null, service_tier }
    return text + events.snapshot('response.failed', head, state, told, usage ? encodeUsage(usage) : null)
  }

  const open = (part: Part, index: number): string => {
    let opened: [Open, string]
    if (part.type === 'text' || part.type === 'refusal') opened = openContent(part, answer)
    else if (part.type === 'reasoning') opened = openReasoning(part, answer)
    else if (part.type === 'tool-call') opened = openCall(part, answer)
    else {
      const item = blockItem(part, newId, notes)
      if (!item) return ''
      const told = answer.settle() + answer.whole(item)
      return 'opaque' in part && part.opaque ? told + answer.whole(carrierItem(part.opaque, part, newId('rs_'))) : told
    }
    parts[index] = opened[0]
    return opened[1]
  }

  const tellTokens = (tokens: NonNullable<Open['tokens']>): string => {
    const { told, next } = tokens
    told.push(...next)
    tokens.next = []
    return events.deltaSuffix({ logprobs: writeLogprobs(next) })
  }

  const cited = new Map<number, TextPart>()
  return (event) => {
    switch (event.type) {
      case 'delta': {
        const part = parts[event.index]
        if (!part) return ''
        part.text += event.text
        if (part.tokens?.next.length) return part.prefix + escaped(event.text) + tellTokens(part.tokens) + events.deltaEnd()
        if (part.prefix) return part.prefix + escaped(event.text) + part.suffix + events.deltaEnd()
        if (!part.begin) return ''
        return part.begin() + part.prefix + escaped(event.text) + part.suffix + events.deltaEnd()
      }
      case 'logprobs': {
        const part = parts[event.index]
        if (!part) return ''
        part.tokens ??= { told: [], next: [] }
        part.tokens.next.push(...event.logprobs)
        return ''
      }
      case 'start':
        usage = mergeUsage(usage, event.usage)
        return start(event.id, event.created)
      case 'part-start': {
        if (event.part.type !== 'text') return open(event.part, event.index)
        const part: TextPart = extended(event.part, { citations: [] })
        cited.set(event.index, part)
        return open(part, event.index)
      }
      case 'citation':
        cited.get(event.index)?.citations?.push(event.citation)
        return ''
      case 'part-end': {
        const part = parts[event.index]
        parts[event.index] = undefined
        return part?.end(event.opaque) ?? ''
      }
      case 'usage':
        usage = mergeUsage(usage, event.usage)
        return ''
      case 'finish':
        usage = mergeUsage(usage, event.usage)
        return finish(event.stop)
      case 'error':
        return breakOff(event)
    }
  }
}

/** Codex takes an overload that is told in a stream for the end of the model's service, and does not try again. */
const streamCode = (code: string | null, failure: Failure): string =>
  failure.kind === 'overloaded' && failure.source?.protocol !== OWN ? 'server_error' : (code ?? 'server_error')
