/**
 * A stream's events as one whole reply, and back.
 *
 * @module
 */
import type { Citation, Part } from './chat.ts'
import { fail } from './failure.ts'
import type { TokenLogprob } from './logprobs.ts'
import type { Emit, Reply, StreamEvent } from './reply.ts'
import { mergeUsage } from './usage.ts'

/** Collects a stream. `reply()` throws the stream's failure where it ended in one, or did not end. */
export function createFold(): { emit: Emit; reply(): Reply } {
  const parts: Part[] = []
  const reply: Reply = { parts, stop: { reason: 'other' } }
  let finished = false
  let broken: Extract<StreamEvent, { type: 'error' }> | undefined
  const emit: Emit = (event) => {
    switch (event.type) {
      case 'start':
        Object.assign(reply, {
          id: event.id,
          model: event.model,
          created: event.created,
          usage: event.usage,
          ...(event.extra && { extra: event.extra }),
        })
        break
      case 'part-start':
        parts[event.index] = event.part.type === 'tool-call' ? { ...event.part, json: event.part.json ?? '' } : { ...event.part }
        break
      case 'delta':
        grow(parts[event.index], event.text)
        break
      case 'citation':
        cite(parts[event.index], event.citation)
        break
      case 'logprobs':
        tell(parts[event.index], event.logprobs)
        break
      case 'part-end':
        if (event.opaque) Object.assign(parts[event.index] ?? {}, { opaque: event.opaque })
        break
      case 'usage':
        reply.usage = mergeUsage(reply.usage, event.usage)
        break
      case 'finish':
        finished = true
        reply.stop = event.stop
        reply.usage = mergeUsage(reply.usage, event.usage)
        if (event.extra) reply.extra = { ...reply.extra, ...event.extra }
        break
      case 'error':
        broken = event
    }
  }
  return {
    emit,
    reply() {
      if (broken) fail(broken.failure)
      if (!finished) fail({ kind: 'truncated', message: 'The upstream closed its stream before the answer was complete. Try again.' })
      return reply
    },
  }
}

function grow(part: Part | undefined, text: string): void {
  if (part?.type === 'tool-call') part.json += text
  else if (part?.type === 'text' || part?.type === 'reasoning' || part?.type === 'refusal') part.text += text
}

function cite(part: Part | undefined, citation: Citation): void {
  if (part?.type === 'text') part.citations = [...(part.citations ?? []), citation]
}

function tell(part: Part | undefined, logprobs: TokenLogprob[]): void {
  if (part?.type === 'text') (part.logprobs ??= []).push(...logprobs)
}

/** Emits a whole reply as the events of a stream: for an upstream that answered whole though a stream was asked for. */
export function unfold(reply: Reply, emit: Emit): void {
  emit({ type: 'start', id: reply.id, model: reply.model, created: reply.created, usage: reply.usage, extra: reply.extra })
  reply.parts.forEach((part, index) => {
    if (part.type === 'tool-result') return
    const { text, hollow } = hollowOf(part)
    emit({ type: 'part-start', index, part: hollow })
    if (part.type === 'text' && part.logprobs?.length) emit({ type: 'logprobs', index, logprobs: part.logprobs })
    if (text) emit({ type: 'delta', index, text })
    if (part.type === 'text') for (const citation of part.citations ?? []) emit({ type: 'citation', index, citation })
    emit({ type: 'part-end', index, opaque: 'opaque' in part ? part.opaque : undefined })
  })
  emit({ type: 'finish', stop: reply.stop, usage: reply.usage })
}

type Whole = Exclude<Part, { type: 'tool-result' }>
function hollowOf(part: Whole): { text: string; hollow: Whole } {
  switch (part.type) {
    case 'text':
      return { text: part.text, hollow: { ...part, text: '', citations: undefined, logprobs: undefined } }
    case 'reasoning':
      return { text: part.text, hollow: { ...part, text: '', opaque: undefined } }
    case 'refusal':
      return { text: part.text, hollow: { ...part, text: '' } }
    case 'tool-call':
      return {
        text: part.json || (part.custom ? '' : JSON.stringify(part.input ?? {})),
        hollow: { ...part, json: undefined, input: undefined },
      }
    default:
      return { text: '', hollow: part }
  }
}
