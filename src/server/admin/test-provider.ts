/**
 * Asks one provider for a few words, to see whether it answers.
 *
 * @module
 */
import { fail } from '../../core/failure.ts'
import { isObject } from '../../core/json.ts'
import { outcomeOf } from '../../router/outcome.ts'
import { tripOf } from '../../router/trip.ts'
import type { AdminAnswer, AdminAsk, Administered } from './administered.ts'
import { known } from './providers.ts'

/** Enough for models that think before they speak, and a price that nobody notices. */
const MAX_TOKENS = 256

/** Answers 200 whether or not the provider did: `ok` tells. */
export async function testProvider({ now, clock }: Administered, { names, body }: AdminAsk): Promise<AdminAnswer> {
  const standing = now()
  const name = known(standing, names[0]!)
  const endpoint = standing.composition.endpoints.get(name)
  if (!endpoint)
    return fail({ kind: 'conflict', message: `"${name}" is switched off. POST /providers/${encodeURIComponent(name)}/enable first.` })
  const { model, models = {} } = standing.config.endpoints[name]!
  const [asked, said] = Object.entries(models)[0] ?? []
  const usual = model ?? (typeof said === 'string' ? said : (said?.model ?? asked))
  const given = (await body())['model'] ?? usual
  if (typeof given !== 'string')
    return fail({
      kind: 'invalid-request',
      message: `"${name}" has no model of its own. Say which to ask: { "model": … }.`,
      param: 'model',
    })
  const startedAt = clock.now()
  const messages = [{ role: 'user', content: 'Answer with the word "ok".' }]
  const request = new Request('http://localhost/v1/messages', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: given, max_tokens: MAX_TOKENS, messages }),
  })
  // Stronger than the endpoint's own.
  tripOf(request).model = given
  const response = await endpoint(request)
  const outcome = outcomeOf(response)
  const told: unknown = await response.json().catch(() => undefined)
  const ending = await outcome?.ended
  const failure = ending?.failure ?? outcome?.failure
  return {
    body: {
      ok: response.ok && !failure,
      status: outcome?.attempts.at(-1)?.status ?? response.status,
      ms: clock.now() - startedAt,
      model: outcome?.model ?? given,
      ...(outcome?.key !== undefined && { key: outcome.key }),
      ...(response.ok && { text: textOf(told) }),
      ...(ending?.usage && { usage: ending.usage }),
      ...(failure && {
        failure: { kind: failure.kind, class: outcome?.attempts.at(-1)?.failure?.class, message: failure.message },
      }),
      attempts: outcome?.attempts.length ?? 1,
    },
  }
}

/** The text of an answer in Claude's words. */
const textOf = (told: unknown): string =>
  isObject(told) && Array.isArray(told['content'])
    ? told['content'].map((block) => (isObject(block) && typeof block['text'] === 'string' ? block['text'] : '')).join('')
    : ''
