/**
 * Messages as they are written to a stream: texts next to each other are content of one message.
 *
 * @module
 */
import type { RefusalPart, TextPart } from '../../core/chat.ts'
import { extended } from '../../core/extended.ts'
import { jsonWith } from './event-writer.ts'
import { contentOf, messageItem, shareMessage } from './output-items.ts'
import { carrierItem } from './reasoning.ts'
import type { Answer, Open } from './stream-answer.ts'
import { objectsOf, OWN, spellingOf } from './wire.ts'

const EMPTY_TEXT = '{"type":"output_text","text":"","annotations":[],"logprobs":[]}'
const EMPTY_REFUSAL = '{"type":"refusal","refusal":""}'

/** Opens a text or refusal, in the message before it where that still grows. Returns it, and what is told of it. */
export function openContent(part: TextPart | RefusalPart, answer: Answer): [Open, string] {
  const { events, newId, notes } = answer
  let text = ''
  if (answer.lastCall || (answer.message && !shareMessage(answer.message.first, part))) text += answer.settle()
  let home = answer.message
  if (!home) {
    const id = String(spellingOf(part).item?.id ?? newId('msg_'))
    home = { index: answer.items++, id, first: part, content: [], openParts: 0, sealed: false }
    answer.message = home
    text += answer.add(home.index, messageItem(part, [], id, 'in_progress'))
  }
  const message = home
  const place = { item_id: message.id, output_index: message.index, content_index: message.content.length }
  const isText = part.type === 'text'
  const field = isText ? 'text' : 'refusal'
  const empty = isText ? EMPTY_TEXT : EMPTY_REFUSAL
  message.content.push(empty)
  message.openParts++
  text += events.write('response.content_part.added', place, `"part":${empty}`)
  const close = (): string => {
    const { text, tokens } = open
    const said = tokens ? { text, logprobs: tokens.told.concat(tokens.next) } : { text }
    const finished = contentOf(extended(part, said), notes)
    const words = JSON.stringify(open.text)
    const told = finished[field] === open.text ? jsonWith(finished, field, words) : JSON.stringify(finished)
    message.content[place.content_index] = told
    message.openParts--
    let closing = ''
    objectsOf(finished.annotations).forEach((annotation, i) => {
      closing += events.write('response.output_text.annotation.added', extended(place, { annotation_index: i, annotation }))
    })
    closing += isText
      ? events.write('response.output_text.done', place, `"text":${words},"logprobs":${JSON.stringify(finished.logprobs ?? [])}`)
      : events.write('response.refusal.done', place, `"refusal":${words}`)
    return closing + events.write('response.content_part.done', place, `"part":${told}`)
  }
  const open: Open = {
    text: '',
    prefix: events.deltaPrefix(isText ? 'response.output_text.delta' : 'response.refusal.delta', place),
    suffix: events.deltaSuffix(isText ? { logprobs: [] } : {}),
    end(opaque) {
      let closing = close()
      if (message.sealed && message.openParts === 0) closing += answer.closeMessage(message, 'completed')
      if (opaque && opaque.by !== OWN) closing += answer.settle() + answer.whole(carrierItem(opaque, part, newId('rs_')))
      return closing
    },
    breakOff() {
      const closing = close()
      return message.openParts === 0 ? closing + answer.closeMessage(message, 'incomplete') : closing
    },
  }
  if (!isText) answer.refused = true
  return [open, text]
}
