/**
 * How likely the tokens of an answer were: told beside the message, for all of its text.
 *
 * @module
 */
import type { Part, TextPart } from '../../core/chat.ts'
import { objectOf, type JsonObject } from '../../core/json.ts'
import { readLogprobs, sharesOf, writeLogprobs, type TokenLogprob } from '../../core/logprobs.ts'
import type { Notes } from '../../core/notice.ts'
import { spelled } from './wire.ts'

/** What notices say of tokens that are no text. */
export const OF_TEXT_ONLY = 'probabilities are told of text only'

const at = '/choices/0/logprobs'

/** The tokens that a choice tells. What it tells in other ways is noted. */
export function tokensOf(value: unknown, notes: Notes): TokenLogprob[] {
  const told = objectOf(value)
  if (!told) return []
  const { content, refusal, ...others } = told
  if (Array.isArray(refusal) && refusal.length) notes.dropped({ at: `${at}/refusal` }, undefined, OF_TEXT_ONLY)
  const tokens = readLogprobs(content)
  if (!tokens.length && Object.values(others).some((list) => Array.isArray(list) && list.length > 0))
    notes.dropped({ at }, undefined, 'probabilities of an older form')
  return tokens
}

/** Gives the texts of a whole message their tokens. */
export function tellTexts(parts: readonly Part[], value: unknown, notes: Notes): void {
  const tokens = tokensOf(value, notes)
  if (!tokens.length) return
  const texts = parts.filter((part): part is TextPart => part.type === 'text' && !isTranscript(part))
  const said = texts.map(({ text }) => text)
  const thought = parts.some((part) => part.type === 'reasoning')
  const lose = () => notes.dropped({ at: `${at}/content` }, undefined, OF_TEXT_ONLY)
  sharesOf(tokens, said, thought, lose).forEach((share, i) => {
    if (share.length) texts[i]!.logprobs = share
  })
}

const isTranscript = (part: Part): boolean => spelled(part)?.transcript === true

/** `null` where nothing was told. */
export function encodeLogprobs(tokens: readonly TokenLogprob[]): JsonObject | null {
  return tokens.length ? { content: writeLogprobs(tokens), refusal: null } : null
}
