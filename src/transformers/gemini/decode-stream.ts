/**
 * Gemini's stream, read: chunks that each look like a whole answer and hold what is new.
 *
 * @module
 */
import type { MediaPart, NativePart, Opaque, ToolCallPart } from '../../core/chat.ts'
import { isFailureError } from '../../core/failure.ts'
import { isObject, objectOf, stringOf, type JsonObject } from '../../core/json.ts'
import { sharesOf, type TokenLogprob } from '../../core/logprobs.ts'
import type { ReplyContext, StreamDecoder } from '../../core/protocol.ts'
import type { Emit, Stop } from '../../core/reply.ts'
import { callJson } from '../../core/tool-call.ts'
import { answerOf, blockOf, candidateOf, createdOf, createLossNotes, partsOf } from './answer.ts'
import { decodeGrounding, decodeRecitations, noteLostSources, recitationsOf, searchedPart } from './citations.ts'
import { decodeFinish, isBroken } from './finish.ts'
import { noteUntold, tokensOf } from './logprobs.ts'
import { createPartialArgs, type PartialArgs } from './partial-args.ts'
import { decodeWholePart, isCall, isText, secretOf } from './reply-parts.ts'
import { decodeUsage, mergeUsageMetadata } from './usage.ts'

/** Where parts stand: their places in one chunk are not those in the answer. */
const PARTS = '/candidates/0/content/parts'

/** A call that is told in pieces. */
interface GrowingCall {
  part: ToolCallPart
  args: PartialArgs
}

