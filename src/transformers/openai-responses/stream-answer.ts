/**
 * The answer that a stream writes: its items so far, and what of it is still open.
 *
 * @module
 */
import type { Opaque, Part, ToolCallPart } from '../../core/chat.ts'
import type { JsonObject } from '../../core/json.ts'
import type { TokenLogprob } from '../../core/logprobs.ts'
import type { Notes } from '../../core/notice.ts'
import type { ReplyContext } from '../../core/protocol.ts'
import { createEventWriter, jsonWith, type EventWriter } from './event-writer.ts'
import { callShapes, messageItem, type CallShape, type ItemStatus } from './output-items.ts'

/** A part that is not closed yet. Deltas are written as prefix, escaped text and suffix; without a prefix they are held back. */
export interface Open {
  text: string
  prefix: string
  suffix: string
  /** The tokens of a text, where the client asked for them: those told, and those of the next delta. */
  tokens?: { told: TokenLogprob[]; next: TokenLogprob[] }
  end(opaque: Opaque | undefined): string
  /** What has to be told before the first delta. */
  begin?(): string
  /** Closes the part as unfinished. */
  breakOff(): string
}

export interface OpenMessage {
  index: number
  id: string
  first: Part
  /** As JSON. */
  content: string[]
  openParts: number
  /** Nothing more will be added. */
  sealed: boolean
}

export interface Answer {
  readonly events: EventWriter
  readonly notes: Notes
  /** The finished items as JSON, by their index. */
  readonly output: string[]
  /** How many items there are. */
  items: number
  refused: boolean
  message: OpenMessage | undefined
  /** A call that ended: whether it is complete is known when something follows. */
  lastCall: ((cut: boolean) => string) | undefined
  newId(prefix: string): string
  shapeOf(call: ToolCallPart): CallShape
  add(index: number, item: JsonObject): string
  /** Keeps the JSON of a finished item for the final response, and returns it. */
  list(index: number, item: string): string
  done(index: number, item: string): string
  /** An item that is told in one go. */
  whole(item: JsonObject): string
  closeMessage(message: OpenMessage, status: ItemStatus): string
  /** Ends the call that waits for what follows. */
  endCall(cut: boolean): string
  /** Closes what is complete because something else begins. */
  settle(): string
}

export function createAnswer(context: ReplyContext): Answer {
  const events = createEventWriter((context.begun?.number ?? -1) + 1)
  const answer: Answer = {
    events,
    notes: context.notes,
    output: [],
    items: 0,
    refused: false,
    message: undefined,
    lastCall: undefined,
    newId: context.newId,
    shapeOf: callShapes(context.chat),
    add: (index, item) => events.writeItem('response.output_item.added', index, JSON.stringify(item)),
    list: (index, item) => (answer.output[index] = item),
    done: (index, item) => events.writeItem('response.output_item.done', index, answer.list(index, item)),
    whole(item) {
      const index = answer.items++
      const written = JSON.stringify(item)
      return events.writeItem('response.output_item.added', index, written) + answer.done(index, written)
    },
    closeMessage(message, status) {
      if (answer.message === message) answer.message = undefined
      const { index, first, content, id } = message
      const item = messageItem(first, content, id, status)
      return answer.done(index, item.content === content ? jsonWith(item, 'content', `[${content.join(',')}]`) : JSON.stringify(item))
    },
    endCall(cut) {
      const end = answer.lastCall
      answer.lastCall = undefined
      return end?.(cut) ?? ''
    },
    settle() {
      let text = answer.endCall(false)
      const { message } = answer
      if (!message) return text
      message.sealed = true
      if (message.openParts === 0) text += answer.closeMessage(message, 'completed')
      answer.message = undefined
      return text
    },
  }
  return answer
}
