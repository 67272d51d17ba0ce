/**
 * A stream that was captured, as the whole answer that it told piece by piece: a word that came in two pieces can be found, and a secret that
 * did is known.
 *
 * @module
 */
import type { ProtocolName } from '../../core/chat.ts'
import { createFold } from '../../core/fold.ts'
import { tryParse } from '../../core/json.ts'
import type { Emit } from '../../core/reply.ts'
import { createEventReader } from '../../core/sse.ts'
import { encodeUtf8 } from '../../core/utf8.ts'
import { plainContext } from '../../router/endpoint/answer.ts'
import { protocols } from '../../transformers/registry.ts'

/** In the client's own words, as far as it came; below it the error that broke it off, as it stood in the stream. What cannot be read stays as it is. */
export function wholeAnswer(text: string, protocol: ProtocolName): string {
  const client = protocols[protocol]
  const context = plainContext(client, { name: client.name })
  const fold = createFold()
  let finished = false
  let failed = false
  const emit: Emit = (event) => {
    if (event.type === 'finish') finished = true
    if (event.type === 'error') failed = true
    else fold.emit(event)
  }
  try {
    const decoder = client.decodeStream(emit, context)
    let error = ''
    const reader = createEventReader((data, name) => {
      const event = data === '[DONE]' ? undefined : tryParse(data)
      if (event === undefined || failed) return
      decoder.event(event, name)
      if (failed) error = data
    })
    reader.push(encodeUtf8(text))
    reader.end()
    if (!finished) fold.emit({ type: 'finish', stop: { reason: 'other' } })
    const reply = fold.reply()
    const whole = JSON.stringify(client.encodeReply(reply, { ...context, model: reply.model ?? '' }))
    return error ? `${whole}\n${error}` : whole
  } catch {
    return text
  }
}
