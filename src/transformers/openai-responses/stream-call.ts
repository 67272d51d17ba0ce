/**
 * Calls as they are written to a stream.
 *
 * @module
 */
import type { ToolCallPart } from '../../core/chat.ts'
import { extended } from '../../core/extended.ts'
import type { JsonObject } from '../../core/json.ts'
import { jsonWith } from './event-writer.ts'
import { CALL_PREFIX, callItem, isWholeCall, type CallShape, type ItemStatus } from './output-items.ts'
import { carrierItem } from './reasoning.ts'
import type { Answer, Open } from './stream-answer.ts'
import { OWN, spellingOf } from './wire.ts'

/** Opens a call. Its text is held back where the client wants it in another form. Returns it, and what is told of it. */
export function openCall(part: ToolCallPart, answer: Answer): [Open, string] {
  const { events, newId } = answer
  const opening = answer.settle()
  const shape = answer.shapeOf(part)
  const id = String(spellingOf(part).item?.id ?? part.extra?.[OWN]?.id ?? newId(CALL_PREFIX[shape.type]))
  const index = answer.items++
  const ended = (): ToolCallPart => extended(part, { json: open.text })
  const streamed =
    shape.type === 'function' ? 'function_call_arguments' : shape.type === 'custom' && part.custom ? 'custom_tool_call_input' : undefined
  const place = { item_id: id, output_index: index }
  const finish = (status: ItemStatus): string => {
    const item = extended(callItem(ended(), shape, id, status), { id })
    let closing = streamed ? '' : answer.add(index, hollowCall(item, shape))
    // A call that was cut off is only listed in the final response: clients run what is done.
    const field = TEXTS[String(item.type)]
    const words = field && JSON.stringify(item[field])
    const written = field && words ? jsonWith(item, field, words) : JSON.stringify(item)
    if (status === 'incomplete') answer.list(index, written)
    else closing += (words ? finishText(item, words) : '') + answer.done(index, written)
    return closing
  }
  const finishText = (item: JsonObject, words: string): string => {
    if (item.type === 'function_call')
      return events.write('response.function_call_arguments.done', extended(place, { name: shape.name }), `"arguments":${words}`)
    const delta = streamed || words === NOTHING ? '' : events.write('response.custom_tool_call_input.delta', place, `"delta":${words}`)
    return delta + events.write('response.custom_tool_call_input.done', place, `"input":${words}`)
  }
  const open: Open = {
    text: '',
    prefix: streamed ? events.deltaPrefix(`response.${streamed}.delta`, place) : '',
    suffix: events.deltaSuffix({}),
    end(opaque) {
      const close = (cut: boolean) => finish(cut && !isWholeCall(ended()) ? 'incomplete' : 'completed')
      // Other parts that are still open do not wait for this one, nor it for them.
      const earlier = answer.endCall(false)
      if (opaque && opaque.by !== OWN) return earlier + close(false) + answer.whole(carrierItem(opaque, part, newId('rs_')))
      answer.lastCall = close
      return earlier
    },
    breakOff: () => finish('incomplete'),
  }
  const item = streamed ? extended(callItem(extended(part, { json: '', input: undefined }), shape, id, 'in_progress'), { id }) : undefined
  return [open, item ? opening + answer.add(index, hollowCall(item, shape)) : opening]
}

/** Where an item has the text of its call. */
const TEXTS: Readonly<Record<string, 'arguments' | 'input'>> = { function_call: 'arguments', custom_tool_call: 'input' }

/** An empty text as JSON. */
const NOTHING = '""'

/** A call's item as it is announced, before its arguments. */
function hollowCall(item: JsonObject, { type }: CallShape): JsonObject {
  if (type === 'client') return extended(item, { status: 'in_progress' })
  return extended(item, { ...(item.type === 'function_call' ? { arguments: '' } : { input: '' }), status: 'in_progress' })
}
