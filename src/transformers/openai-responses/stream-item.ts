/**
 * One item of a stream, read into parts.
 *
 * @module
 */
import type { JsonObject } from '../../core/json.ts'
import type { Emit } from '../../core/reply.ts'
import { readCall } from './call-reader.ts'
import { outputParts } from './decode-reply.ts'
import { nothing, same, type ItemReader, type PartCounter } from './item-reader.ts'
import { readMessage } from './message-reader.ts'
import { readReasoning } from './reasoning-reader.ts'

/**
 * @param item the item as far as it is known when it first appears
 * @param at its JSON Pointer in the whole answer
 */
export function createItemReader(item: JsonObject, at: string, emit: Emit, counter: PartCounter): ItemReader {
  switch (item.type) {
    case 'message':
      return readMessage(item, at, emit, counter)
    case 'reasoning':
      return readReasoning(item, emit, counter)
    case 'function_call':
    case 'custom_tool_call':
      return readCall(item, emit, counter)
    default:
      return readWhole(item, at, emit, counter)
  }
}

/** An item that is told only when it is finished. */
function readWhole(item: JsonObject, at: string, emit: Emit, counter: PartCounter): ItemReader {
  let open = true
  const tell = (finished: JsonObject) => {
    if (!open) return
    open = false
    for (const part of outputParts(finished, at)) {
      if (part.type === 'tool-result') continue
      const index = counter.next++
      if (part.type !== 'tool-call') {
        emit({ type: 'part-start', index, part })
        emit({ type: 'part-end', index })
        continue
      }
      counter.call = true
      const { input, json, ...call } = part
      emit({ type: 'part-start', index, part: call })
      emit({ type: 'delta', index, text: json || JSON.stringify(input ?? {}) })
      emit({ type: 'part-end', index })
    }
  }
  return { added: nothing, delta: nothing, other: nothing, done: tell, close: nothing, is: (other) => same(item, other) }
}
