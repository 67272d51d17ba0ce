/**
 * An answer's stream, written: strict enough for openai-node's `responses.stream()`, which throws on every event out of place,
 * and complete enough for Codex, which keeps what `output_item.done` says.
 * @see https://platform.openai.com/docs/api-reference/responses-streaming
 *
 * @module
 */
import type { Opaque, Part, ReasoningPart, RefusalPart, TextPart, ToolCallPart } from '../../core/chat.ts'
import type { Failure } from '../../core/failure.ts'
import type { JsonObject } from '../../core/json.ts'
import type { ReplyContext } from '../../core/protocol.ts'
import type { Stop, StreamEvent } from '../../core/reply.ts'
import { mergeUsage, type Usage } from '../../core/usage.ts'
import { encodeAnnotation } from './annotations.ts'
import { OVERFLOWN } from './encode-reply.ts'
import { errorObject } from './errors.ts'
import { createEventWriter } from './event-writer.ts'
import {
  blockItem,
  CALL_PREFIX,
  callItem,
  callShapes,
  contentOf,
  isWholeCall,
  messageItem,
  shareMessage,
  type CallShape,
  type ItemStatus,
} from './output-items.ts'
import { carrierItem, isTold, reasoningItem } from './reasoning.ts'
import { responseId, settingsEcho } from './snapshot.ts'
import { encodeStop, isCut } from './stop.ts'
import { encodeUsage } from './usage.ts'
import { OWN, spellingOf } from './wire.ts'

/** A part that is not closed yet. Deltas are written as prefix, JSON text and suffix; without a prefix they are held back. */
interface Open {
  text: string
  prefix: string
  rest: string
  end(opaque: Opaque | undefined): string
  /** What has to be told before the first delta. */
  begin?(): string
  /** Closes the part as unfinished. */
  breakOff(): string
}

interface OpenMessage {
  index: number
  id: string
  first: Part
  content: JsonObject[]
  openParts: number
  /** Nothing more will be added. */
  sealed: boolean
}

