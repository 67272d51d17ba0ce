import type { Reply, StreamEvent } from '../core/reply.ts'
import { unfold } from '../core/fold.ts'

/** At most twelve characters, none of them cut in two. */
const PIECES = /[^]{1,12}/gu

/** The events of a reply as a provider streams it: text, reasoning and arguments in small pieces. */
export function eventsInPieces(reply: Reply): StreamEvent[] {
  const events: StreamEvent[] = []
  unfold(reply, (event) => {
    if (event.type !== 'delta') return void events.push(event)
    for (const text of event.text.match(PIECES) ?? []) events.push({ ...event, text })
  })
  return events
}
