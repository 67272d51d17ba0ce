/** Answers that a provider hands out in pieces are one answer to clients of other protocols. */
import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../src/core/json.ts'
import { endpoint } from '../../../src/router/endpoint/endpoint.ts'
import { cutStream, readEvents } from '../../../src/testing/index.ts'

type Asked = { url: string; body: JsonObject }

/** A client of Chat Completions at an endpoint whose upstream gives these answers, one a call. */
function setUp(protocol: 'claude' | 'gemini', model: string, answers: Response[]) {
  const asked: Asked[] = []
  const app = endpoint({
    protocol,
    model,
    baseUrl: 'https://upstream.test',
    fetch: async (input, init) => {
      asked.push({ url: String(input), body: JSON.parse(init?.body as string) as JsonObject })
      return answers[asked.length - 1]!
    },
  })
  const ask = async (body: JsonObject) => {
    const response = await app('http://client.test/v1/chat/completions', {
      method: 'POST',
      body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'Write.' }], ...body }),
    })
    return response
  }
  return { ask, asked }
}

const stream = (events: JsonObject[], size = 31) => {
  const text = events.map((event) => `${event.type ? `event: ${String(event.type)}\n` : ''}data: ${JSON.stringify(event)}\n\n`).join('')
  return new Response(cutStream(text, size), { headers: { 'content-type': 'text/event-stream' } })
}
const STREAMED = { stream: true, stream_options: { include_usage: true } }

interface Chunk {
  choices: { delta: { content?: string }; finish_reason: string | null }[]
  usage?: JsonObject | null
}
async function read(response: Response) {
  const chunks = (await readEvents(response)).flatMap(({ data }) => (data === '[DONE]' ? [] : [data as Chunk]))
  return {
    text: chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join(''),
    finish: chunks.flatMap((chunk) => chunk.choices[0]?.finish_reason ?? []),
    usage: chunks.findLast((chunk) => chunk.usage)?.usage,
  }
}

describe('Gemini case 38: CONTINUATION', () => {
  const piece = (text: string, finish: JsonObject, said: number): JsonObject => ({
    candidates: [{ content: { role: 'model', parts: [{ text }] }, index: 0, ...finish }],
    usageMetadata: { promptTokenCount: 10, candidatesTokenCount: said, thoughtsTokenCount: 1, totalTokenCount: 11 + said },
  })
  const goesOn = { finishReason: 'CONTINUATION', continuationToken: 'token-1' }
  const pieces = () => [piece('Once upon ', goesOn, 100), piece('a time.', { finishReason: 'STOP' }, 20)]

  it('asks on with the same request and the token, and sums what was used', async () => {
    const { ask, asked } = setUp(
      'gemini',
      'gemini-4-argon',
      pieces().map((body) => Response.json(body)),
    )
    const answer = (await (await ask({})).json()) as { choices: JsonObject[]; usage: JsonObject }
    expect(answer.choices).toMatchObject([{ message: { content: 'Once upon a time.' }, finish_reason: 'stop' }])
    expect(answer.usage).toMatchObject({ prompt_tokens: 20, completion_tokens: 122 })
    expect(asked[1]).toEqual({ url: asked[0]!.url, body: { ...asked[0]!.body, continuationToken: 'token-1' } })
  })

  it('streams on', async () => {
    const { ask, asked } = setUp(
      'gemini',
      'gemini-4-argon',
      pieces().map((event) => stream([event])),
    )
    expect(await read(await ask(STREAMED))).toMatchObject({
      text: 'Once upon a time.',
      finish: ['stop'],
      usage: { prompt_tokens: 20, completion_tokens: 122 },
    })
    expect(asked).toHaveLength(2)
  })

  it('is an answer that was cut where the rest cannot be had', async () => {
    const refusal = () => Response.json({ error: { code: 503, message: 'busy', status: 'UNAVAILABLE' } }, { status: 503 })
    const streamed = setUp('gemini', 'gemini-4-argon', [stream([pieces()[0]!]), refusal()])
    expect(await read(await streamed.ask(STREAMED))).toMatchObject({ text: 'Once upon ', finish: ['length'] })
    const whole = setUp('gemini', 'gemini-4-argon', [Response.json(pieces()[0]), refusal()])
    expect(await (await whole.ask({})).json()).toMatchObject({ choices: [{ message: { content: 'Once upon ' }, finish_reason: 'length' }] })
  })

  it('tells how likely the tokens of all pieces were, each once', async () => {
    const asking = { logprobs: true, top_logprobs: 1 }
    const likely = (token: string) => ({
      logprobsResult: {
        chosenCandidates: [{ token, logProbability: -1 }],
        topCandidates: [{ candidates: [{ token: 'Yo', logProbability: -2 }] }],
      },
    })
    const told = () => [
      piece('Once upon ', { ...goesOn, ...likely('Once upon ') }, 100),
      piece('a time.', { finishReason: 'STOP', ...likely('a time.') }, 20),
    ]
    const tokensOf = (choices: { logprobs?: { content: { token: string; top_logprobs: unknown[] }[] } | null }[]) =>
      choices.flatMap(({ logprobs }) => logprobs?.content ?? []).map(({ token, top_logprobs: top }) => [token, top.length])
    const all = [
      ['Once upon ', 1],
      ['a time.', 1],
    ]
    const whole = setUp('gemini', 'gemini-4-argon', told().map((body) => Response.json(body))) // prettier-ignore
    const { choices } = (await (await whole.ask(asking)).json()) as { choices: Parameters<typeof tokensOf>[0] }
    expect(tokensOf(choices)).toEqual(all)
    const streamed = async (answers: Response[]) => {
      const events = await readEvents(await setUp('gemini', 'gemini-4-argon', answers).ask({ ...STREAMED, ...asking }))
      return tokensOf(events.flatMap(({ data }) => (data === '[DONE]' ? [] : (data as { choices: typeof choices }).choices)))
    }
    expect(await streamed(told().map((event) => stream([event])))).toEqual(all)
    const refusal = Response.json({ error: { code: 503, message: 'busy', status: 'UNAVAILABLE' } }, { status: 503 })
    expect(await streamed([stream([told()[0]!]), refusal])).toEqual(all.slice(0, 1))
  })

  it('is not looked for with models that have it not', async () => {
    const { ask, asked } = setUp(
      'gemini',
      'gemini-2.5-pro',
      pieces().map((body) => Response.json(body)),
    )
    expect(await (await ask({})).json()).toMatchObject({ choices: [{ finish_reason: 'length' }] })
    expect(asked).toHaveLength(1)
  })
})

