/**
 * The passage between two sides of the same protocol where the client has its stream as one JSON array: the upstream is always asked
 * for server-sent events, and what they hold becomes the elements, untouched.
 * @see https://ai.google.dev/api/generate-content#method:-models.streamgeneratecontent
 *
 * @module
 */
import { tryParse } from '../../core/json.ts'
import { createEventReader } from '../../core/sse.ts'
import { CUT, type PassThroughOptions } from './passthrough.ts'
import type { Passage } from './relay.ts'

export function createArrayPassage({ upstream, context, tell, observe }: PassThroughOptions): Passage {
  let out = ''
  let elements = 0
  let isOver = false
  const decoder = upstream.decodeStream((event) => {
    if (event.type === 'finish' || event.type === 'error') isOver = true
    observe(event)
  }, context)
  const reader = createEventReader((data, name) => {
    const event = tryParse(data)
    if (event === undefined) return
    out += `${elements++ ? ',\n' : '['}${data}`
    decoder.event(event, name)
  })
  const collect = (run: () => void): string => {
    out = ''
    run()
    return out
  }
  const close = (failure = CUT) => {
    try {
      reader.end()
      if (!isOver) decoder.end(false)
    } catch {
      // What cannot be read to its end is a break, and told as one.
    }
    if (isOver) return void (out += elements ? ']' : '[]')
    observe({ type: 'error', failure })
    out += tell(failure, { model: context.model, ...(elements && { begun: {} }) })
  }
  return {
    push: (bytes) => collect(() => reader.push(bytes)),
    end: () => collect(close),
    fail: (failure) => collect(() => close(failure)),
    ended: false,
  }
}
