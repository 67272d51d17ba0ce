/**
 * Compaction: Codex ends a request with a `compaction_trigger` and wants exactly one `compaction` item back, which it sends in
 * place of the history from then on. Providers that have no such thing are asked for a summary in words.
 *
 * @module
 */
import type { ChatRequest, NativePart, Part } from '../../core/chat.ts'
import { openOpaque, sealOpaque } from '../../core/envelope.ts'
import { STATUS, type Failure } from '../../core/failure.ts'
import { stringOf, type JsonObject } from '../../core/json.ts'
import type { ReplyContext } from '../../core/protocol.ts'
import type { Reply, Stop, StreamEvent } from '../../core/reply.ts'
import { OWN } from './wire.ts'

/** What the trigger says in words. */
export const SUMMARY_REQUEST =
  'Your context window is nearly full. Write a summary of this conversation for another model that will go on with the work and sees nothing ' +
  'else of it: the goal and the constraints that the user gave, what was done and decided and why, the present state with exact names, paths and ' +
  'values, and what is left to do next. Answer with the summary alone, as plain text. Do not call any tools.'

const FORM = 'compaction'
const HANDOFF =
  'The earlier part of this conversation was replaced by this summary of it, written by the model that worked on it so far:\n\n'

/** What a compaction item says that was made here; `undefined` where another provider made it. */
export function summaryOf(item: JsonObject): string | undefined {
  const opaque = openOpaque(stringOf(item.encrypted_content) ?? '')
  return opaque?.form === FORM ? HANDOFF + opaque.data : undefined
}

/** Whether an answer to this request is to be a compaction. */
export function isCompaction(chat: ChatRequest): boolean {
  const last = chat.messages.at(-1)?.parts.at(-1)
  return last?.type === 'native' && last.protocol === OWN && last.value.type === 'compaction_trigger'
}

const compacted = (summary: string, id: string): NativePart => ({
  type: 'native',
  protocol: OWN,
  value: { type: 'compaction', id, encrypted_content: sealOpaque({ by: OWN, form: FORM, data: summary }) },
})

/** Half a summary would lose the other half of the work for good: it is no answer. */
const lost = (stop: Stop): Failure => ({
  kind: 'bad-response',
  status: STATUS['bad-response'],
  message: `The model gave no whole summary of the conversation (${stop.detail ?? stop.reason}). Try again.`,
})

const isWhole = (summary: string, stop: Stop): boolean =>
  summary.trim() !== '' && (stop.reason === 'end' || stop.reason === 'stop-sequence')

/** The answer with nothing but the compaction, or why there is none. */
export function compactReply(reply: Reply, newId: ReplyContext['newId']): Reply | Failure {
  const summary = reply.parts.map((part) => (part.type === 'text' ? part.text : '')).join('')
  return isWhole(summary, reply.stop) ? { ...reply, parts: [compacted(summary, newId('cmp_'))], stop: { reason: 'end' } } : lost(reply.stop)
}

/** Gathers a stream's text, and writes it as the compaction in the end. */
export function compactStream(write: (event: StreamEvent) => string, newId: ReplyContext['newId']): (event: StreamEvent) => string {
  const kinds: Part['type'][] = []
  let summary = ''
  return (event) => {
    switch (event.type) {
      case 'part-start':
        kinds[event.index] = event.part.type
        return ''
      case 'delta':
        if (kinds[event.index] === 'text') summary += event.text
        return ''
      case 'logprobs':
      case 'citation':
      case 'part-end':
        return ''
      case 'finish': {
        if (!isWhole(summary, event.stop)) return write({ type: 'error', failure: lost(event.stop) })
        const part = compacted(summary, newId('cmp_'))
        const item = write({ type: 'part-start', index: 0, part }) + write({ type: 'part-end', index: 0 })
        return item + write({ ...event, stop: { reason: 'end' } })
      }
      default:
        return write(event)
    }
  }
}
