/**
 * A message of a stream, read: each content part of it is a part of its own.
 *
 * @module
 */
import { numberOf, objectOf, stringOf, type JsonObject } from '../../core/json.ts'
import { readLogprobs } from '../../core/logprobs.ts'
import type { Emit } from '../../core/reply.ts'
import { decodeAnnotation } from './annotations.ts'
import { nothing, same, type ItemReader, type PartCounter } from './item-reader.ts'
import { keep, objectsOf, OWN } from './wire.ts'

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

/** @param at the JSON Pointer of the message in the whole answer */
export function readMessage(item: JsonObject, at: string, emit: Emit, counter: PartCounter): ItemReader {
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
