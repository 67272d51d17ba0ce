/**
 * The second part of an answer, written on where the first one broke off: one start, one end, and no text twice.
 *
 * @module
 */
import { encodeUtf8 } from '../../core/utf8.ts'
import { STATUS, type Failure } from '../../core/failure.ts'
import { createTokenQueue, type TokenLogprob, type TokenQueue } from '../../core/logprobs.ts'
import type { Protocol, ReplyContext } from '../../core/protocol.ts'
import type { Emit, StreamEvent } from '../../core/reply.ts'
import { addUsage, mergeUsage, type Usage } from '../../core/usage.ts'
import { createClientEvents } from './client-events.ts'
import { withoutOverlap } from './overlap.ts'

export interface Join {
  /** The second answer's bytes; gives the client's. */
  push(bytes: Uint8Array | string): string
  end(): string
  /** The second answer broke: gives what tells the client of it; `''` where its connection has to break. */
  fail(failure: Failure): string
  /** The end of the answer has been given: `undefined` while not, else whether it was a good one. */
  ended(): { failure?: Failure } | undefined
  /** What the second answer told that it used. */
  usage(): Usage | undefined
}

export interface JoinOptions {
  client: Protocol
  context: ReplyContext
  /** What the client was told of the first answer. */
  events: readonly StreamEvent[]
  said: string
  /** What the first answer used. */
  used: Usage
}

export function createJoin({ client, context, events, said, used }: JoinOptions): Join {
  const encode = client.encodeStream(context)
  let open: { index: number; length: number } | undefined
  let next = 0
  let started = false
  for (const event of events) {
    encode(event)
    if (event.type === 'start') started = true
    else if (event.type === 'part-start') open = { index: next++, length: 0 }
    else if (event.type === 'delta' && open?.index === event.index) open.length += event.text.length
    else if (event.type === 'part-end' && open?.index === event.index) open = undefined
  }
  const overlap = withoutOverlap(said)
  /** Where parts of the second answer stand in the joined one; `undefined`: they do not. */
  const places = new Map<number, number | undefined>()
  /** The second answer's text that stands right behind the first one's. */
  let joined: { from: number; to: number; length: number } | undefined
  let tokens: TokenQueue | undefined
  let isSkipped = false
  let met = said === ''
  let usage: Usage | undefined
  let ended: ReturnType<Join['ended']>
  let out = ''

  const write: Emit = (event) => void (out += encode(event))
  const closeFirst = () => {
    if (open) write({ type: 'part-end', index: open.index })
    open = undefined
  }
  const beginPart = (event: Extract<StreamEvent, { type: 'part-start' }>) => {
    const { part } = event
    // The client has had text already: what is thought now would stand behind what was said.
    if (part.type === 'reasoning' && said !== '') return void places.set(event.index, undefined)
    if (part.type === 'text' && !met) {
      met = true
      const to = open?.index ?? next++
      joined = { from: event.index, to, length: open?.length ?? 0 }
      if (!open) write({ type: 'part-start', index: to, part: { type: 'text', text: '' } })
      open = undefined
      return void places.set(event.index, to)
    }
    closeFirst()
    const to = next++
    places.set(event.index, to)
    write({ type: 'part-start', index: to, part })
  }
  /** What is new of the text that two wrote together, with its tokens: those of what was taken out of it were told before. */
  const tellShared = (text: string, index: number) => {
    if (!text) return
    skipRepeated()
    tellTokens(tokens?.take(text), index)
    write({ type: 'delta', index, text })
  }
  const endShared = (index: number) => {
    tellShared(overlap.end(), index)
    skipRepeated()
    tellTokens(tokens?.rest(), index)
  }
  const skipRepeated = () => {
    if (!tokens || isSkipped) return
    isSkipped = true
    if (overlap.removed()) tokens.take(said.slice(-overlap.removed()))
  }
  const tellTokens = (logprobs: TokenLogprob[] | undefined, index: number) => {
    if (logprobs?.length) write({ type: 'logprobs', index, logprobs })
  }
  const reader = createClientEvents(client, context, (event) => {
    if (ended) return
    if ('usage' in event && event.usage) usage = mergeUsage(usage, event.usage)
    switch (event.type) {
      case 'start':
        if (!started) write(event)
        return
      case 'usage':
        return
      case 'part-start':
        return beginPart(event)
      case 'finish':
        closeFirst()
        ended = {}
        return write({ ...event, ...(usage && { usage: addUsage(used, usage) }) })
      case 'error':
        ended = { failure: event.failure }
        return write(event)
    }
    const to = places.get(event.index)
    if (to === undefined) return
    const shared = joined?.from === event.index ? joined : undefined
    if (event.type === 'delta') {
      if (shared) tellShared(overlap.push(event.text), to)
      else write({ ...event, index: to })
    } else if (event.type === 'part-end') {
      if (shared) endShared(to)
      // What was minted about the second half says nothing of the whole.
      write(shared ? { type: 'part-end', index: to } : { ...event, index: to })
    } else if (event.type === 'logprobs') {
      if (shared) (tokens ??= createTokenQueue()).add(event.logprobs)
      else write({ ...event, index: to })
    } else {
      const shift = shared ? shared.length - overlap.removed() : 0
      const { citation } = event
      const { start, end } = citation
      const place = { ...(start !== undefined && { start: start + shift }), ...(end !== undefined && { end: end + shift }) }
      write({ ...event, index: to, citation: { ...citation, ...place } })
    }
  })
  const collect = (run: () => void): string => {
    out = ''
    if (ended) return out
    try {
      run()
    } catch {
      write({ type: 'error', failure: (ended = { failure: UNREADABLE }).failure })
    }
    return out
  }
  return {
    push: (bytes) =>
      collect(() => {
        reader.push(typeof bytes === 'string' ? encodeUtf8(bytes) : bytes)
        while (!ended && reader.next());
      }),
    end: () =>
      collect(() => {
        reader.end()
        if (!ended) write({ type: 'error', failure: (ended = { failure: CUT }).failure })
      }),
    fail: (failure) => collect(() => write({ type: 'error', failure: (ended = { failure }).failure })),
    ended: () => ended,
    usage: () => usage,
  }
}

const CUT = {
  kind: 'truncated',
  status: STATUS.truncated,
  message: 'The answer broke off, another member went on with it, and that broke off as well. Try again.',
} as const satisfies Failure
const UNREADABLE = {
  kind: 'bad-response',
  status: STATUS['bad-response'],
  message: 'The answer broke off, and what another member went on with cannot be read. Try again.',
} as const satisfies Failure
