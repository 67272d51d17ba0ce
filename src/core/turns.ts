/**
 * Conversations in the order that every provider takes: consecutive messages of the assistant are one turn, and each
 * tool call is answered by exactly one result, right behind the turn that made it, in the order of the calls.
 *
 * @module
 */
import type { Message, Part, TextPart, ToolCallPart, ToolResultPart } from './chat.ts'
import type { Notes } from './notice.ts'

/**
 * Arranges a conversation. In the result, tool results stand in `tool` messages only (one message a turn, with all of its
 * results), every call id is unique, and nothing stands between an assistant's calls and their results.
 *
 * What does not fit is mended with a notice: a call without a result gets one that says so, a result without a call
 * becomes the user's text, and of two results for one call the last counts. Never changes its input.
 */
export function arrangeTurns(messages: Message[], notes: Notes): Message[] {
  const turns = mergeAssistants(messages)
  const { pairs, orphans, repeated } = pairResults(turns, notes)
  if (!pairs.length && !orphans.size) return turns
  const ids = repeated ? new Set<string>() : undefined
  const arranged: Message[] = []
  let next = 0
  for (const turn of turns) {
    if (turn.role === 'assistant') next = addAnswered(arranged, turn, pairs, next, ids, notes)
    else if (!turn.parts.some(isResult)) arranged.push(turn)
    else {
      const parts: Part[] = []
      for (const part of turn.parts) {
        if (!isResult(part)) parts.push(part)
        else if (orphans.has(part)) parts.push(...orphanText(part, notes))
      }
      if (parts.length) arranged.push({ ...turn, role: turn.role === 'tool' ? 'user' : turn.role, bare: false, parts })
    }
  }
  return arranged
}

const isCall = (part: Part): part is ToolCallPart => part.type === 'tool-call'
const isResult = (part: Part): part is ToolResultPart => part.type === 'tool-result'

function mergeAssistants(messages: Message[]): Message[] {
  const merged: Message[] = []
  let whole: Message | undefined
  for (const message of messages) {
    const last = merged.at(-1)
    if (message.role !== 'assistant' || last?.role !== 'assistant' || last.name !== message.name) {
      merged.push(message)
      continue
    }
    if (last !== whole) merged[merged.length - 1] = whole = opened(last)
    for (const part of message.parts) whole.parts.push(part)
    whole.extra ??= message.extra
  }
  return merged
}

/** A copy that more can be added to. Written out: a spread costs ten times as much, and with Responses there is one for each turn. */
function opened({ role, parts, name, at, extra, spelling, wireNames }: Message): Message {
  return { role, parts: parts.slice(), name, bare: false, at, extra, spelling, wireNames }
}

interface Pair {
  turn: Message
  call: ToolCallPart
  answer: ToolResultPart | undefined
  /** The next call of the same turn that has the same id. */
  twin: Pair | undefined
}

interface Pairs {
  /** In the order of the calls. */
  pairs: Pair[]
  /** Results of no call. */
  orphans: Set<ToolResultPart>
  /** Calls share an id. */
  repeated: boolean
}

/**
 * Which result answers which call. An id belongs to the latest turn that used it, since some providers count their ids
 * from zero in every turn; several calls of one turn with the same id are answered in order.
 */
function pairResults(turns: Message[], notes: Notes): Pairs {
  const pairs: Pair[] = []
  const orphans = new Set<ToolResultPart>()
  const open = new Map<string, Pair>()
  let repeated = false
  for (const turn of turns)
    for (const part of turn.parts) {
      if (isCall(part)) {
        const pair: Pair = { turn, call: part, answer: undefined, twin: undefined }
        pairs.push(pair)
        const known = open.get(part.id)
        if (known) repeated = true
        if (known?.turn === turn) lastTwin(known).twin = pair
        else open.set(part.id, pair)
      } else if (isResult(part)) {
        let pair = open.get(part.callId)
        while (pair?.answer && pair.twin) pair = pair.twin
        if (!pair) {
          orphans.add(part)
          continue
        }
        if (pair.answer)
          notes.dropped(pair.answer, undefined, `another result for the tool call ${part.callId} follows; the last one counts`)
        pair.answer = part
      }
    }
  return { pairs, orphans, repeated }
}

function lastTwin(pair: Pair): Pair {
  let last = pair
  while (last.twin) last = last.twin
  return last
}

/** Adds an assistant's turn with unique call ids, and the message that answers its calls. Its pairs are at `next` or later; returns the place behind them. */
function addAnswered(arranged: Message[], turn: Message, pairs: Pair[], next: number, ids: Set<string> | undefined, notes: Notes): number {
  let results: ToolResultPart[] | undefined
  let renamed: Part[] | undefined
  const { parts } = turn
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i]!
    if (!isCall(part)) continue
    while (next < pairs.length && pairs[next]!.call !== part) next++
    const answer = pairs[next++]?.answer
    const id = ids ? uniqueId(part.id, ids) : part.id
    const result = answer ? answerTo(part, id, answer) : missingResult(part, id, notes)
    if (results) results.push(result)
    else results = [result]
    if (id !== part.id) (renamed ??= parts.slice())[i] = { ...part, id }
  }
  arranged.push(renamed ? { ...turn, parts: renamed } : turn)
  if (results) arranged.push({ role: 'tool', parts: results, at: turn.at })
  return next
}

/** The answer, told of the call. Written out: a spread costs ten times as much, and there is one for each call of a conversation. */
function answerTo(call: ToolCallPart, id: string, answer: ToolResultPart): ToolResultPart {
  if (answer.callId === id && answer.name !== undefined) return answer
  const { type, parts, bare, isError, cache, at, extra, spelling, wireNames } = answer
  return { type, callId: id, name: call.name, parts, bare, isError, custom: call.custom, cache, at, extra, spelling, wireNames }
}

function missingResult(call: ToolCallPart, id: string, notes: Notes): ToolResultPart {
  notes.invented(call.at ?? '', `the tool call ${call.id} has no result; one was added that says so`)
  return {
    type: 'tool-result',
    callId: id,
    name: call.name,
    custom: call.custom,
    isError: true,
    bare: true,
    at: call.at,
    parts: [{ type: 'text', text: '[no result: the tool call was interrupted]', at: call.at }],
  }
}

function orphanText(result: ToolResultPart, notes: Notes): Part[] {
  notes.approximated(result, undefined, `no tool call ${result.callId} precedes this result; it became text of the user`)
  const label: TextPart = { type: 'text', text: `[result of the tool call ${result.callId}]`, at: result.at }
  return [label, ...result.parts]
}

function uniqueId(id: string, taken: Set<string>): string {
  let unique = id
  for (let n = 2; taken.has(unique); n++) unique = `${id}_${n}`
  taken.add(unique)
  return unique
}
