/**
 * How likely the tokens of an answer were: told beside its parts.
 * @see https://ai.google.dev/api/generate-content#LogprobsResult
 *
 * @module
 */
import type { Part, TextPart } from '../../core/chat.ts'
import { arrayOf, isObject, numberOf, objectOf, stringOf, type JsonObject } from '../../core/json.ts'
import { sharesOf, type Likelihood, type TokenLogprob } from '../../core/logprobs.ts'
import type { Notes } from '../../core/notice.ts'

/** Reads a `logprobsResult`. */
export function tokensOf(result: unknown): TokenLogprob[] {
  const told = objectOf(result)
  const top = arrayOf(told?.topCandidates)
  return arrayOf(told?.chosenCandidates).flatMap((chosen, i) => {
    const token = decodeToken(chosen)
    const others = arrayOf(objectOf(top[i])?.candidates).flatMap((other) => decodeToken(other) ?? [])
    return token ? [others.length ? { ...token, top: others } : token] : []
  })
}

function decodeToken(wire: unknown): Likelihood | undefined {
  const token = isObject(wire) ? stringOf(wire.token) : undefined
  // a number that is 0 may be left out
  return token === undefined ? undefined : { token, logprob: numberOf((wire as JsonObject).logProbability) ?? 0 }
}

/** Gives the texts of a whole answer their tokens. */
export function tellTexts(parts: readonly Part[], result: unknown, notes: Notes): void {
  const texts = parts.filter((part): part is TextPart => part.type === 'text')
  const said = texts.map(({ text }) => text)
  const thought = parts.some((part) => part.type === 'reasoning')
  sharesOf(tokensOf(result), said, thought, () => noteUntold(notes)).forEach((share, i) => {
    if (share.length) texts[i]!.logprobs = share
  })
}

export const noteUntold = (notes: Notes): void =>
  notes.dropped({ at: '/candidates/0/logprobsResult' }, undefined, 'probabilities are told of text only')

/** A `logprobsResult`; `undefined` where nothing was told. */
export function encodeLogprobs(tokens: readonly TokenLogprob[]): JsonObject | undefined {
  if (!tokens.length) return undefined
  const result: JsonObject = { chosenCandidates: tokens.map(encodeToken) }
  if (tokens.some(({ top }) => top)) result.topCandidates = tokens.map(({ top = [] }) => ({ candidates: top.map(encodeToken) }))
  return result
}

const encodeToken = ({ token, logprob }: Likelihood): JsonObject => ({ token, logProbability: logprob })
