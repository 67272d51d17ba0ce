/**
 * Long answers of Gemini 4: a request gives 65 536 tokens at most (32 768 where it is no stream) and then a token with which the same request goes on.
 *
 * @see https://ai.google.dev/api/generate-content
 * @module
 */
import { arrayOf, isObject, objectOf, stringOf, type JsonObject } from '../../core/json.ts'
import type { Pieces } from '../../core/protocol.ts'
import { mergeUsageMetadata } from './usage.ts'

/** Models whose answers may go on. */
const GOES_ON = /gemini-(?:[4-9]|\d\d)/

export const pieces: Pieces = {
  expected: (_, model) => GOES_ON.test(model),
  join(request) {
    let earlier: JsonObject | undefined
    let counts: JsonObject | undefined
    let token: string | undefined
    let end: JsonObject | undefined
    let follows = false
    const said: JsonObject[] = []
    let likely: JsonObject | undefined

    /** Keeps the token of an answer that goes on; tells whether it does. */
    const goesOn = (candidate: JsonObject): boolean => {
      token = candidate.finishReason === 'CONTINUATION' ? stringOf(candidate.continuationToken) : undefined
      return token !== undefined
    }
    const summed = (answer: JsonObject): JsonObject => {
      counts = mergeUsageMetadata(counts, answer.usageMetadata)
      return earlier && answer.usageMetadata !== undefined ? { ...answer, usageMetadata: sumOf(earlier, counts ?? {}) } : answer
    }
    return {
      event(event) {
        if (follows) end = undefined
        follows = false
        const told = summed(event)
        const candidate = objectOf(arrayOf(event.candidates)[0])
        if (candidate?.finishReason === undefined || !goesOn(candidate)) return told
        const { logprobsResult: _tokens, ...ending } = candidate
        end = { ...told, candidates: [{ ...ending, content: { role: 'model', parts: [{ text: '' }] } }] }
        const { finishReason: _reason, continuationToken: _token, ...going } = candidate
        return { ...told, candidates: [going] }
      },
      whole(piece) {
        const told = summed(piece)
        const candidate = objectOf(arrayOf(piece.candidates)[0])
        if (!candidate) return told
        goesOn(candidate)
        const content = objectOf(candidate.content)
        for (const part of arrayOf(content?.parts).filter(isObject)) append(said, part)
        likely = appended(likely, objectOf(candidate.logprobsResult))
        const whole = { ...candidate, content: { role: 'model', ...content, parts: [...said] }, ...(likely && { logprobsResult: likely }) }
        return { ...told, candidates: [whole] }
      },
      next() {
        if (token === undefined) return undefined
        const following = { ...request, continuationToken: token }
        earlier = sumOf(earlier ?? {}, counts ?? {})
        counts = token = undefined
        follows = true
        return following
      },
      held: () => (end ? [end] : []),
    }
  },
}

/** A text that was cut goes on in the next piece. */
function append(parts: JsonObject[], part: JsonObject): void {
  const last = parts.at(-1)
  const joins =
    last &&
    isPlainText(last) &&
    isPlainText(part) &&
    (last.thought === true) === (part.thought === true) &&
    last.thoughtSignature === undefined
  if (joins) parts[parts.length - 1] = { ...last, ...part, text: `${String(last.text)}${String(part.text)}` }
  else parts.push(part)
}

/** The tokens of one piece, and of the next. */
function appended(one: JsonObject | undefined, other: JsonObject | undefined): JsonObject | undefined {
  if (!one || !other) return one ?? other
  const both: JsonObject = { ...one, ...other }
  for (const key in both)
    if (Array.isArray(one[key]) && Array.isArray(other[key])) both[key] = [...(one[key] as unknown[]), ...(other[key] as unknown[])]
  return both
}

const isPlainText = (part: JsonObject): boolean =>
  typeof part.text === 'string' && Object.keys(part).every((key) => key === 'text' || key === 'thought' || key === 'thoughtSignature')

/** Each request is counted, and billed, by itself. */
function sumOf(one: JsonObject, other: JsonObject): JsonObject {
  const sum: JsonObject = { ...one, ...other }
  for (const key in sum)
    if (key.endsWith('TokenCount') && (typeof one[key] === 'number' || typeof other[key] === 'number'))
      sum[key] = (Number(one[key]) || 0) + (Number(other[key]) || 0)
  return sum
}
