/**
 * The tool calls of a stream, put together from their fragments. Providers disagree on what tells calls apart: the id, the
 * index, the name, or the order alone.
 *
 * @module
 */
import type { ChatRequest, Opaque, ToolCallPart } from '../../core/chat.ts'
import { isObject, numberOf, objectOf, stringOf, tryParse, type JsonObject } from '../../core/json.ts'
import type { Emit } from '../../core/reply.ts'
import { lowered, unwrapInput } from './lowered.ts'
import { readSignature } from './signature.ts'

interface Call {
  /** The part's index, -1 while its name is not known. */
  part: number
  /** The wire's index, where it gave one. */
  slot: number | undefined
  id: string
  name: string
  /** All arguments so far. */
  json: string
  /** How much of `json` has been emitted. */
  sent: number
  custom: boolean
  /** A tool called with free text, whose calls come as JSON here: emitted as a whole. */
  lowered: boolean
  legacy: boolean
  closed: boolean
  opaque?: Opaque
}

export interface CallStream {
  /** The fragments of one event. */
  add(fragments: unknown[], legacy?: boolean): void
  /** Closes the calls whose arguments are complete. */
  closeComplete(): void
  /** Closes all calls: the answer is over. */
  closeAll(): void
  /** Whether a call has been opened. */
  any(): boolean
}

/**
 * @param nextIndex tells the index for a new part, after closing what may not stay open beside it
 * @param onNameless called with each call that never got a name: it cannot be made
 */
export function createCallStream(emit: Emit, nextIndex: () => number, onNameless: () => void, chat: ChatRequest): CallStream {
  const calls: Call[] = []
  let any = false

  const add = (fragment: JsonObject, inThisEvent: Set<Call> | undefined, legacy: boolean) => {
    const custom = objectOf(fragment.custom)
    const inner = custom ?? objectOf(fragment.function) ?? {}
    const id = stringOf(fragment.id) ?? ''
    const name = stringOf(inner.name) ?? ''
    const slot = legacy ? -1 : numberOf(fragment.index)
    const args = argumentsOf(custom ? inner.input : inner.arguments)
    if (legacy && !name && !args && !calls.length) return // an empty object that some servers always send
    let call = find(id, name, slot, inThisEvent)
    if (!call) {
      closeComplete()
      call = { part: -1, slot, id, name, json: '', sent: 0, custom: custom !== undefined, lowered: false, legacy, closed: false }
      calls.push(call)
    } else {
      call.id ||= id
      if (!call.name) call.name = name
    }
    inThisEvent?.add(call)
    if (fragment.extra_content) call.opaque = readSignature(fragment.extra_content).opaque ?? call.opaque
    grow(call, args)
  }

  /** The call that a fragment goes on with; `undefined`: a new one begins. */
  const find = (id: string, name: string, slot: number | undefined, inThisEvent: Set<Call> | undefined): Call | undefined => {
    const last = calls.at(-1)
    if (last && !id && !name && last.slot === slot) return last // nearly all fragments
    const inSlot = slot === undefined ? undefined : calls.findLast((call) => call.slot === slot)
    if (id) {
      const known = calls.findLast((call) => call.id === id)
      // The same id at another index with a name of its own is another call of a provider that repeats its ids.
      if (known && !(name && slot !== undefined && known.slot !== slot && isComplete(known.json))) return known
      if (!known && inSlot && !inSlot.id && !(name && isComplete(inSlot.json))) return inSlot
      if (!known && inSlot && !name && !isComplete(inSlot.json)) return inSlot // ids that change from fragment to fragment
      return undefined
    }
    const candidate = slot === undefined ? last : inSlot
    if (!candidate) return undefined
    if (!name) return candidate
    // A name again: an echo, unless the call before is complete, or stands in the same event.
    return candidate.name && (isComplete(candidate.json) || inThisEvent?.has(candidate)) ? undefined : candidate
  }

  const grow = (call: Call, args: string) => {
    const before = call.json.length
    // all arguments once more, at the end
    if (args && before && args.length >= before && args.startsWith(call.json) && isWhole(call)) return
    call.json += args
    if (call.part < 0) startNamed()
    if (!args || call.part < 0 || call.lowered || call.closed) return
    // What is new goes on as it came: a slice of all arguments would be copied with every fragment.
    if (call.sent !== before) return flush(call)
    call.sent = call.json.length
    emit({ type: 'delta', index: call.part, text: args })
  }
  /** Calls are told in the order in which they began: one whose name is not known yet holds back those behind it. */
  const startNamed = () => {
    for (const call of calls) {
      if (call.part >= 0) continue
      const said = call.id || call.json
      if (!call.name && !said) continue
      // the last one may still get its id
      if (!call.name || (!said && call === calls.at(-1))) return
      start(call)
      if (!call.lowered) flush(call)
    }
  }
  const start = (call: Call) => {
    any = true
    call.part = nextIndex()
    call.lowered = !call.custom && lowered(chat, call.name)
    const part: ToolCallPart = { type: 'tool-call', id: call.id, name: call.name }
    if (call.custom || call.lowered) part.custom = true
    if (call.legacy) part.spelling = { openai: { function_call: { name: call.name } } }
    emit({ type: 'part-start', index: call.part, part })
  }
  const flush = (call: Call) => {
    if (call.closed || call.sent === call.json.length) return
    const text = call.sent ? call.json.slice(call.sent) : call.json
    call.sent = call.json.length
    emit({ type: 'delta', index: call.part, text })
  }
  const close = (call: Call) => {
    if (call.closed) return
    if (call.part < 0 && call.name) start(call)
    if (call.part < 0) return call.id || call.json ? onNameless() : undefined
    if (call.lowered) {
      const text = unwrapInput(call.json)
      if (text) emit({ type: 'delta', index: call.part, text })
    } else flush(call)
    call.closed = true
    emit(call.opaque ? { type: 'part-end', index: call.part, opaque: call.opaque } : { type: 'part-end', index: call.part })
  }
  const closeComplete = () => {
    for (const call of calls) if (!call.closed && call.part >= 0 && isWhole(call)) close(call)
  }
  return {
    add(fragments, legacy = false) {
      const inThisEvent = fragments.length > 1 ? new Set<Call>() : undefined
      for (const fragment of fragments) if (isObject(fragment)) add(fragment, inThisEvent, legacy)
    },
    closeComplete,
    closeAll: () => calls.forEach(close),
    any: () => any,
  }
}

const argumentsOf = (args: unknown): string => (typeof args === 'string' ? args : isObject(args) ? JSON.stringify(args) : '')

/** Whether a call can have come to its end: of free text nobody knows. */
const isWhole = ({ custom, json }: Call): boolean => !custom && isComplete(json)

/** Whether the arguments can have come to their end. The look at the last character spares most fragments the parsing. */
const isComplete = (json: string): boolean => /[}\]"]\s*$/.test(json.slice(-8)) && tryParse(json) !== undefined
