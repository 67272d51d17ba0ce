import { describe, expect, it } from 'vitest'
import type { ProtocolName } from '../../src/core/chat.ts'
import type { JsonObject } from '../../src/core/json.ts'
import { shareLogprobs } from '../../src/core/logprobs.ts'
import { translate } from '../../src/transformers/translate.ts'
import { sseOf } from '../laws/streamed.ts'

type Asking = Exclude<ProtocolName, 'claude'>
const ASKED: Record<Asking, JsonObject> = {
  openai: { model: 'm', messages: [{ role: 'user', content: 'Hi' }], logprobs: true, top_logprobs: 1 },
  'openai-responses': { model: 'm', input: 'Hi', include: ['message.output_text.logprobs'], top_logprobs: 1 },
  gemini: { contents: [{ role: 'user', parts: [{ text: 'Hi' }] }], generationConfig: { responseLogprobs: true, logprobs: 1 } },
}
const PAIRS = (Object.keys(ASKED) as Asking[]).flatMap((from) =>
  (Object.keys(ASKED) as Asking[]).filter((to) => to !== from).map((to) => ({ from, to })),
)

const bytes = (token: string) => [...new TextEncoder().encode(token)]
const openaiToken = (token: string, logprob: number) => ({
  token,
  logprob,
  bytes: bytes(token),
  top_logprobs: [{ token: 'Yo', logprob: -2, bytes: bytes('Yo') }],
})
const SAID: [string, number][] = [
  ['Hel', -0.5],
  ['lo ü', -0.25],
]
const TOKENS = SAID.map(([token, logprob]) => openaiToken(token, logprob))
const LIKELY = {
  chosenCandidates: SAID.map(([token, logProbability]) => ({ token, logProbability })),
  topCandidates: SAID.map(() => ({ candidates: [{ token: 'Yo', logProbability: -2 }] })),
}

const message = (content: unknown[]) => ({ type: 'message', id: 'msg_1', role: 'assistant', status: 'completed', content })
const outputText = { type: 'output_text', text: 'Hello ü', annotations: [], logprobs: TOKENS }
const response = { id: 'resp_1', object: 'response', status: 'completed', model: 'm', created_at: 1 }
const WHOLE: Record<Asking, JsonObject> = {
  openai: {
    id: 'c',
    object: 'chat.completion',
    created: 1,
    model: 'm',
    choices: [
      { index: 0, message: { role: 'assistant', content: 'Hello ü' }, logprobs: { content: TOKENS, refusal: null }, finish_reason: 'stop' },
    ],
  },
  'openai-responses': { ...response, output: [message([outputText])] },
  gemini: { candidates: [{ content: { role: 'model', parts: [{ text: 'Hello ü' }] }, finishReason: 'STOP', logprobsResult: LIKELY }] },
}

const sse = (events: JsonObject[]) => events.map((event) => `event: ${String(event.type)}\ndata: ${JSON.stringify(event)}\n\n`).join('')
const chunk = (choice: JsonObject) => ({
  id: 'c',
  object: 'chat.completion.chunk',
  created: 1,
  model: 'm',
  choices: [{ index: 0, ...choice }],
})
const part = (text: string, i: number) => ({
  content: { role: 'model', parts: [{ text }] },
  logprobsResult: { chosenCandidates: [LIKELY.chosenCandidates[i]], topCandidates: [LIKELY.topCandidates[i]] },
})
const place = { item_id: 'msg_1', output_index: 0, content_index: 0 }
const STREAMED: Record<Asking, string> = {
  openai: `${sse([
    ...SAID.map(([content], i) => chunk({ delta: { content }, logprobs: { content: [TOKENS[i]], refusal: null }, finish_reason: null })),
    chunk({ delta: {}, logprobs: null, finish_reason: 'stop' }),
  ])}data: [DONE]\n\n`,
  'openai-responses': sse([
    { type: 'response.created', response },
    { type: 'response.output_item.added', output_index: 0, item: message([]) },
    { type: 'response.content_part.added', ...place, part: { ...outputText, text: '', logprobs: [] } },
    ...SAID.map(([delta], i) => ({ type: 'response.output_text.delta', ...place, delta, logprobs: [TOKENS[i]] })),
    { type: 'response.output_text.done', ...place, text: 'Hello ü', logprobs: TOKENS },
    { type: 'response.content_part.done', ...place, part: outputText },
    { type: 'response.output_item.done', output_index: 0, item: message([outputText]) },
    { type: 'response.completed', response: { ...response, output: [message([outputText])] } },
  ]),
  gemini: sse([
    { candidates: [part('Hel', 0)] },
    { candidates: [part('lo ü', 1)] },
    { candidates: [{ content: { role: 'model', parts: [{ text: '' }] }, finishReason: 'STOP' }] },
  ]),
}