describe('hard case 44: pause_turn', () => {
  const search = { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: { query: 'news' } }
  const found = { type: 'web_search_tool_result', tool_use_id: 'srvtoolu_1', content: [] }
  const usage = { input_tokens: 10, output_tokens: 5 }
  const message = (content: JsonObject[], stop_reason: string): JsonObject =>
    ({ id: 'msg_1', type: 'message', role: 'assistant', model: 'c', content, stop_reason, stop_sequence: null, usage }) // prettier-ignore
  const events = (blocks: [start: JsonObject, ...deltas: JsonObject[]][], stop_reason: string): JsonObject[] => [
    { type: 'message_start', message: { ...message([], ''), stop_reason: null } },
    ...blocks.flatMap(([content_block, ...deltas], index) => [
      { type: 'content_block_start', index, content_block },
      ...deltas.map((delta) => ({ type: 'content_block_delta', index, delta })),
      { type: 'content_block_stop', index },
    ]),
    { type: 'message_delta', delta: { stop_reason, stop_sequence: null }, usage: { output_tokens: 5 } },
    { type: 'message_stop' },
  ]
  const tools = [{ type: 'function', function: { name: 'ls', parameters: { type: 'object', properties: {} } } }]
  const searching = { tools, web_search_options: {} }

  it('sends back what was said and goes on', async () => {
    const answers = [message([search, found], 'pause_turn'), message([{ type: 'text', text: 'Sun.' }], 'end_turn')]
    const { ask, asked } = setUp(
      'claude',
      'claude-sonnet-5',
      answers.map((body) => Response.json(body)),
    )
    const answer = (await (await ask(searching)).json()) as JsonObject
    expect(answer.choices).toMatchObject([{ message: { content: 'Sun.' }, finish_reason: 'stop' }])
    expect(answer.usage).toMatchObject({ prompt_tokens: 20, completion_tokens: 10 })
    expect(asked[1]!.body.messages).toEqual([...(asked[0]!.body.messages as []), { role: 'assistant', content: [search, found] }])
  })

  it('does so in a stream, with inputs that came in pieces', async () => {
    const first = events(
      [
        [{ type: 'text', text: '' }, { type: 'text_delta', text: 'I look. ' }],
        [{ ...search, input: {} }, { type: 'input_json_delta', partial_json: '{"query":' }, { type: 'input_json_delta', partial_json: '"news"}' }],
        [found],
      ],
      'pause_turn',
    ) // prettier-ignore
    const second = events(
      [
        [
          { type: 'text', text: '' },
          { type: 'text_delta', text: 'Sun.' },
        ],
      ],
      'end_turn',
    )
    const { ask, asked } = setUp('claude', 'claude-sonnet-5', [stream(first), stream(second)])
    expect(await read(await ask({ ...searching, ...STREAMED }))).toMatchObject({
      text: 'I look. Sun.',
      finish: ['stop'],
      usage: { prompt_tokens: 20, completion_tokens: 10 },
    })
    expect((asked[1]!.body.messages as JsonObject[]).at(-1)).toEqual({
      role: 'assistant',
      content: [{ type: 'text', text: 'I look. ' }, search, found],
    })
  })

  it('is told as an answer that was cut where the provider does not go on', async () => {
    const first = events(
      [
        [
          { type: 'text', text: '' },
          { type: 'text_delta', text: 'I look.' },
        ],
      ],
      'pause_turn',
    )
    const { ask } = setUp('claude', 'claude-sonnet-5', [stream(first), new Response('', { status: 500 })])
    expect(await read(await ask({ ...searching, ...STREAMED }))).toMatchObject({ text: 'I look.', finish: ['length'] })
  })
})
