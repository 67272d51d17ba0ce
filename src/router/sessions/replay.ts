/**
 * A stored response as the stream that it could have been.
 * @see https://platform.openai.com/docs/api-reference/responses-streaming
 *
 * @module
 */
import { isObject, arrayOf, stringOf, type JsonObject } from '../../core/json.ts'
import { writeEvent } from '../../core/sse.ts'

/** The events after the one that has the number `after`, and in any case the last one, which has all of the answer. */
export function replay(response: JsonObject, after = -1): string {
  const events = [...eventsOf(response)]
  return events
    .map((event, sequence_number) => ({ ...event, sequence_number }))
    .filter(({ sequence_number }) => sequence_number > after || sequence_number === events.length - 1)
    .map((event) => writeEvent(JSON.stringify(event), event.type))
    .join('')
}

type Event = JsonObject & { type: string }

const objectsOf = (value: unknown): JsonObject[] => arrayOf(value).filter(isObject)

function* eventsOf(response: JsonObject): Generator<Event> {
  const begun = { ...response, status: 'in_progress', completed_at: null, incomplete_details: null, output: [], usage: null }
  yield { type: 'response.created', response: begun }
  yield { type: 'response.in_progress', response: begun }
  for (const [output_index, item] of objectsOf(response.output).entries()) {
    const at = { item_id: item.id, output_index }
    const { empty, events } = (TOLD[stringOf(item.type) ?? ''] ?? asWhole)(item, at)
    yield { type: 'response.output_item.added', output_index, item: empty }
    yield* events
    yield { type: 'response.output_item.done', output_index, item }
  }
  yield { type: `response.${String(response.status)}`, response }
}

interface Told {
  /** The item before anything of it was told. */
  empty: JsonObject
  events: Iterable<Event>
}

const asWhole = (item: JsonObject): Told => ({ empty: item, events: [] })

const TOLD: Record<string, (item: JsonObject, at: JsonObject) => Told> = {
  message: (item, at) => ({ empty: { ...item, status: 'in_progress', content: [] }, events: contentEvents(item.content, at) }),
  function_call: (item, at) => ({
    empty: { ...item, status: 'in_progress', arguments: '' },
    events: [
      { type: 'response.function_call_arguments.delta', ...at, delta: item.arguments },
      { type: 'response.function_call_arguments.done', ...at, name: item.name, arguments: item.arguments },
    ],
  }),
  custom_tool_call: (item, at) => ({
    empty: { ...item, status: 'in_progress', input: '' },
    events: [
      { type: 'response.custom_tool_call_input.delta', ...at, delta: item.input },
      { type: 'response.custom_tool_call_input.done', ...at, input: item.input },
    ],
  }),
  reasoning: (item, at) => ({
    empty: { ...item, summary: [], ...(item.content !== undefined && { content: [] }) },
    events: [...summaryEvents(item.summary, at), ...contentEvents(item.content, at)],
  }),
}

/** The field that a content part's text is in, and the events that tell it. */
const TEXTS: Record<string, { field: string; events: string; more?: JsonObject }> = {
  output_text: { field: 'text', events: 'response.output_text', more: { logprobs: [] } },
  refusal: { field: 'refusal', events: 'response.refusal' },
  reasoning_text: { field: 'text', events: 'response.reasoning_text' },
}

function* contentEvents(content: unknown, item: JsonObject): Generator<Event> {
  for (const [content_index, part] of objectsOf(content).entries()) {
    const at = { ...item, content_index }
    const known = TEXTS[stringOf(part.type) ?? '']
    if (!known) {
      yield { type: 'response.content_part.added', ...at, part }
    } else {
      const { field, events, more } = known
      const annotations = objectsOf(part.annotations)
      yield {
        type: 'response.content_part.added',
        ...at,
        part: { ...part, [field]: '', ...(part.annotations !== undefined && { annotations: [] }) },
      }
      if (part[field] !== '') yield { type: `${events}.delta`, ...at, delta: part[field], ...more }
      for (const [annotation_index, annotation] of annotations.entries())
        yield { type: 'response.output_text.annotation.added', ...at, annotation_index, annotation }
      yield { type: `${events}.done`, ...at, [field]: part[field], ...more }
    }
    yield { type: 'response.content_part.done', ...at, part }
  }
}

function* summaryEvents(summary: unknown, item: JsonObject): Generator<Event> {
  for (const [summary_index, part] of objectsOf(summary).entries()) {
    const at = { ...item, summary_index }
    yield { type: 'response.reasoning_summary_part.added', ...at, part: { ...part, text: '' } }
    yield { type: 'response.reasoning_summary_text.delta', ...at, delta: part.text }
    yield { type: 'response.reasoning_summary_text.done', ...at, text: part.text }
    yield { type: 'response.reasoning_summary_part.done', ...at, part }
  }
}