/** What a client is told, of a whole answer and of each event of a stream. */
const toldBy: Record<Asking, { whole(answer: JsonObject): unknown; event(event: JsonObject): unknown }> = {
  openai: {
    whole: ({ choices }) => (choices as JsonObject[])[0]!.logprobs,
    event: ({ choices }) => (choices as JsonObject[])[0]?.logprobs,
  },
  'openai-responses': {
    whole: ({ output }) => ((output as JsonObject[])[0]!.content as JsonObject[])[0]!.logprobs,
    event: ({ type, logprobs }) => (type === 'response.output_text.delta' ? logprobs : undefined),
  },
  gemini: {
    whole: ({ candidates }) => (candidates as JsonObject[])[0]!.logprobsResult,
    event: ({ candidates }) => (candidates as JsonObject[])[0]!.logprobsResult,
  },
}
const EXPECTED: Record<Asking, { whole: unknown; events: unknown[] }> = {
  openai: { whole: { content: TOKENS, refusal: null }, events: TOKENS.map((token) => ({ content: [token], refusal: null })) },
  'openai-responses': { whole: TOKENS, events: TOKENS.map((token) => [token]) },
  gemini: { whole: LIKELY, events: SAID.map(([text], i) => part(text, i).logprobsResult) },
}
const ask = (from: ProtocolName, to: ProtocolName, stream = false, more: JsonObject = {}) => {
  const body = from === 'claude' ? { model: 'm', max_tokens: 9, messages: [{ role: 'user', content: 'Hi' }] } : ASKED[from]
  return translate({ ...body, ...(from !== 'gemini' && stream && { stream }), ...more }, { from, to, model: 'm', clientModel: 'm', stream })
}
const run = (exchange: ReturnType<typeof ask>, text: string) => {
  const translator = exchange.translator()
  const out = translator.push(new TextEncoder().encode(text)) + translator.end()
  return sseOf(out).flatMap(({ data }) => (data === '[DONE]' ? [] : [JSON.parse(data) as JsonObject]))
}
const ofReply = ({ notices }: { notices: readonly { in: string }[] }) => notices.filter((notice) => notice.in === 'reply')

describe.each(PAIRS)('a client of $from is told how likely tokens of $to were', ({ from, to }) => {
  it('in a whole answer', () => {
    const exchange = ask(from, to)
    expect(toldBy[from].whole(exchange.response(WHOLE[to]))).toEqual(EXPECTED[from].whole)
    expect(ofReply(exchange)).toEqual([])
  })
  it('in a stream, with the text that they are', () => {
    const exchange = ask(from, to, true)
    const events = run(exchange, STREAMED[to])
    const told = events.map(toldBy[from].event).filter((one) => one && !(Array.isArray(one) && !one.length))
    expect(told).toEqual(EXPECTED[from].events)
    expect(ofReply(exchange)).toEqual([])
    const last = events.find(({ type }) => type === 'response.completed')
    if (last) expect(toldBy[from].whole(last.response as JsonObject)).toEqual(EXPECTED[from].whole)
  })
  it('in a whole answer to a question for a stream, and the other way round', () => {
    const events = run(ask(from, to, true), JSON.stringify(WHOLE[to]))
    expect(events.map(toldBy[from].event).filter((one) => one && !(Array.isArray(one) && !one.length))).toEqual([EXPECTED[from].whole])
    expect(toldBy[from].whole(ask(from, to).responseFromStream(STREAMED[to]))).toEqual(EXPECTED[from].whole)
  })
})

it('a client that did not ask is told nothing, and nothing is read', () => {
  const plain = { logprobs: false, top_logprobs: undefined, include: undefined }
  expect(JSON.stringify(ask('openai', 'openai-responses', false, plain).response(WHOLE['openai-responses']))).toContain('"logprobs":null')
  for (const to of ['openai', 'openai-responses'] as const) {
    const exchange = ask('claude', to, true)
    expect(JSON.stringify(run(exchange, STREAMED[to]))).not.toContain('logprob')
    expect(ofReply(exchange)).toEqual([])
  }
})

it('tokens of what was thought or called have no place, which is noted', () => {
  const tokens = [openaiToken('Hm.', -1), ...TOKENS]
  const lost = [{ path: '/choices/0/logprobs/content', reason: 'probabilities are told of text only' }]
  const whole = ask('openai-responses', 'openai')
  const choice = { message: { content: 'Hello ü', reasoning_content: 'Hm.' }, logprobs: { content: tokens }, finish_reason: 'stop' }
  const { output } = whole.response({ id: 'c', choices: [choice] })
  expect(((output as JsonObject[])[1]!.content as JsonObject[])[0]!.logprobs).toEqual(TOKENS)
  expect(ofReply(whole)).toMatchObject(lost)
  const streamed = ask('openai-responses', 'openai', true)
  const thought = chunk({ delta: { reasoning_content: 'Hm.' }, logprobs: { content: [tokens[0]] }, finish_reason: null })
  const events = run(streamed, sse([thought]) + STREAMED.openai)
  const told = events.map(toldBy['openai-responses'].event).filter(Boolean)
  expect(told).toEqual(EXPECTED['openai-responses'].events)
  expect(ofReply(streamed)).toMatchObject(lost)
})