export function encodeStream(context: ReplyContext): (event: StreamEvent) => string {
  const { notes, newId } = context
  const events = createEventWriter()
  const shapeOf = callShapes(context.chat)
  const output: JsonObject[] = []
  const parts: (Open | undefined)[] = []
  let items = 0
  let head = ''
  let usage: Usage | undefined
  let refused = false
  let message: OpenMessage | undefined
  /** A call that ended: whether it is complete is known when something follows. */
  let lastCall: ((cut: boolean) => string) | undefined

  const add = (index: number, item: JsonObject): string => events.write('response.output_item.added', { output_index: index, item })
  const done = (index: number, item: JsonObject): string => {
    output[index] = item
    return events.write('response.output_item.done', { output_index: index, item })
  }
  const whole = (item: JsonObject): string => {
    const index = items++
    return add(index, item) + done(index, item)
  }

  function start(id: string | undefined, created: number | undefined): string {
    const now = Math.floor(context.now() / 1000)
    const fixed = {
      id: responseId(id, newId),
      object: 'response',
      created_at: created ?? now,
      model: context.model,
      ...settingsEcho(context),
    }
    head = JSON.stringify(fixed).slice(0, -1)
    const state = { status: 'in_progress', completed_at: null, error: null, incomplete_details: null, output: [], usage: null }
    return events.snapshot('response.created', head, state) + events.snapshot('response.in_progress', head, state)
  }

  const closeMessage = (closing: OpenMessage, status: ItemStatus): string => {
    if (message === closing) message = undefined
    return done(closing.index, messageItem(closing.first, closing.content, closing.id, status))
  }
  /** What is complete because something else begins. */
  function settle(): string {
    let text = lastCall?.(false) ?? ''
    lastCall = undefined
    if (message) {
      message.sealed = true
      if (message.openParts === 0) text += closeMessage(message, 'completed')
      message = undefined
    }
    return text
  }

  function openContent(part: TextPart | RefusalPart): [Open, string] {
    let text = ''
    if (lastCall || (message && !shareMessage(message.first, part))) text += settle()
    if (!message) {
      const id = String(spellingOf(part).item?.id ?? newId('msg_'))
      message = { index: items++, id, first: part, content: [], openParts: 0, sealed: false }
      text += add(message.index, messageItem(part, [], id, 'in_progress'))
    }
    const home = message
    const place = { item_id: home.id, output_index: home.index, content_index: home.content.length }
    const isText = part.type === 'text'
    const empty = isText ? { type: 'output_text', text: '', annotations: [], logprobs: [] } : { type: 'refusal', refusal: '' }
    home.content.push(empty)
    home.openParts++
    text += events.write('response.content_part.added', { ...place, part: empty })
    const close = (): string => {
      const finished = contentOf(isText ? { ...part, text: open.text } : { ...part, text: open.text }, notes)
      home.content[place.content_index] = finished
      home.openParts--
      let closing = ''
      if (isText)
        (part.citations ?? []).forEach((citation, i) => {
          const annotation = encodeAnnotation(citation, open.text.length, notes)
          if (annotation) closing += events.write('response.output_text.annotation.added', { ...place, annotation_index: i, annotation })
        })
      closing += isText
        ? events.write('response.output_text.done', { ...place, text: open.text, logprobs: [] })
        : events.write('response.refusal.done', { ...place, refusal: open.text })
      return closing + events.write('response.content_part.done', { ...place, part: finished })
    }
    const open: Open = {
      text: '',
      prefix: events.deltaPrefix(isText ? 'response.output_text.delta' : 'response.refusal.delta', place),
      rest: isText ? ',"logprobs":[]' : '',
      end(opaque) {
        let closing = close()
        if (home.sealed && home.openParts === 0) closing += closeMessage(home, 'completed')
        if (opaque && opaque.by !== OWN) closing += settle() + whole(carrierItem(opaque, undefined, newId('rs_')))
        return closing
      },
      breakOff() {
        const closing = close()
        return home.openParts === 0 ? closing + closeMessage(home, 'incomplete') : closing
      },
    }
    if (!isText) refused = true
    return [open, text]
  }

  function openReasoning(part: ReasoningPart): [Open, string] {
    let text = settle()
    let index = -1
    let id = ''
    const openItem = (): string => {
      id = String(spellingOf(part).item?.id ?? newId('rs_'))
      index = items++
      return add(index, { type: 'reasoning', id, summary: [] })
    }
    if (!part.redacted) text += openItem()
    const close = (opaque: Opaque | undefined): string => {
      const ended: ReasoningPart = { ...part, text: open.text, ...(opaque && { opaque }) }
      if (index < 0 && !isTold(ended)) return ''
      let closing = index < 0 ? openItem() : ''
      if (open.prefix) {
        const place = { item_id: id, output_index: index, summary_index: 0 }
        closing += events.write('response.reasoning_summary_text.done', { ...place, text: open.text })
        closing += events.write('response.reasoning_summary_part.done', { ...place, part: { type: 'summary_text', text: open.text } })
      }
      // The item keeps the id under which it was announced; OpenAI's own comes back inside its spelling.
      return closing + done(index, { ...reasoningItem(ended, id), id })
    }
    const open: Open = {
      text: '',
      prefix: '',
      rest: '',
      begin() {
        const opening = index < 0 ? openItem() : ''
        const place = { item_id: id, output_index: index, summary_index: 0 }
        open.prefix = events.deltaPrefix('response.reasoning_summary_text.delta', place)
        return opening + events.write('response.reasoning_summary_part.added', { ...place, part: { type: 'summary_text', text: '' } })
      },
      end: close,
      breakOff: () => close(undefined),
    }
    return [open, text]
  }

  function openCall(part: ToolCallPart): [Open, string] {
    const opening = settle()
    const shape = shapeOf(part)
    const id = String(spellingOf(part).item?.id ?? part.extra?.[OWN]?.id ?? newId(CALL_PREFIX[shape.type]))
    const index = items++
    const ended = (): ToolCallPart => ({ ...part, json: open.text })
    const streamed =
      shape.type === 'function' ? 'function_call_arguments' : shape.type === 'custom' && part.custom ? 'custom_tool_call_input' : undefined
    const place = { item_id: id, output_index: index }
    const finish = (status: ItemStatus): string => {
      const item = { ...callItem(ended(), shape, id, status), id }
      let closing = streamed ? '' : add(index, hollowCall(item, shape))
      output[index] = item
      // A call that was cut off is only listed in the final response: clients run what is done.
      if (status !== 'incomplete') closing += finishText(item, shape) + done(index, item)
      return closing
    }
    const finishText = (item: JsonObject, { type }: CallShape): string => {
      if (type === 'client') return ''
      if (type === 'function')
        return events.write('response.function_call_arguments.done', { ...place, name: shape.name, arguments: item.arguments })
      const input = String(item.input)
      const delta = streamed || !input ? '' : events.write('response.custom_tool_call_input.delta', { ...place, delta: input })
      return delta + events.write('response.custom_tool_call_input.done', { ...place, input })
    }
    const open: Open = {
      text: '',
      prefix: streamed ? events.deltaPrefix(`response.${streamed}.delta`, place) : '',
      rest: '',
      end(opaque) {
        const close = (cut: boolean) => finish(cut && !isWholeCall(ended()) ? 'incomplete' : 'completed')
        // Other parts that are still open do not wait for this one, nor it for them.
        const earlier = lastCall?.(false) ?? ''
        lastCall = undefined
        if (opaque && opaque.by !== OWN) return earlier + close(false) + whole(carrierItem(opaque, part.id, newId('rs_')))
        lastCall = close
        return earlier
      },
      breakOff: () => finish('incomplete'),
    }
    const item = streamed ? { ...callItem({ ...part, json: '', input: undefined }, shape, id, 'in_progress'), id } : undefined
    return [open, item ? opening + add(index, hollowCall(item, shape)) : opening]
  }

  function finish(stop: Stop): string {
    const cut = isCut(stop)
    let text = lastCall?.(cut) ?? ''
    lastCall = undefined
    if (message) text += closeMessage(message, cut ? 'incomplete' : 'completed')
    const end = encodeStop(stop, refused)
    const failed = stop.reason === 'context-window' && items === 0
    const completed_at = end.status === 'completed' ? Math.floor(context.now() / 1000) : null
    const state = { ...end, completed_at, error: null, output, usage: encodeUsage(usage), ...(failed && OVERFLOWN) }
    return text + events.snapshot(`response.${state.status}`, head, state)
  }

  function breakOff(event: Extract<StreamEvent, { type: 'error' }>): string {
    let text = head ? '' : start(undefined, undefined)
    text += lastCall?.(true) ?? ''
    // What is not finished is only listed in the end: Codex keeps whatever is done, and would run half a call.
    events.mute()
    for (const open of parts) open?.breakOff()
    if (message) closeMessage(message, 'incomplete')
    const { type, code, message: words, param } = errorObject(event.failure)
    // Codex reads only the failed response, openai-node throws on the error before it.
    text += events.aloud('error', { error: { type, code, message: words, param } })
    const error = { code: streamCode(code, event.failure), message: words }
    const told = output.filter((item) => item !== undefined)
    const state = {
      status: 'failed',
      completed_at: null,
      error,
      incomplete_details: null,
      output: told,
      usage: usage ? encodeUsage(usage) : null,
    }
    return text + events.snapshot('response.failed', head, state)
  }

  const open = (part: Part, index: number): string => {
    let opened: [Open, string]
    if (part.type === 'text' || part.type === 'refusal') opened = openContent(part)
    else if (part.type === 'reasoning') opened = openReasoning(part)
    else if (part.type === 'tool-call') opened = openCall(part)
    else {
      const item = blockItem(part, newId, notes)
      return item ? settle() + whole(item) : ''
    }
    parts[index] = opened[0]
    return opened[1]
  }

  const cited = new Map<number, TextPart>()
  return (event) => {
    switch (event.type) {
      case 'delta': {
        const part = parts[event.index]
        if (!part) return ''
        part.text += event.text
        if (part.prefix) return part.prefix + JSON.stringify(event.text) + events.deltaSuffix(part.rest)
        if (!part.begin) return ''
        return part.begin() + part.prefix + JSON.stringify(event.text) + events.deltaSuffix(part.rest)
      }
      case 'start':
        usage = mergeUsage(usage, event.usage)
        return start(event.id, event.created)
      case 'part-start': {
        if (event.part.type !== 'text') return open(event.part, event.index)
        const part: TextPart = { ...event.part, citations: [] }
        cited.set(event.index, part)
        return open(part, event.index)
      }
      case 'citation':
        cited.get(event.index)?.citations?.push(event.citation)
        return ''
      case 'part-end': {
        const part = parts[event.index]
        parts[event.index] = undefined
        return part?.end(event.opaque) ?? ''
      }
      case 'usage':
        usage = mergeUsage(usage, event.usage)
        return ''
      case 'finish':
        usage = mergeUsage(usage, event.usage)
        return finish(event.stop)
      case 'error':
        return breakOff(event)
    }
  }
}

/** Codex takes an overload that is told in a stream for the end of the model's service, and does not try again. */
const streamCode = (code: string | null, failure: Failure): string =>
  failure.kind === 'overloaded' && failure.source?.protocol !== OWN ? 'server_error' : (code ?? 'server_error')

/** A call's item as it is announced, before its arguments. */
function hollowCall(item: JsonObject, { type }: CallShape): JsonObject {
  if (type === 'client') return { ...item, status: 'in_progress' }
  return { ...item, ...(item.type === 'function_call' ? { arguments: '' } : { input: '' }), status: 'in_progress' }
}