export function decodeStream(emit: Emit, context: ReplyContext): StreamDecoder {
  let started = false
  let failed = false
  let next = 0
  let open: 'text' | 'reasoning' | undefined
  let opaque: Opaque | undefined
  /** The open text, for the places of its sources. */
  let said = ''
  /** The texts before it. */
  let saidBefore = ''
  let growing: GrowingCall | undefined
  let calls = false
  let visible = false
  let usage: JsonObject | undefined
  let finishReason: string | undefined
  let finishMessage: string | undefined
  let grounding: JsonObject | undefined
  let pages: unknown
  /** Streams tell them again with every chunk. */
  let recited: Map<string, unknown> | undefined
  const noteLosses = createLossNotes(context)
  let block: Stop | undefined
  /** The tokens of each text that is still to come of the chunk that is read. */
  let shares: TokenLogprob[][] | undefined
  let areTokensNoted = false

  const start = (answer: JsonObject) => {
    started = true
    const id = stringOf(answer.responseId)
    const model = stringOf(answer.modelVersion)
    const counts = decodeUsage(usage)
    emit({
      type: 'start',
      ...(id !== undefined && { id }),
      ...(model !== undefined && { model }),
      ...createdOf(answer),
      ...(counts && { usage: counts }),
    })
  }

  const close = () => {
    if (!open) return
    const secret = opaque ?? (open === 'reasoning' ? { by: 'gemini' as const, form: 'plain', data: '' } : undefined)
    open = undefined
    opaque = undefined
    saidBefore += said
    said = ''
    emit({ type: 'part-end', index: next - 1, ...(secret && { opaque: secret }) })
  }

  const words = (part: JsonObject) => {
    const kind = part.thought === true ? 'reasoning' : 'text'
    const text = stringOf(part.text) ?? ''
    const secret = secretOf(part, kind === 'text' ? 'text' : 'thought')
    if (!text) {
      if (!secret) return
      if (open === kind && !opaque) opaque = secret
      else context.notes.dropped({ at: PARTS }, undefined, 'a signature of no part')
      return
    }
    // two signed parts are not merged; what follows a signed piece unsigned goes on with it
    if (open !== kind || (opaque && secret)) {
      close()
      open = kind
      emit({ type: 'part-start', index: next++, part: { type: kind, text: '', ...(secret && { opaque: secret }) } })
    }
    if (kind === 'text') {
      visible = true
      said += text
      if (shares) tellTokens(shares.shift())
    }
    emit({ type: 'delta', index: next - 1, text })
    if (secret) opaque = secret
  }

  const tellTokens = (logprobs: TokenLogprob[] | undefined) => {
    if (logprobs?.length) emit({ type: 'logprobs', index: next - 1, logprobs })
  }
  const loseTokens = () => {
    if (!areTokensNoted) noteUntold(context.notes)
    areTokensNoted = true
  }
  /** Tokens of a chunk without words go on with the text that is open. */
  const readTokens = (result: unknown, parts: JsonObject[]) => {
    const tokens = tokensOf(result)
    const said = parts.flatMap((part) => (part.thought !== true && stringOf(part.text)) || [])
    const thought = parts.some((part) => part.thought === true)
    if (!said.length && !thought && open === 'text') tellTokens(tokens)
    else shares = sharesOf(tokens, said, thought, loseTokens)
  }

  const whole = (part: ToolCallPart | MediaPart | NativePart) => {
    const secret = 'opaque' in part ? part.opaque : undefined
    const index = next++
    if (part.type === 'tool-call') {
      calls = true
      const { input: _, json: __, ...hollow } = part
      emit({ type: 'part-start', index, part: hollow })
      emit({ type: 'delta', index, text: callJson(part) })
    } else {
      visible = true
      emit({ type: 'part-start', index, part })
    }
    emit({ type: 'part-end', index, ...(secret && { opaque: secret }) })
  }

  const finishCall = () => {
    if (!growing) return
    const { part, args } = growing
    growing = undefined
    whole({ ...part, input: args.value() })
  }

  const call = (part: JsonObject) => {
    const wire = objectOf(part.functionCall) ?? {}
    const piecemeal = wire.partialArgs !== undefined || wire.willContinue !== undefined || (growing && wire.name === undefined)
    if (wire.name !== undefined) finishCall()
    if (!piecemeal) return whole(decodeWholePart(part, PARTS))
    if (wire.name !== undefined) growing = { part: decodeWholePart(part, PARTS) as ToolCallPart, args: createPartialArgs() }
    growing?.args.add(wire.partialArgs)
    if (wire.willContinue !== true) finishCall()
  }

  const chunk = (answer: JsonObject) => {
    usage = mergeUsageMetadata(usage, answer.usageMetadata)
    const candidate = candidateOf(answer)
    noteLosses(answer, candidate)
    block ??= blockOf(answer)
    if (!started && (candidate || block)) start(answer)
    if (!candidate) return
    if (candidate.finishReason) finishReason = stringOf(candidate.finishReason)
    if (candidate.finishMessage) finishMessage = stringOf(candidate.finishMessage)
    if (isObject(candidate.groundingMetadata)) grounding = { ...grounding, ...candidate.groundingMetadata }
    if (candidate.urlContextMetadata) pages = candidate.urlContextMetadata
    if (candidate.citationMetadata)
      for (const work of recitationsOf(candidate.citationMetadata)) (recited ??= new Map()).set(JSON.stringify(work), work)
    const parts = partsOf(candidate)
    if (candidate.logprobsResult && context.chat.logprobs) readTokens(candidate.logprobsResult, parts)
    for (const part of parts) {
      if (isText(part)) words(part)
      else {
        if (isCall(part) && isBroken(finishReason)) continue
        close()
        if (isCall(part)) call(part)
        else whole(decodeWholePart(part, PARTS))
      }
    }
    shares = undefined
  }

  const cite = () => {
    if (!grounding && !recited) return
    const texts = [open === 'text' ? said : undefined]
    const grounded = decodeGrounding(grounding, texts)
    const recitations = decodeRecitations([...(recited?.values() ?? [])], texts, saidBefore)
    for (const { citation } of [...grounded.placed, ...recitations.placed]) emit({ type: 'citation', index: next - 1, citation })
    noteLostSources(context.notes, grounded, recitations, grounding)
  }

  const ending = (): ReturnType<typeof decodeFinish> | undefined => {
    if (finishReason !== undefined && finishReason !== 'FINISH_REASON_UNSPECIFIED')
      return decodeFinish({ finishReason, ...(finishMessage !== undefined && { finishMessage }), calls, visible })
    return next === 0 ? block : undefined
  }

  return {
    event(data) {
      if (failed) return
      try {
        for (const item of Array.isArray(data) ? (data as unknown[]) : [data]) {
          const answer = answerOf(item)
          if (answer) chunk(answer)
        }
      } catch (error) {
        if (!isFailureError(error)) throw error
        failed = true
        emit({ type: 'error', failure: error.failure })
      }
    },
    end() {
      if (failed || !started) return
      finishCall()
      const stop = ending()
      if (!stop) return
      cite()
      close()
      if ('failure' in stop) return emit({ type: 'error', failure: stop.failure })
      const searched = searchedPart(grounding)
      if (searched) whole(searched)
      const counts = decodeUsage(usage, { groundingMetadata: grounding, urlContextMetadata: pages })
      emit({ type: 'finish', stop, ...(counts && { usage: counts }) })
    },
  }
}
