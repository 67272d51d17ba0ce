/**
 * Reasoning as it is written to a stream: an item with one paragraph of summary.
 *
 * @module
 */
import type { Opaque, ReasoningPart } from '../../core/chat.ts'
import { isTold, reasoningItem } from './reasoning.ts'
import type { Answer, Open } from './stream-answer.ts'
import { spellingOf } from './wire.ts'

/** Opens reasoning. Returns it, and what is told of it. */
export function openReasoning(part: ReasoningPart, answer: Answer): [Open, string] {
  const { events, newId } = answer
  let text = answer.settle()
  let index = -1
  let id = ''
  const openItem = (): string => {
    id = String(spellingOf(part).item?.id ?? newId('rs_'))
    index = answer.items++
    return answer.add(index, { type: 'reasoning', id, summary: [] })
  }
  if (!part.redacted) text += openItem()
  const close = (opaque: Opaque | undefined): string => {
    const ended: ReasoningPart = { ...part, text: open.text, ...(opaque && { opaque }) }
    if (index < 0 && !isTold(ended)) return ''
    let closing = index < 0 ? openItem() : ''
    if (open.prefix) {
      const place = { item_id: id, output_index: index, summary_index: 0 }
      const words = `"text":${JSON.stringify(open.text)}`
      closing += events.write('response.reasoning_summary_text.done', place, words)
      closing += events.write('response.reasoning_summary_part.done', place, `"part":{"type":"summary_text",${words}}`)
    }
    // The item keeps the id under which it was announced; OpenAI's own comes back inside its spelling.
    return closing + answer.done(index, JSON.stringify({ ...reasoningItem(ended, id), id }))
  }
  const open: Open = {
    text: '',
    prefix: '',
    suffix: events.deltaSuffix({}),
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
