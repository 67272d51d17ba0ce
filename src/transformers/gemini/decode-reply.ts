/**
 * Gemini's whole answer, read.
 *
 * @module
 */
import type { Part, TextPart } from '../../core/chat.ts'
import { fail } from '../../core/failure.ts'
import { createFold } from '../../core/fold.ts'
import { objectOf, stringOf, type JsonObject } from '../../core/json.ts'
import type { ReplyContext } from '../../core/protocol.ts'
import type { Reply } from '../../core/reply.ts'
import { answerOf, blockOf, candidateOf, createdOf, createLossNotes, partsOf } from './answer.ts'
import { decodeGrounding, decodeRecitations, noteLostSources, recitationsOf, searchedPart } from './citations.ts'
import { decodeStream } from './decode-stream.ts'
import { spellingOf } from './fields.ts'
import { decodeFinish, isBroken } from './finish.ts'
import { tellTexts } from './logprobs.ts'
import { decodeWholePart, isCall, isText, secretOf } from './reply-parts.ts'
import { decodeUsage } from './usage.ts'

/**
 * Reads an answer; a list is one that was asked for as a stream.
 * @throws FailureError for an error, and for an answer that is none
 */
export function decodeReply(value: unknown, context: ReplyContext): Reply {
  if (Array.isArray(value)) return foldChunks(value, context)
  const answer = answerOf(value)
  const candidate = answer && candidateOf(answer)
  const block = answer && !candidate ? blockOf(answer) : undefined
  if (!answer || (!candidate && !block))
    return fail({ kind: 'bad-response', message: 'The upstream answered without a candidate. Try again.' })
  const { parts, left } = decodeParts(partsOf(candidate), isBroken(candidate?.finishReason), context)
  // before it is told what was searched for: an answer of that alone says nothing
  const stop = block ?? stopOf(candidate ?? {}, parts)
  if (candidate) cite(candidate, parts, partsOf(candidate), context)
  if (candidate?.logprobsResult && context.chat.logprobs) tellTexts(parts, candidate.logprobsResult, context.notes)
  // a client of Gemini gets all of it as it was
  if (!spellingOf(context.chat)) createLossNotes(context)(answer, candidate)
  const usage = decodeUsage(answer.usageMetadata, candidate)
  const id = stringOf(answer.responseId)
  const model = stringOf(answer.modelVersion)
  const reply: Reply = { parts, stop, spelling: { gemini: { answer, left } } }
  if (id !== undefined) reply.id = id
  if (model !== undefined) reply.model = model
  if (usage) reply.usage = usage
  return Object.assign(reply, createdOf(answer))
}

function foldChunks(chunks: unknown[], context: ReplyContext): Reply {
  const fold = createFold()
  const decoder = decodeStream(fold.emit, context)
  for (const chunk of chunks) decoder.event(chunk, undefined)
  decoder.end(false)
  return fold.reply()
}

/** The parts, and by their index those that say nothing by themselves. */
function decodeParts(wire: JsonObject[], broken: boolean, context: ReplyContext): { parts: Part[]; left: Record<number, JsonObject> } {
  const parts: Part[] = []
  const left: Record<number, JsonObject> = {}
  wire.forEach((part, i) => {
    const at = `/candidates/0/content/parts/${i}`
    if (!isText(part)) {
      if (broken && isCall(part)) context.notes.dropped({ at }, undefined, 'a call that the model did not finish well')
      else parts.push(decodeWholePart(part, at))
      return
    }
    const text = stringOf(part.text) ?? ''
    const spelling = { gemini: part }
    if (part.thought === true) {
      const opaque = secretOf(part, 'thought') ?? { by: 'gemini' as const, form: 'plain', data: '' }
      parts.push({ type: 'reasoning', text, opaque, at, spelling })
      return
    }
    const opaque = secretOf(part, 'text')
    if (text) return void parts.push({ type: 'text', text, ...(opaque && { opaque }), at, spelling })
    // an empty part at the end brings the signature of the text before it
    left[i] = part
    const last = parts.at(-1)
    if (opaque && last?.type === 'text' && !last.opaque) parts[parts.length - 1] = { ...last, opaque }
    else if (opaque) context.notes.dropped({ at }, undefined, 'a signature of no part')
  })
  return { parts, left }
}

function cite(candidate: JsonObject, parts: Part[], wire: JsonObject[], context: ReplyContext): void {
  if (!candidate.groundingMetadata && !candidate.citationMetadata) return
  const texts = wire.map((part) => (isText(part) && part.thought !== true ? stringOf(part.text) : undefined))
  const grounded = decodeGrounding(candidate.groundingMetadata, texts)
  const recitations = decodeRecitations(recitationsOf(candidate.citationMetadata), texts)
  for (const { text, citation } of [...grounded.placed, ...recitations.placed]) {
    const part = parts.find((one): one is TextPart => one.type === 'text' && one.at === `/candidates/0/content/parts/${text}`)
    if (part) part.citations = [...(part.citations ?? []), citation]
  }
  if (spellingOf(context.chat)) return
  const searched = searchedPart(candidate.groundingMetadata)
  if (searched) parts.push(searched)
  noteLostSources(context.notes, grounded, recitations, candidate.groundingMetadata)
}

function stopOf(candidate: JsonObject, parts: Part[]) {
  const finishReason = stringOf(candidate.finishReason)
  if (finishReason === undefined || finishReason === 'FINISH_REASON_UNSPECIFIED')
    return parts.length
      ? { reason: 'other' as const }
      : fail({ kind: 'bad-response', message: 'The upstream answered with nothing and no reason. Try again.' })
  const finishMessage = stringOf(candidate.finishMessage)
  const stop = decodeFinish({
    finishReason,
    ...(finishMessage !== undefined && { finishMessage }),
    calls: parts.some((part) => part.type === 'tool-call'),
    visible: parts.some((part) => part.type !== 'reasoning' && part.type !== 'tool-call'),
  })
  return 'failure' in stop ? fail(stop.failure) : stop
}

/** What an answer's first candidate was on the wire. */
export const wireCandidate = (answer: JsonObject | undefined): JsonObject | undefined => objectOf(answer && candidateOf(answer))
