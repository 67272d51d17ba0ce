/**
 * `POST /v1/responses/compact`: a conversation in, a shorter one that stands for it out.
 * @see https://platform.openai.com/docs/api-reference/responses/compact
 *
 * @module
 */
import { readText } from '../../core/byte-source.ts'
import { respondText, takeSource } from '../../core/respond.ts'
import { fail } from '../../core/failure.ts'
import { isObject, tryParse, type JsonObject } from '../../core/json.ts'
import { estimateTokens } from '../../core/tokens.ts'
import { attachOutcome, outcomeOf } from '../outcome.ts'
import { isCompaction, outputOf, readItems } from './items.ts'

/** Messages of the user that are kept in their own words, at most, in tokens: as many as Codex keeps. */
const KEPT_TOKENS = 64_000
const MAX_ANSWER_BYTES = 64 * 1024 * 1024

/** What the app is asked: the same conversation, ended by the item that asks for its compaction. */
export const compactionAsk = (body: JsonObject): JsonObject => ({
  ...body,
  input: [...readItems(body.input), { type: 'compaction_trigger' }],
  store: false,
  stream: false,
})

/**
 * The app's answer as that of a compaction. `body` is what the app was asked.
 *
 * @throws FailureError 502 where the answer holds no compaction
 */
export async function compacted(answer: Response, body: JsonObject): Promise<Response> {
  if (!answer.ok) return answer
  const outcome = outcomeOf(answer)
  const source = takeSource(answer)
  const tooLarge = () => fail({ kind: 'bad-response', message: `The compacted conversation is larger than ${MAX_ANSWER_BYTES} bytes.` })
  const response = source && tryParse(source.whole ?? (await readText(source, MAX_ANSWER_BYTES, tooLarge)))
  const item = isObject(response) ? outputOf({ id: '', input: [], response }).find(isCompaction) : undefined
  if (!isObject(response) || !item)
    return fail({
      kind: 'bad-response',
      message: 'The model gave no compaction of the conversation. Try again, or compact it by other means.',
    })
  const { id, created_at, usage } = response
  const output = [...latestMessages(readItems(body.input)), item]
  const text = JSON.stringify({ id, object: 'response.compaction', created_at, output, usage })
  const told = respondText(text, { headers: { 'content-type': 'application/json' } })
  return outcome ? attachOutcome(told, outcome) : told
}

/** The user's messages, the latest ones for which there is room. */
function latestMessages(input: readonly JsonObject[]): JsonObject[] {
  const messages = input.filter(({ role }) => role === 'user')
  let room = KEPT_TOKENS
  const from = messages.findLastIndex((message) => (room -= estimateTokens(JSON.stringify(message.content ?? ''))) < 0) + 1
  return messages.slice(from)
}
