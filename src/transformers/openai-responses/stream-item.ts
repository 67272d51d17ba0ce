/**
 * One item of a stream, read into parts: an item grows by deltas, and what is done fills in what they left out.
 *
 * @module
 */
import type { Opaque, ToolCallPart } from '../../core/chat.ts'
import { numberOf, objectOf, stringOf, type JsonObject } from '../../core/json.ts'
import { readLogprobs } from '../../core/logprobs.ts'
import type { Emit } from '../../core/reply.ts'
import { decodeAnnotation } from './annotations.ts'
import { flatName } from './decode-tools.ts'
import { outputParts } from './decode-reply.ts'
import { reasoningOpaque, SUMMARY_BREAK } from './reasoning.ts'
import { keep, objectsOf, OWN } from './wire.ts'

/** What the items of a stream count together. */
export interface PartCounter {
  next: number
  call: boolean
  refusal: boolean
  /** The client wants to know how likely the tokens were. */
  logprobs: boolean
}

export interface ItemReader {
  /** `output_item.added`. */
  added(item: JsonObject): void
  /** A delta of its text; the event's `delta`. */
  delta(type: string, event: JsonObject, text: string): void
  /** Any other event about the item. */
  other(type: string, event: JsonObject): void
  /** The finished item. May come twice. */
  done(item: JsonObject): void
  /** Closes what is open. */
  close(): void
  /** Whether this is the item that the final response lists. */
  is(item: JsonObject): boolean
}

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

const nothing = () => {}
const same = (one: JsonObject, other: JsonObject): boolean =>
  one.type === other.type && ((one.id !== undefined && one.id === other.id) || (one.call_id !== undefined && one.call_id === other.call_id))

interface Content {
  index: number
  refusal: boolean
  /** Some of the text was told. */
  told: boolean
  citations: number
  /** Some of its tokens were told. */
  counted: boolean
  open: boolean
}

/** Each content part of a message is a part of its own. */
function readMessage(item: JsonObject, at: string, emit: Emit, counter: PartCounter): ItemReader {
  const { content: _content, ...rest } = item
  const wrapper: JsonObject = { ...rest, status: 'completed' }
  const contents: (Content | undefined)[] = []
  const open = (place: number, refusal: boolean): Content => {
    const known = contents[place]
    if (known) return known
    const content: Content = { index: counter.next++, refusal, told: false, citations: 0, counted: false, open: true }
    contents[place] = content
    if (refusal) counter.refusal = true
    emit({
      type: 'part-start',
      index: content.index,
      part: { type: refusal ? 'refusal' : 'text', text: '', ...keep(undefined, { item: wrapper }) },
    })
    return content
  }
  const tell = (content: Content, text: string) => {
    if (!text || !content.open) return
    content.told = true
    emit({ type: 'delta', index: content.index, text })
  }
  /** How likely the tokens are of the delta that follows, or of all text told where no delta said so. */
  const count = (content: Content, list: unknown) => {
    if (!content.open || content.refusal) return
    const logprobs = readLogprobs(list)
    if (!logprobs.length) return
    content.counted = true
    emit({ type: 'logprobs', index: content.index, logprobs })
  }
  const cite = (content: Content, annotation: JsonObject) => {
    if (!content.open || content.refusal) return
    const citation = decodeAnnotation(annotation, `${at}/content/${contents.indexOf(content)}/annotations/${content.citations++}`)
    emit({ type: 'citation', index: content.index, citation })
  }
  const close = (content: Content | undefined) => {
    if (!content?.open) return
    content.open = false
    emit({ type: 'part-end', index: content.index })
  }
  /** Content of a type that is not known. */
  const keepWhole = (place: number, value: JsonObject) => {
    if (contents[place]) return
    const index = counter.next++
    contents[place] = { index, refusal: false, told: true, citations: 0, counted: false, open: false }
    emit({
      type: 'part-start',
      index,
      part: { type: 'native', protocol: OWN, value, at: `${at}/content/${place}`, ...keep(undefined, { item: wrapper }) },
    })
    emit({ type: 'part-end', index })
  }
  /** The whole content part. It repeats what the deltas told, unless there were none. */
  const fill = (place: number, part: JsonObject) => {
    const refusal = part.type === 'refusal'
    if (!refusal && part.type !== 'output_text' && part.type !== 'text') return keepWhole(place, part)
    const content = open(place, refusal)
    if (counter.logprobs && !content.counted) count(content, part.logprobs)
    if (!content.told) tell(content, stringOf(refusal ? part.refusal : part.text) ?? '')
    for (const annotation of objectsOf(part.annotations).slice(content.citations)) cite(content, annotation)
  }
  return {
    added: nothing,
    delta(type, event, text) {
      const content = open(numberOf(event.content_index) ?? 0, type === 'response.refusal.delta')
      if (counter.logprobs) count(content, event.logprobs)
      tell(content, text)
    },
    other(type, event) {
      const place = numberOf(event.content_index) ?? 0
      const part = objectOf(event.part)
      switch (type) {
        case 'response.content_part.added':
          if (part?.type === 'output_text' || part?.type === 'refusal') open(place, part.type === 'refusal')
          return
        case 'response.output_text.done':
          return fill(place, { type: 'output_text', text: event.text, logprobs: event.logprobs })
        case 'response.refusal.done':
          return fill(place, { type: 'refusal', refusal: event.refusal })
        case 'response.output_text.annotation.added': {
          const annotation = objectOf(event.annotation)
          const content = open(place, false)
          if (annotation) cite(content, annotation)
          return
        }
        case 'response.content_part.done':
          if (part) fill(place, part)
          return close(contents[place])
      }
    },
    done(finished) {
      if (finished.phase !== undefined) wrapper.phase = finished.phase
      objectsOf(finished.content).forEach((part, place) => fill(place, part))
      contents.forEach(close)
    },
    close: () => contents.forEach(close),
    is: (other) => same(item, other),
  }
}

