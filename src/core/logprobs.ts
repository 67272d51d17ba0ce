/**
 * How likely the tokens of an answer were, for clients that asked to be told.
 *
 * @module
 */
import { arrayOf, isObject, numberOf, stringOf, type JsonObject } from './json.ts'
import { mapped } from './mapped.ts'
import { encodeUtf8 } from './utf8.ts'

export interface Likelihood {
  token: string
  /** The logarithm of its probability. */
  logprob: number
  /** Its UTF-8, which may be a piece of a character; absent: that of `token`. */
  bytes?: readonly number[]
}

/** A token that was said. */
export interface TokenLogprob extends Likelihood {
  /** The likeliest tokens at its place. */
  top?: Likelihood[]
}

/** Reads a list in OpenAI's form, which both of its protocols have. */
export const readLogprobs = (list: unknown): TokenLogprob[] =>
  arrayOf(list).flatMap((item) => {
    const read = isObject(item) ? readOne(item) : undefined
    const top = isObject(item) ? arrayOf(item.top_logprobs).flatMap((other) => (isObject(other) ? (readOne(other) ?? []) : [])) : []
    return read ? [top.length ? { ...read, top } : read] : []
  })

function readOne(item: JsonObject): Likelihood | undefined {
  const token = stringOf(item.token)
  const logprob = numberOf(item.logprob)
  if (token === undefined || logprob === undefined) return undefined
  return Array.isArray(item.bytes) ? { token, logprob, bytes: item.bytes as number[] } : { token, logprob }
}

export const writeLogprobs = (tokens: readonly TokenLogprob[]): JsonObject[] =>
  mapped(tokens, (token) => ({ ...writeOne(token), top_logprobs: mapped(token.top ?? [], writeOne) }))

const writeOne = ({ token, logprob, bytes = bytesOf(token) }: Likelihood): JsonObject => ({ token, logprob, bytes })

/** A token that is not told as it is has none. */
const bytesOf = (token: string): number[] => (token.includes('\ufffd') ? [] : [...encodeUtf8(token)])

const lengthOf = ({ token, bytes }: TokenLogprob): number => bytes?.length ?? encodeUtf8(token).length

/**
 * Shares tokens out among the texts that they make up one after the other: each belongs to the text in which it begins, and what is left to
 * the last one.
 *
 * @param skip how many bytes of tokens stand in front of the first text; less than none where a token before them reaches into it
 */
export function shareLogprobs(tokens: readonly TokenLogprob[], texts: readonly string[], skip = 0): TokenLogprob[][] {
  const shares = texts.map((): TokenLogprob[] => [])
  let index = 0
  let at = -skip
  let end = encodeUtf8(texts[0] ?? '').length
  for (const token of tokens) {
    while (at >= end && index < texts.length - 1) end += encodeUtf8(texts[++index]!).length
    if (at >= 0) shares[index]?.push(token)
    at += lengthOf(token)
  }
  return shares
}

/** How many bytes of tokens there are beyond `texts`, into the first of which `before` bytes of another token reach. */
function surplusOf(tokens: readonly TokenLogprob[], texts: readonly string[], before = 0): number {
  const told = tokens.reduce((sum, token) => sum + lengthOf(token), before)
  return Math.max(0, told - texts.reduce((sum, text) => sum + encodeUtf8(text).length, 0))
}

/**
 * The tokens of each text, where what was `thought` comes before them: how likely that was has no place, which is left to `lose`. Where there
 * are no texts nothing has.
 */
export function sharesOf(tokens: readonly TokenLogprob[], texts: readonly string[], thought: boolean, lose: () => void): TokenLogprob[][] {
  const skip = thought || !texts.length ? surplusOf(tokens, texts) : 0
  if (skip) lose()
  return shareLogprobs(tokens, texts, skip)
}

/** Tokens on their way with a text that is told piece by piece, other pieces than those in which they came. */
export interface TokenQueue {
  add(tokens: readonly TokenLogprob[]): void
  /** Takes those that begin in the next piece of the text. */
  take(text: string): TokenLogprob[]
  /** Those of no text that was told. */
  rest(): TokenLogprob[]
}

export function createTokenQueue(): TokenQueue {
  let waiting: TokenLogprob[] = []
  /** How many bytes of the last token taken reach into the text that follows. */
  let ahead = 0
  return {
    add: (tokens) => void (waiting = waiting.concat(tokens)),
    take(text) {
      const [taken = [], left = []] = shareLogprobs(waiting, [text, ''], -ahead)
      waiting = left
      ahead = surplusOf(taken, [text], ahead)
      return taken
    },
    rest: () => waiting,
  }
}