it('a piece of a character is told with the rest of it', () => {
  const pieces = [
    { token: '\\xc3', logprob: -1, bytes: [0xc3], top_logprobs: [] },
    { token: '\\xbc', logprob: -2, bytes: [0xbc], top_logprobs: [] },
  ]
  const chunks = ['', 'ü'].map((content, i) => chunk({ delta: { content }, logprobs: { content: [pieces[i]] }, finish_reason: null }))
  const events = run(ask('openai-responses', 'openai', true), sse([...chunks, chunk({ delta: {}, finish_reason: 'stop' })]))
  expect(events.filter(({ type }) => type === 'response.output_text.delta')).toMatchObject([{ delta: 'ü', logprobs: pieces }])
})

it('where an answer is cut at a stop sequence its tokens are, too', () => {
  const cut = { stop: ['lo'] }
  const whole = ask('openai', 'openai-responses', false, cut)
  expect(whole.response(WHOLE['openai-responses'])).toMatchObject({
    choices: [{ message: { content: 'Hel' }, logprobs: { content: [TOKENS[0]] } }],
  })
  const events = run(ask('openai', 'openai-responses', true, cut), STREAMED['openai-responses'])
  expect(events.map(toldBy.openai.event).filter(Boolean)).toEqual([{ content: [TOKENS[0]], refusal: null }])
})

it('what only Gemini tells of tokens, and tokens of no text, are noted', () => {
  const chosenCandidates = [{ token: 'Hel', tokenId: 7, logProbability: -0.5 }]
  const numbered = ask('openai', 'gemini')
  numbered.response({ candidates: [{ ...part('Hel', 0), finishReason: 'STOP', logprobsResult: { chosenCandidates } }] })
  expect(ofReply(numbered)).toMatchObject([{ action: 'dropped', path: '/candidates/0/logprobsResult/chosenCandidates' }])
  const call = { content: { parts: [{ functionCall: { name: 'now', args: {} } }] }, finishReason: 'STOP', logprobsResult: LIKELY }
  for (const stream of [false, true]) {
    const exchange = ask('openai', 'gemini', stream)
    if (stream) run(exchange, sse([{ candidates: [call] }]))
    else exchange.response({ candidates: [call] })
    expect(ofReply(exchange)).toMatchObject([{ action: 'dropped', path: '/candidates/0/logprobsResult' }])
  }
})

it('of several texts of Gemini each gets its own tokens, and what was thought before them none', () => {
  const chosen = (...tokens: string[]) => ({ chosenCandidates: tokens.map((token) => ({ token, logProbability: -1 })) })
  const now = { functionCall: { name: 'now', args: {} } }
  const parts = [{ text: 'Hm.', thought: true }, { text: 'Hel' }, now, { text: 'lo ü' }]
  const candidate = { content: { role: 'model', parts }, finishReason: 'STOP', logprobsResult: chosen('Hm.', 'Hel', 'lo', ' ü') }
  const lost = [{ action: 'dropped', path: '/candidates/0/logprobsResult' }]
  const named = (logprobs: unknown) => (logprobs as { token: string }[]).map(({ token }) => token)

  const whole = ask('openai-responses', 'gemini')
  const texts = (whole.response({ candidates: [candidate] }).output as JsonObject[]).filter(({ type }) => type === 'message')
  expect(texts.map(({ content }) => named((content as JsonObject[])[0]!.logprobs))).toEqual([['Hel'], ['lo', ' ü']])
  expect(ofReply(whole)).toMatchObject(lost)

  const streamed = ask('openai-responses', 'gemini', true)
  const rest = { content: { parts: [{ text: '' }] }, logprobsResult: chosen('!') }
  const events = run(
    streamed,
    sse([{ candidates: [{ ...candidate, finishReason: undefined }] }, { candidates: [{ ...rest, finishReason: 'STOP' }] }]),
  )
  const done = events.filter(({ type }) => type === 'response.output_text.done')
  expect(done.map(({ text, logprobs }) => [text, named(logprobs)])).toEqual([['Hel', ['Hel']], ['lo ü', ['lo', ' ü', '!']]]) // prettier-ignore
  expect(ofReply(streamed)).toMatchObject(lost)
})

it('tokens are shared out among texts by their bytes', () => {
  const tokens = ['ab', 'cü', 'd'].map((token) => ({ token, logprob: 0 }))
  const names = (shares: { token: string }[][]) => shares.map((share) => share.map(({ token }) => token))
  expect(names(shareLogprobs(tokens, ['abc', 'üd']))).toEqual([['ab', 'cü'], ['d']])
  expect(names(shareLogprobs(tokens, ['cü', 'd'], 2))).toEqual([['cü'], ['d']])
  expect(names(shareLogprobs(tokens, ['', 'abcü']))).toEqual([[], ['ab', 'cü', 'd']])
  expect(shareLogprobs(tokens, [])).toEqual([])
})
