/**
 * A reasoning item of a stream, read into one part: its summary's paragraphs, or else the raw reasoning.
 *
 * @module
 */
import type { Opaque } from '../../core/chat.ts'
import { numberOf, objectOf, stringOf, type JsonObject } from '../../core/json.ts'
import type { Emit } from '../../core/reply.ts'
import { nothing, same, type ItemReader, type PartCounter } from './item-reader.ts'
import { reasoningOpaque, SUMMARY_BREAK } from './reasoning.ts'
import { keep, objectsOf } from './wire.ts'

export function readReasoning(item: JsonObject, emit: Emit, counter: PartCounter): ItemReader {
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
