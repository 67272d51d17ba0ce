/**
 * An answer's stream, read. Items may interleave, and may be told twice: by deltas, and by what is done.
 * @see https://platform.openai.com/docs/api-reference/responses-streaming
 *
 * @module
 */
import { isObject, numberOf, objectOf, stringOf, type JsonObject } from '../../core/json.ts'
import type { ReplyContext, StreamDecoder } from '../../core/protocol.ts'
import type { Emit } from '../../core/reply.ts'
import { itemsOf } from './decode-reply.ts'
import { failureOfError } from './errors.ts'
import type { ItemReader, PartCounter } from './item-reader.ts'
import { createItemReader } from './stream-item.ts'
import { decodeStop } from './stop.ts'
import { decodeUsage } from './usage.ts'

export function decodeStream(emit: Emit, { chat }: Pick<ReplyContext, 'chat'>): StreamDecoder {
  const items = new Map<number | string, ItemReader>()
  const counter: PartCounter = { next: 0, call: false, refusal: false, logprobs: chat.logprobs !== undefined }
  let first: JsonObject | undefined
  let started = false
  let over = false

  /** The start is told with the first thing that belongs to an answer: a stream may still fail right after `response.created`. */
  const start = (response: JsonObject | undefined = first) => {
    if (started) return
    started = true
    const id = stringOf(response?.id)
    const model = stringOf(response?.model)
    const created = numberOf(response?.created_at)
    emit({
      type: 'start',
      ...(id !== undefined && { id }),
      ...(model !== undefined && { model }),
      ...(created !== undefined && { created }),
    })
  }
  const keyOf = (event: JsonObject): number | string | undefined => numberOf(event.output_index) ?? stringOf(event.item_id)
  const readerOf = (event: JsonObject, item: JsonObject): ItemReader | undefined => {
    const key = keyOf(event)
    if (key === undefined) return undefined
    let reader = items.get(key)
    if (!reader) items.set(key, (reader = createItemReader(item, `/output/${key}`, emit, counter)))
    return reader
  }

  function finish(response: JsonObject): void {
    start(response)
    itemsOf(response).forEach((item, index) => {
      const known = items.get(index) ?? find(item)
      if (known) return known.done(item)
      const reader = createItemReader(item, `/output/${index}`, emit, counter)
      items.set(index, reader)
      reader.done(item)
    })
    for (const reader of items.values()) reader.close()
    over = true
    const usage = decodeUsage(response)
    emit({ type: 'finish', stop: decodeStop(response, counter), ...(usage && { usage }) })
  }
  const find = (item: JsonObject): ItemReader | undefined => {
    for (const reader of items.values()) if (reader.is(item)) return reader
    return undefined
  }
  const breakOff = (error: unknown, source: JsonObject) => {
    over = true
    emit({ type: 'error', failure: failureOfError(error, source) })
  }

  return {
    event(data, name) {
      const event = objectOf(data)
      if (!event || over) return
      const type = stringOf(event.type) ?? name
      switch (type) {
        case 'response.output_text.delta':
        case 'response.reasoning_summary_text.delta':
        case 'response.function_call_arguments.delta':
        case 'response.custom_tool_call_input.delta':
        case 'response.reasoning_text.delta':
        case 'response.refusal.delta': {
          if (typeof event.delta !== 'string' || !event.delta) return
          start()
          return readerOf(event, ITEM_OF[type]!)?.delta(type, event, event.delta)
        }
        case 'response.created':
        case 'response.in_progress':
        case 'response.queued':
          first ??= objectOf(event.response)
          return
        case 'response.output_item.added':
        case 'response.output_item.done': {
          const item = objectOf(event.item)
          if (!item) return
          start()
          const reader = readerOf(event, item)
          return type === 'response.output_item.added' ? reader?.added(item) : reader?.done(item)
        }
        case 'response.completed':
        case 'response.incomplete':
          return finish(objectOf(event.response) ?? {})
        case 'response.failed':
        case 'response.cancelled': {
          const response = objectOf(event.response) ?? {}
          return breakOff(
            response.error ?? { message: `The upstream ended the answer as ${String(response.status ?? 'failed')}.` },
            response,
          )
        }
        case 'error':
        case 'response.error':
          return breakOff(isObject(event.error) ? event.error : event, event)
        case undefined:
          if (event.error !== undefined && event.error !== null) breakOff(event.error, event)
          return
        default: {
          // Everything else is about a part of an item that is known already.
          const key = keyOf(event)
          const reader = key === undefined ? undefined : items.get(key)
          return reader?.other(type, event)
        }
      }
    },
    // Only `response.completed`, `incomplete` or `failed` end an answer: without them it was cut.
    end() {},
  }
}

/** What kind of item a delta belongs to whose beginning was left out. */
const ITEM_OF: Record<string, JsonObject> = {
  'response.output_text.delta': { type: 'message', role: 'assistant' },
  'response.refusal.delta': { type: 'message', role: 'assistant' },
  'response.reasoning_summary_text.delta': { type: 'reasoning' },
  'response.reasoning_text.delta': { type: 'reasoning' },
  'response.function_call_arguments.delta': { type: 'function_call' },
  'response.custom_tool_call_input.delta': { type: 'custom_tool_call' },
}
