/**
 * Listens to an answer on its way to a client, so that another member could go on with it where it breaks.
 *
 * @module
 */
import { encodeUtf8 } from '../../core/utf8.ts'
import type { Failure } from '../../core/failure.ts'
import type { Protocol, ReplyContext } from '../../core/protocol.ts'
import type { StreamEvent } from '../../core/reply.ts'
import { mergeUsage, type Usage } from '../../core/usage.ts'
import { createClientEvents, joined } from './client-events.ts'

export interface Hearing {
  /** More of the answer, cut anywhere. Gives what of it may go to the client: whole events that are understood, and none that tells of a failure. */
  push(chunk: Uint8Array | string): Uint8Array | string
  /** No more comes: reads what is left. */
  end(): void
  /** `open`: it could be gone on with. `over`: it is complete. `lost`: something other than text has begun, or it is not understood. */
  state(): 'open' | 'over' | 'lost'
  /** What the answer itself told that it failed of. */
  failure(): Failure | undefined
  /** What has not gone to the client. */
  held(): Uint8Array
  /** What the client was told. */
  events(): readonly StreamEvent[]
  said(): string
  usage(): Usage | undefined
}

/** A text that is longer is not sent once more. */
const MAX_SAID = 100_000
/** What is understood only with later bytes is held back no longer. */
const MAX_HELD = 64 * 1024

/** @param context of the client's protocol, whose stream it is */
export function createHearing(client: Protocol, context: ReplyContext): Hearing {
  const events: StreamEvent[] = []
  let state: ReturnType<Hearing['state']> = 'open'
  let failure: Failure | undefined
  let usage: Usage | undefined
  let said = ''
  let held: Uint8Array = new Uint8Array()
  /** How much of `held` is read. */
  let seen = 0
  /** How many of the events the client was told. */
  let told = 0

  const reader = createClientEvents(client, context, (event) => {
    if (event.type === 'error') return void (failure ??= event.failure)
    events.push(event)
    if ('usage' in event && event.usage) usage = mergeUsage(usage, event.usage)
    if (event.type === 'delta') said += event.text
    if (event.type === 'finish') state = 'over'
    else if ((event.type === 'part-start' && event.part.type !== 'text') || said.length > MAX_SAID) state = 'lost'
  })
  /** Reads what has come; gives up to where it is understood. */
  const read = (): number => {
    let known = 0
    while (state === 'open' && !failure) {
      const before = events.length
      const block = reader.next()
      if (!block) break
      if (failure) break
      const waits = seen > known
      seen += block.length
      if (events.slice(before).some(tells)) told = events.length
      if (told > before || (!waits && isSignOfLife(block))) known = seen
    }
    return known
  }
  const attempt = <T>(run: () => T, otherwise: T): T => {
    try {
      return run()
    } catch {
      state = 'lost'
      return otherwise
    }
  }
  return {
    push(chunk) {
      if (state !== 'open' && !held.length) return chunk
      // A sign of life stands between events, wherever those are held.
      if (chunk === client.heartbeat.within) return chunk
      const bytes = typeof chunk === 'string' ? encodeUtf8(chunk) : chunk
      held = joined(held, bytes)
      reader.push(bytes)
      const known = attempt(read, 0)
      if (!failure && held.length - known > MAX_HELD) state = 'lost'
      const given = held.subarray(0, state === 'open' ? known : held.length)
      held = held.subarray(given.length)
      seen = Math.max(0, seen - given.length)
      return given
    },
    end: () => attempt(() => (state === 'open' && !failure ? reader.end() : undefined), undefined),
    state: () => state,
    failure: () => failure,
    held: () => held,
    events: () => events.slice(0, told),
    said: () => said,
    usage: () => usage,
  }
}

/** An empty text is opened only when it says something: nobody could tell whether the client has seen it. */
const tells = (event: StreamEvent): boolean => event.type !== 'part-start'

const isSignOfLife = (block: Uint8Array): boolean =>
  /^(:|event: ?(ping|keepalive)\b|\s)/.test(new TextDecoder().decode(block.subarray(0, 32)))
