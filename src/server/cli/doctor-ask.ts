/**
 * Asks one endpoint what `doctor` wants to know.
 *
 * @module
 */
import { isObject, tryParse, type JsonObject } from '../../core/json.ts'
import type { Usage } from '../../core/usage.ts'
import type { Fetch } from '../../router/fetch.ts'
import { outcomeOf } from '../../router/outcome.ts'

export interface Answer {
  body: JsonObject
  usage?: Usage
  /** The model that the provider was asked for. */
  model?: string
  /** What of the question could not be sent. */
  lost: readonly string[]
}

export interface Asker {
  /** @throws Refusal */
  (question: JsonObject): Promise<Answer>
  /** The types of a stream's events, and when its first text came. @throws Refusal */
  stream(question: JsonObject): Promise<{ events: string[]; firstMs: number }>
  count(question: JsonObject): Promise<number>
}

/** An endpoint that does not answer a question. */
export class Refusal extends Error {
  override name = 'Refusal'
  constructor(
    message: string,
    /** The kind of the failure, where it is known. */
    readonly kind: string | undefined,
  ) {
    super(message)
  }
}

export function createAsker(endpoint: Fetch, { model, timeoutMs }: { model: string; timeoutMs: number }): Asker {
  const send = async (path: string, question: JsonObject): Promise<Response> => {
    const response = await endpoint(`http://127.0.0.1${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'anthropic-version': '2023-06-01' },
      body: JSON.stringify({ model, ...question }),
      signal: AbortSignal.timeout(timeoutMs),
    }).catch((error: unknown) => {
      const isLate = error instanceof Error && error.name === 'TimeoutError'
      throw new Refusal(isLate ? `no answer within ${timeoutMs / 1000} s` : String(error), undefined)
    })
    if (response.ok) return response
    const { error } = (tryParse(await response.text()) ?? {}) as { error?: { message?: string } }
    throw new Refusal(error?.message ?? `status ${response.status}`, outcomeOf(response)?.failure?.kind)
  }
  const ask = async (question: JsonObject): Promise<Answer> => {
    const response = await send('/v1/messages', question)
    const body = tryParse(await response.text())
    if (!isObject(body)) throw new Refusal('the answer is no JSON object', 'bad-response')
    const outcome = outcomeOf(response)
    const usage = (await outcome?.ended)?.usage
    const lost = (outcome?.notices ?? []).filter(({ action }) => action === 'dropped').map(({ path }) => path)
    return { body, lost, ...(usage && { usage }), ...(outcome?.model !== undefined && { model: outcome.model }) }
  }
  return Object.assign(ask, {
    async stream(question: JsonObject) {
      const begun = performance.now()
      const response = await send('/v1/messages', { ...question, stream: true })
      const events: string[] = []
      let firstMs = 0
      let rest = ''
      const read = (text: string) => {
        const lines = (rest + text).split('\n')
        rest = lines.pop()!
        for (const line of lines) {
          if (!line.startsWith('event: ')) continue
          const type = line.slice('event: '.length).trim()
          if (type === 'content_block_delta' && !firstMs) firstMs = Math.round(performance.now() - begun)
          if (type !== 'ping') events.push(type)
        }
      }
      const decoder = new TextDecoder()
      try {
        if (response.body) for await (const chunk of response.body) read(decoder.decode(chunk, { stream: true }))
      } catch (error) {
        throw new Refusal(`the stream broke off: ${(error as Error).message}`, undefined)
      }
      return { events, firstMs }
    },
    async count(question: JsonObject) {
      const { max_tokens: _room, ...countable } = question
      const body = tryParse(await (await send('/v1/messages/count_tokens', countable)).text())
      return isObject(body) && typeof body.input_tokens === 'number' ? body.input_tokens : 0
    },
  })
}
