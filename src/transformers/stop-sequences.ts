/**
 * Stop sequences that an upstream cannot be told: its answer is cut where one of them comes, as if it had stopped there
 * itself. What follows is read to its end all the same, so that the client is told what the answer really cost.
 *
 * @module
 */
import type { Part, TextPart } from '../core/chat.ts'
import { createTokenQueue, shareLogprobs, type TokenLogprob, type TokenQueue } from '../core/logprobs.ts'
import type { Emit, Reply, StreamEvent } from '../core/reply.ts'

/** Where the sequence that is complete first stands in `text`: there a provider would have stopped. */
function findStop(text: string, stops: readonly string[]): { at: number; sequence: string } | undefined {
  let found: { at: number; end: number; sequence: string } | undefined
  for (const sequence of stops) {
    const at = text.indexOf(sequence)
    const end = at + sequence.length
    if (at >= 0 && (!found || end < found.end)) found = { at, end, sequence }
  }
  return found
}

/** The whole answer, up to the first of `stops` in its text. */
export function cutReply(reply: Reply, stops: readonly string[]): Reply {
  const parts: Part[] = []
  for (const part of reply.parts) {
    const found = part.type === 'text' ? findStop(part.text, stops) : undefined
    if (part.type !== 'text' || !found) {
      parts.push(part)
      continue
    }
    if (found.at > 0) parts.push({ ...cutText(part, found.at), citations: undefined, opaque: undefined })
    return { ...reply, parts, stop: { reason: 'stop-sequence', sequence: found.sequence } }
  }
  return reply
}

function cutText(part: TextPart, at: number): TextPart {
  const text = part.text.slice(0, at)
  return part.logprobs ? { ...part, text, logprobs: shareLogprobs(part.logprobs, [text, part.text.slice(at)])[0] } : { ...part, text }
}

/** How much of the end of `text` could be the beginning of a stop sequence. */
function openEnd(text: string, stops: readonly string[]): number {
  let open = 0
  for (const sequence of stops)
    for (let length = Math.min(sequence.length - 1, text.length); length > open; length--)
      if (text.endsWith(sequence.slice(0, length))) open = length
  return open
}

interface OpenText {
  index: number
  /** The event that opens it, while none of it was told. */
  start: StreamEvent | undefined
  /** Its end, which may begin a stop sequence. */
  held: string
  tokens?: TokenQueue
}

/** The stream of an answer, up to the first of `stops` in its text. Text that may be the beginning of one waits for what follows. */
export function cutStream(emit: Emit, stops: readonly string[]): Emit {
  let open: OpenText | undefined
  let met: string | undefined
  const running = new Set<number>()

  const tell = (text: string) => {
    if (!open || !text) return
    begin()
    if (open.tokens) tellTokens(open.tokens.take(text))
    emit({ type: 'delta', index: open.index, text })
  }
  const tellTokens = (logprobs: TokenLogprob[]) => {
    if (logprobs.length) emit({ type: 'logprobs', index: open!.index, logprobs })
  }
  const begin = () => {
    if (open?.start) emit(open.start)
    if (open) open.start = undefined
  }
  const stop = (sequence: string) => {
    met = sequence
    if (!open!.start) emit({ type: 'part-end', index: open!.index })
    running.delete(open!.index)
    for (const index of running) emit({ type: 'part-end', index })
    open = undefined
  }
  const grow = (text: string) => {
    const seen = open!.held + text
    const found = findStop(seen, stops)
    if (found) {
      tell(seen.slice(0, found.at))
      return stop(found.sequence)
    }
    const wait = openEnd(seen, stops)
    tell(seen.slice(0, seen.length - wait))
    open!.held = seen.slice(seen.length - wait)
  }

  return (event) => {
    if (met !== undefined) {
      if (event.type === 'usage') emit(event)
      // The answer was complete where it was cut: that the rest of it broke off is nothing to the client.
      else if (event.type === 'finish' || event.type === 'error')
        emit({ ...(event.type === 'finish' ? event : { type: 'finish' }), stop: { reason: 'stop-sequence', sequence: met } })
      return
    }
    switch (event.type) {
      case 'part-start':
        begin()
        running.add(event.index)
        if (event.part.type !== 'text') return emit(event)
        open = { index: event.index, start: { ...event, part: { ...event.part, text: '' } }, held: '' }
        return grow(event.part.text)
      case 'delta':
        return event.index === open?.index ? grow(event.text) : emit(event)
      case 'logprobs':
        if (event.index === open?.index) (open.tokens ??= createTokenQueue()).add(event.logprobs)
        return
      case 'citation':
        begin()
        return emit(event)
      case 'part-end':
        running.delete(event.index)
        if (event.index === open?.index) {
          begin()
          tell(open.held)
          if (open.tokens) tellTokens(open.tokens.rest())
          open = undefined
        }
        return emit(event)
      default:
        return emit(event)
    }
  }
}
