import { expect, test } from 'vitest'
import type { ProtocolName } from '../../src/core/chat.ts'
import { translate } from '../../src/transformers/translate.ts'
import { fixtures, MODEL, PAIRS } from '../fixtures/index.ts'
import { sseOf } from '../laws/streamed.ts'

type Body = Record<string, unknown>

/** An answer that was served as `tier`, in its provider's own word. */
const SERVED: Record<ProtocolName, (tier: string) => Body> = {
  claude: (tier) => withIn('claude', 'usage', tier === 'fast' ? { speed: tier } : { service_tier: tier }),
  openai: (tier) => ({ ...fixtures.openai.replies.text, service_tier: tier }),
  'openai-responses': (tier) => ({ ...fixtures['openai-responses'].replies.text, service_tier: tier }),
  gemini: (tier) => withIn('gemini', 'usageMetadata', /[A-Z]/.test(tier) ? { trafficType: tier } : { serviceTier: tier }),
}
const withIn = (name: ProtocolName, field: string, more: Body): Body => {
  const reply = fixtures[name].replies.text!
  return { ...reply, [field]: { ...(reply[field] as Body), ...more } }
}

/** What a client reads of it, from a whole answer or from all that its events say. */
const TOLD: Record<ProtocolName, (answer: Body) => unknown> = {
  claude: ({ usage }) => (usage as Body).speed ?? (usage as Body).service_tier,
  openai: ({ service_tier: tier }) => tier,
  'openai-responses': ({ service_tier: tier }) => tier,
  gemini: ({ usageMetadata }) => (usageMetadata as Body).serviceTier,
}

const WORDS: Record<ProtocolName, Partial<Record<ProtocolName, Record<string, string | null>>>> = {
  claude: {
    openai: { standard: 'default', priority: 'priority', fast: 'priority', batch: null },
    'openai-responses': { standard: 'default', priority: 'priority', fast: 'priority', batch: null },
    gemini: { standard: 'standard', priority: 'priority', fast: 'priority', batch: null },
  },
  openai: {
    claude: { default: 'standard', on_demand: 'standard', priority: 'priority', flex: null, fast: 'fast', auto: null, '': null },
    'openai-responses': { default: 'default', flex: 'flex', scale: 'scale', ultrafast: null },
    gemini: { default: 'standard', flex: 'flex', priority: 'priority', scale: null },
  },
  'openai-responses': {
    claude: { default: 'standard', priority: 'priority', flex: null },
    openai: { default: 'default', flex: 'flex', scale: 'scale' },
    gemini: { default: 'standard', flex: 'flex', scale: null },
  },
  gemini: {
    claude: { standard: 'standard', ON_DEMAND_PRIORITY: 'priority', flex: null, PROVISIONED_THROUGHPUT: null },
    openai: { standard: 'default', ON_DEMAND_FLEX: 'flex', PROVISIONED_THROUGHPUT: 'scale', unspecified: 'default' },
    'openai-responses': { priority: 'priority', ON_DEMAND: 'default' },
  },
}
const CASES = PAIRS.flatMap(({ from, to }) => Object.entries(WORDS[to][from]!).map(([tier, word]) => ({ from, to, tier, word })))

/** What a client is told that did not ask for a tier, where nothing can be told. */
const UNTOLD: Partial<Record<ProtocolName, string | null>> = { claude: null, 'openai-responses': 'auto' }

const exchange = (from: ProtocolName, to: ProtocolName, stream: boolean) =>
  translate(
    { ...fixtures[from].requests.plain, ...(from !== 'gemini' && { stream }), ...(from === 'openai' && { stream_options: undefined }) },
    { from, to, model: MODEL[to], clientModel: MODEL[from], stream },
  )
const notes = ({ notices }: ReturnType<typeof exchange>) => notices.filter(({ reason }) => /tier/.test(reason)).map(({ action }) => action)

test.each(CASES)('$from client of $to: $tier is told as $word', ({ from, to, tier, word }) => {
  const served = SERVED[to](tier)
  const expected = word ?? UNTOLD[from]
  const noted = word === null && tier && tier !== 'auto' ? ['dropped'] : tier === 'fast' && word !== 'fast' ? ['approximated'] : []

  const whole = exchange(from, to, false)
  expect(TOLD[from](whole.response(served))).toBe(expected)
  expect(notes(whole)).toEqual(noted)

  const streamed = exchange(from, to, true)
  const translator = streamed.translator()
  const text = translator.push(new TextEncoder().encode(fixtures[to].streamOfReply(served))) + translator.end()
  const events = sseOf(text).flatMap(({ data }) => (data === '[DONE]' ? [] : [JSON.parse(data) as Body]))
  const last = Object.assign({}, ...events.map((event) => ({ ...event, ...(event.response as Body | undefined) }))) as Body
  expect(TOLD[from](last)).toBe(expected)
  expect(notes(streamed)).toEqual(noted)
})

test('a stream of Chat Completions tells the tier where it tells the counts, as OpenAI does', () => {
  const question = { ...fixtures.openai.requests.plain, stream: true, stream_options: { include_usage: true } }
  const translator = translate(question, { from: 'openai', to: 'claude', model: 'm' }).translator()
  const text = translator.push(new TextEncoder().encode(fixtures.claude.streamOfReply(SERVED.claude('priority')))) + translator.end()
  const [end, counts] = sseOf(text)
    .slice(-3, -1)
    .map(({ data }) => JSON.parse(data) as Body)
  expect(end).toMatchObject({ choices: [{ finish_reason: 'stop' }], service_tier: 'priority', usage: null })
  expect(counts).toMatchObject({ choices: [], service_tier: 'priority', usage: { prompt_tokens: expect.any(Number) as number } })
})