/** A reasoning item is one part: its summary's paragraphs, or else the raw reasoning. */
function readReasoning(item: JsonObject, emit: Emit, counter: PartCounter): ItemReader {
  const index = counter.next++
  /** Which paragraphs were told by deltas. */
  const told: boolean[] = []
  let source: 'summary' | 'content' | undefined
  let opaque: Opaque | undefined
  let open = true
  const { summary: _summary, content: _content, encrypted_content: _early, ...rest } = item
  emit({ type: 'part-start', index, part: { type: 'reasoning', text: '', ...keep(undefined, { item: rest }) } })
  const tell = (from: 'summary' | 'content', at: number, text: string) => {
    if (!text || !open || (source ?? from) !== from) return
    const paragraph = from === 'summary' && source !== undefined && !told[at]
    source = from
    told[at] = true
    emit({ type: 'delta', index, text: paragraph ? SUMMARY_BREAK + text : text })
  }
  const fill = (from: 'summary' | 'content', at: number, text: unknown) => {
    if (!told[at]) tell(from, at, stringOf(text) ?? '')
  }
  const close = () => {
    if (!open) return
    open = false
    emit({ type: 'part-end', index, opaque: opaque ?? reasoningOpaque(rest) })
  }
  return {
    added: nothing,
    delta: (type, event, text) =>
      type === 'response.reasoning_summary_text.delta'
        ? tell('summary', numberOf(event.summary_index) ?? 0, text)
        : tell('content', numberOf(event.content_index) ?? 0, text),
    other(type, event) {
      if (type === 'response.reasoning_summary_text.done') fill('summary', numberOf(event.summary_index) ?? 0, event.text)
      else if (type === 'response.reasoning_summary_part.done')
        fill('summary', numberOf(event.summary_index) ?? 0, objectOf(event.part)?.text)
      else if (type === 'response.reasoning_text.done') fill('content', numberOf(event.content_index) ?? 0, event.text)
    },
    done(finished) {
      objectsOf(finished.summary).forEach((part, at) => fill('summary', at, part.text))
      objectsOf(finished.content).forEach((part, at) => fill('content', at, part.text))
      // What was encrypted when the item was announced was another, earlier state.
      opaque = reasoningOpaque(finished)
      close()
    },
    close,
    is: (other) => same(item, other),
  }
}

function readCall(item: JsonObject, emit: Emit, counter: PartCounter): ItemReader {
  const custom = item.type === 'custom_tool_call'
  let index = -1
  let told = 0
  let open = true
  let waiting = ''
  let known = item
  const start = (from: JsonObject) => {
    const id = stringOf(from.call_id) ?? stringOf(from.id)
    const name = stringOf(from.name)
    if (index >= 0 || id === undefined || name === undefined) return
    known = from
    index = counter.next++
    counter.call = true
    const { type: _type, call_id: _callId, name: _name, namespace, arguments: _arguments, input: _input, ...rest } = from
    const fields = namespace === undefined ? {} : { name, namespace }
    const part: ToolCallPart = {
      type: 'tool-call',
      id,
      name: flatName(name, stringOf(namespace)),
      ...(custom && { custom }),
      ...keep({ ...rest, ...('status' in rest && { status: 'completed' }) }, { fields }),
    }
    emit({ type: 'part-start', index, part })
    if (waiting) emit({ type: 'delta', index, text: waiting })
    waiting = ''
  }
  const tell = (text: string) => {
    if (!text || !open) return
    told += text.length
    if (index < 0) waiting += text
    else emit({ type: 'delta', index, text })
  }
  const close = () => {
    if (!open) return
    open = false
    if (index >= 0) emit({ type: 'part-end', index })
  }
  return {
    added: start,
    delta: (_type, _event, text) => tell(text),
    other(type, event) {
      if (type === 'response.function_call_arguments.done') tell((stringOf(event.arguments) ?? '').slice(told))
      else if (type === 'response.custom_tool_call_input.done') tell((stringOf(event.input) ?? '').slice(told))
    },
    done(finished) {
      start({ ...item, ...finished })
      tell((stringOf(custom ? finished.input : finished.arguments) ?? '').slice(told))
      close()
    },
    close,
    is: (other) => same(known, other),
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
