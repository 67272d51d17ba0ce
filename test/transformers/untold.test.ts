/** What answers hold that a client's protocol has no place for, or nobody knows yet: it is told otherwise, or noted, streamed and whole. */
import { describe, expect, it } from 'vitest'
import type { ProtocolName } from '../../src/core/chat.ts'
import type { JsonObject } from '../../src/core/json.ts'
import { translate } from '../../src/transformers/translate.ts'
import { fixtures, MODEL } from '../fixtures/index.ts'
import { sseOf } from '../laws/streamed.ts'

const exchange = (from: ProtocolName, to: ProtocolName, stream: boolean) =>
  translate(
    { ...fixtures[from].requests.plain, ...(from !== 'gemini' && { stream }) },
    { from, to, model: MODEL[to], clientModel: MODEL[from], stream },
  )
const lost = ({ notices }: ReturnType<typeof exchange>) =>
  notices.filter((notice) => notice.in === 'reply').map(({ action, path, reason }) => `${action} ${path}: ${reason}`)

const wire = (events: JsonObject[]) =>
  events.map((event) => `${typeof event.type === 'string' ? `event: ${event.type}\n` : ''}data: ${JSON.stringify(event)}\n\n`).join('')

/** What a client is told by a whole answer. */
function whole(from: ProtocolName, to: ProtocolName, reply: JsonObject) {
  const asked = exchange(from, to, false)
  return { answer: asked.response(reply), lost: lost(asked) }
}
/** What a client is told by a stream: the last of its events has it all. */
function streamed(from: ProtocolName, to: ProtocolName, events: JsonObject[]) {
  const asked = exchange(from, to, true)
  const translator = asked.translator()
  const text = translator.push(new TextEncoder().encode(wire(events))) + translator.end()
  const told = sseOf(text).flatMap(({ data }) => (data === '[DONE]' ? [] : [JSON.parse(data) as JsonObject]))
  return { told, last: told.at(-1)!, lost: lost(asked) }
}

describe('an answer of Claude', () => {
  const about = { container: { id: 'c1', expires_at: '2027-01-01' }, context_management: { applied_edits: [{ type: 'clear' }] } }
  const message = { id: 'msg_1', type: 'message', role: 'assistant', model: 'm', content: [{ type: 'text', text: 'Hi' }], usage: {} }
  const expected = [
    'dropped /container: only Claude tells of container',
    'dropped /context_management: only Claude tells of context management',
  ]

  it('tells where code ran and what was cleared of the history to its own clients alone', () => {
    const reply = { ...message, ...about, stop_reason: 'end_turn' }
    expect(whole('openai', 'claude', reply).lost).toEqual(expected)
    expect(whole('openai', 'claude', { ...reply, container: null, context_management: null }).lost).toEqual([])
  })
  it('may hold deltas and events that nobody knows yet', () => {
    const delta = (more: JsonObject) => ({ type: 'content_block_delta', index: 1, delta: more })
    const { told, lost: notes } = streamed('openai', 'claude', [
      { type: 'message_start', message: { ...message, content: [] } },
      { type: 'ping' },
      { type: 'content_block_start', index: 0, content_block: { type: 'sings', notes: 'la' } },
      { type: 'content_block_stop', index: 0 },
      { type: 'content_block_start', index: 1, content_block: { type: 'text', text: '' } },
      delta({ type: 'text_delta', text: 'Hi' }),
      delta({ type: 'tone_delta', tone: 'low' }),
      delta({ type: 'tone_delta', tone: 'high' }),
      { type: 'content_block_stop', index: 1 },
      { type: 'weather', sky: 'blue' },
      {
        type: 'message_delta',
        delta: { stop_reason: 'end_turn', container: about.container },
        context_management: about.context_management,
      },
      { type: 'message_stop' },
    ])
    expect(JSON.stringify(told)).toContain('"content":"Hi"')
    expect(notes).toEqual([
      'dropped /content/0: a block that only claude has',
      'dropped /content/1: a delta of the unknown type tone_delta was not read',
      'dropped : an event of the unknown type weather was not read',
      ...expected,
    ])
  })
})

describe('an answer of Responses', () => {
  const content = [
    { type: 'output_text', text: 'Hi', annotations: [{ type: 'file_path', file_id: 'file_1', index: 0 }] },
    { type: 'output_song', notes: 'la' },
  ]
  const item = { type: 'message', id: 'msg_1', role: 'assistant', status: 'completed', content }
  const response = { id: 'resp_1', object: 'response', status: 'completed', model: 'm', output: [item] }
  const place = { item_id: 'msg_1', output_index: 0 }
  const events = [
    { type: 'response.created', response: { ...response, status: 'in_progress', output: [] } },
    { type: 'response.output_item.added', output_index: 0, item: { ...item, content: [] } },
    ...content.flatMap((part, content_index) => [
      { type: 'response.content_part.added', ...place, content_index, part },
      { type: 'response.content_part.done', ...place, content_index, part },
    ]),
    { type: 'response.output_item.done', output_index: 0, item },
    { type: 'response.completed', response },
  ]
  it.each([
    ['claude', 'a source without a link cannot be named here', 'a Claude client knows no output_song block'],
    ['openai', 'a source without a link cannot be named here', 'a block that only openai-responses has'],
    ['gemini', 'a source without a link or a title cannot be named here', 'only openai-responses has this block'],
  ] as const)('may hold content that nobody knows yet, for clients of %s', (from, source, block) => {
    const expected = [`dropped /output/0/content/0/annotations/0: ${source}`, `dropped /output/0/content/1: ${block}`]
    expect(whole(from, 'openai-responses', response).lost.sort()).toEqual(expected)
    expect(streamed(from, 'openai-responses', events).lost.sort()).toEqual(expected)
  })
})

describe('a shell of a container that OpenAI keeps', () => {
  const call = {
    type: 'shell_call',
    id: 'sh_1',
    call_id: 'call_1',
    status: 'completed',
    action: { commands: ['ls'] },
    environment: { type: 'container_reference', container_id: 'c' },
  }
  const output = {
    type: 'shell_call_output',
    id: 'sho_1',
    call_id: 'call_1',
    status: 'completed',
    output: [{ stdout: 'a.txt', stderr: '', outcome: { type: 'exit', exit_code: 0 } }],
  }
  const said = (fixtures['openai-responses'].replies.text!.output as object[])[0]! // prettier-ignore

  it('is none that the client is to run', () => {
    const reply = { ...fixtures['openai-responses'].replies.text!, output: [call, output, said] }
    const noted = [
      'dropped /output/0: a Claude client knows no shell_call block',
      'dropped /output/1: a Claude client knows no shell_call_output block',
    ]
    const { answer, lost: notes } = whole('claude', 'openai-responses', reply)
    expect(answer).toMatchObject({ content: [{ type: 'text' }], stop_reason: 'end_turn' })
    expect(notes).toEqual(noted)
    const asked = exchange('claude', 'openai-responses', true)
    const translator = asked.translator()
    const text = translator.push(new TextEncoder().encode(fixtures['openai-responses'].streamOfReply(reply))) + translator.end()
    expect(text).not.toContain('"type":"tool_use"')
    expect(lost(asked)).toEqual(noted)
  })
  it('is told in words to those who go on', () => {
    const input = [{ role: 'user', content: 'List.' }, call, output, { role: 'user', content: 'Thanks.' }]
    const { messages } = translate({ model: 'm', input }, { from: 'openai-responses', to: 'claude', model: 'm' }).body as {
      messages: JsonObject[]
    }
    expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user'])
    expect(messages[1]!.content).toMatchObject([{ text: '[A shell ran: ls]' }, { text: expect.stringContaining('a.txt') as string }])
  })
})

describe('what the web was searched for', () => {
  const queries = ['news', 'more news']
  const candidate = { content: { role: 'model', parts: [{ text: 'Hi' }] }, finishReason: 'STOP' }
  const grounded = {
    candidates: [{ ...candidate, groundingMetadata: { webSearchQueries: queries, retrievalMetadata: {}, searchEntryPoint: { renderedContent: '<b>' } } }],
  } // prettier-ignore
  const entry = 'dropped /candidates/0/groundingMetadata/searchEntryPoint: only Gemini tells this of its sources'

  it('is an item of Responses, behind all others: streams of Gemini tell it in the end', () => {
    const action = { type: 'search', query: 'news', queries }
    const { answer, lost: notes } = whole('openai-responses', 'gemini', grounded)
    expect(answer.output).toMatchObject([{ type: 'message' }, { type: 'web_search_call', status: 'completed', action }])
    const { last, lost: more } = streamed('openai-responses', 'gemini', [grounded])
    expect((last.response as JsonObject).output).toMatchObject([{ type: 'message' }, { type: 'web_search_call', action }])
    expect([notes, more]).toEqual([[entry], [entry]])
  })
  it('is noted where there is no place for it', () => {
    const searched = 'dropped /candidates/0/groundingMetadata/webSearchQueries: a Claude client knows no such block'
    expect(whole('claude', 'gemini', grounded).lost).toEqual([entry, searched])
    expect(streamed('claude', 'gemini', [grounded]).lost).toEqual([entry, searched])
  })
  it.each(['OTHER', 'MALFORMED_FUNCTION_CALL'])('makes no good answer of one that says nothing else and ended with %s', (finishReason) => {
    const empty = {
      candidates: [{ content: { role: 'model', parts: [] }, finishReason, groundingMetadata: { webSearchQueries: queries } }],
    }
    expect(() => whole('openai', 'gemini', empty)).toThrow(finishReason)
    const { last, lost: notes } = streamed('openai', 'gemini', [empty])
    expect(last.error).toMatchObject({ message: expect.stringContaining(finishReason) as string })
    expect(notes).toEqual([])
  })
  const searching = (action: JsonObject) => ({ type: 'web_search_call', id: 'ws_1', status: 'completed', action })
  const BY: [ProtocolName, string, JsonObject, string[]][] = [
    ['claude', 'content', { type: 'server_tool_use', id: 's', name: 'web_search', input: { query: 'news' } }, ['news']],
    ['openai-responses', 'output', searching({ type: 'search', queries }), queries],
    ['openai-responses', 'output', searching({ type: 'search', query: 'news' }), ['news']],
    ['openai-responses', 'output', searching({ type: 'search', query: '', queries: ['', 'news'] }), ['news']],
  ]
  it.each(BY)('by %s is told to clients of Gemini', (to, list, block, expected) => {
    const own = fixtures[to].replies.text!
    const reply = { ...own, [list]: [block, ...(own[list] as object[])] }
    const told = { groundingMetadata: { webSearchQueries: expected } }
    const { answer, lost: notes } = whole('gemini', to, reply)
    expect(answer.candidates).toMatchObject([told])
    expect(notes).toEqual([])
    const asked = exchange('gemini', to, true)
    const translator = asked.translator()
    const text = translator.push(new TextEncoder().encode(fixtures[to].streamOfReply(reply))) + translator.end()
    expect((JSON.parse(sseOf(text).at(-1)!.data) as JsonObject).candidates).toMatchObject([told])
    expect(lost(asked)).toEqual([])
  })
})

it('a picture that Gemini found is told by the page that it is on', () => {
  const chunk = { image: { sourceUri: 'https://page.example/cat', imageUri: 'https://page.example/cat.png', title: 'Cats' } }
  const groundingMetadata = {
    groundingChunks: [chunk],
    groundingSupports: [{ segment: { endIndex: 2, text: 'Hi' }, groundingChunkIndices: [0] }],
  }
  const reply = { candidates: [{ content: { role: 'model', parts: [{ text: 'Hi' }] }, finishReason: 'STOP', groundingMetadata }] }
  const { answer, lost: notes } = whole('openai', 'gemini', reply)
  expect(answer.choices).toMatchObject([
    { message: { annotations: [{ url_citation: { url: 'https://page.example/cat', title: 'Cats', start_index: 0, end_index: 2 } }] } },
  ])
  expect(notes).toEqual([])
})

describe('an answer of Chat Completions', () => {
  const reply = fixtures.openai.replies.text!
  const annotations = [
    { type: 'url_citation', url_citation: { url: 'https://a.example', title: 'A', start_index: 0, end_index: 2 } },
    { type: 'file', file: { name: 'a.pdf' } },
  ]
  const more = { annotations, executed_tools: [{ type: 'search' }], context: { intent: 'x' }, padding: '', parsed: null, hints: [] }
  const expected = (place: string) => [
    `dropped ${place}/annotations: only this provider has annotations of the type file`,
    `dropped ${place}/executed_tools: only this provider's messages have executed_tools`,
    `dropped ${place}/context: only this provider's messages have context`,
  ]
  const answering = (choice: JsonObject, fields: JsonObject = {}) => ({
    ...reply,
    choices: [{ index: 0, finish_reason: 'stop', ...choice }],
    ...fields,
  })
  const chunk = (delta: JsonObject, choice: JsonObject = {}) => ({
    id: 'c',
    choices: [{ index: 0, delta, finish_reason: null, ...choice }],
  })

  it('may hold what only its provider has', () => {
    expect(whole('claude', 'openai', answering({ message: { role: 'assistant', content: 'Hi', ...more } })).lost).toEqual(
      expected('/choices/0/message'),
    )
    const said = { role: 'assistant', content: 'Hi' }
    const { told, lost: notes } = streamed('claude', 'openai', [
      chunk(said),
      chunk(more),
      chunk(more),
      chunk({}, { finish_reason: 'stop' }),
    ])
    expect(JSON.stringify(told)).toContain('"url":"https://a.example"')
    expect(notes).toEqual(expected('/choices/0/delta'))
  })
  it('may hold lists beside it that only its provider has', () => {
    const beside = {
      images: [{ image_url: 'https://a.example/i.png' }],
      related_questions: [],
      x_groq: { id: 'r' },
      timings: { predicted_ms: 9 },
      citations: ['https://a.example'],
    }
    const noted = ["dropped /images: only this provider's answers have images"]
    expect(whole('gemini', 'openai', answering({ message: { role: 'assistant', content: 'Hi' } }, beside)).lost).toEqual(noted)
    const { lost: notes } = streamed('gemini', 'openai', [chunk({ content: 'Hi' }), { ...chunk({}, { finish_reason: 'stop' }), ...beside }])
    expect(notes).toEqual(noted)
  })
  it('tells what a filter found', () => {
    const content_filter_results = { hate: { filtered: true, severity: 'high' }, violence: { filtered: false } }
    const choice = { message: { role: 'assistant', content: 'Hi' }, finish_reason: 'content_filter', content_filter_results }
    const explanation = 'The content filter found: hate.'
    expect(whole('claude', 'openai', answering(choice)).answer).toMatchObject({ stop_reason: 'refusal', stop_details: { explanation } })
    const end = chunk({}, { finish_reason: 'content_filter', content_filter_results })
    const { told } = streamed('claude', 'openai', [chunk({ content: 'Hi' }), end])
    expect(told.at(-2)).toMatchObject({ delta: { stop_reason: 'refusal', stop_details: { explanation } } })
  })
})

describe('cited words that Responses has no place for are noted one by one', () => {
  const quotes = ['so it is', 'and so it was', '']
  const noted = (place: (i: number) => string) =>
    quotes.filter(Boolean).map((_, i) => `approximated ${place(i)}: the cited words are not told here, only their source`)
  it('of Claude', () => {
    const citations = quotes.map((cited_text) => ({ type: 'web_search_result_location', url: 'https://a.example', title: 'A', cited_text }))
    const reply = { ...fixtures.claude.replies.text!, content: [{ type: 'text', text: 'Yes', citations }] }
    const delta = (more: JsonObject) => ({ type: 'content_block_delta', index: 0, delta: more })
    const events = [
      { type: 'message_start', message: { ...reply, content: [] } },
      { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
      delta({ type: 'text_delta', text: 'Yes' }),
      ...citations.map((citation) => delta({ type: 'citations_delta', citation })),
      { type: 'content_block_stop', index: 0 },
      { type: 'message_delta', delta: { stop_reason: 'end_turn' } },
      { type: 'message_stop' },
    ]
    const expected = noted((i) => `/content/0/citations/${i}`)
    expect(whole('openai-responses', 'claude', reply).lost).toEqual(expected)
    expect(streamed('openai-responses', 'claude', events).lost).toEqual(expected)
  })
  it('of OpenRouter', () => {
    const annotations = quotes.map((content) => ({ type: 'url_citation', url_citation: { url: 'https://a.example', content } }))
    const told = (about: JsonObject) => ({ ...fixtures.openai.replies.text!, choices: [{ index: 0, finish_reason: 'stop', ...about }] })
    const message = { role: 'assistant', content: 'Yes', annotations }
    expect(whole('openai-responses', 'openai', told({ message })).lost).toEqual(noted((i) => `/choices/0/message/annotations/${i}`))
    expect(streamed('openai-responses', 'openai', [told({ delta: message })]).lost).toEqual(
      noted((i) => `/choices/0/delta/annotations/${i}`),
    )
  })
})

describe('to clients of Chat Completions', () => {
  it('sound is told by streams as by whole answers', () => {
    const parts = [{ text: 'Hi' }, { inlineData: { mimeType: 'audio/wav', data: 'AAAA' } }]
    const reply = { candidates: [{ content: { role: 'model', parts }, finishReason: 'STOP' }] }
    const audio = { id: expect.stringMatching(/^audio_/) as string, data: 'AAAA', transcript: '', expires_at: 0 }
    const { answer, lost: notes } = whole('openai', 'gemini', reply)
    expect(answer.choices).toMatchObject([{ message: { content: 'Hi', audio } }])
    const { told, lost: more } = streamed('openai', 'gemini', [reply])
    expect(told.flatMap(({ choices }) => (choices as { delta: JsonObject }[])[0]?.delta.audio ?? [])).toEqual([audio])
    expect([notes, more]).toEqual([[], []])
  })
  it('the cited words are told as OpenRouter tells them', () => {
    const citation = {
      type: 'web_search_result_location',
      url: 'https://a.example',
      title: 'A',
      cited_text: 'so it is',
      encrypted_index: 'e',
    }
    const own = fixtures.claude.replies.text!
    const reply = { ...own, content: [{ type: 'text', text: 'Yes', citations: [citation] }] }
    const url_citation = { url: 'https://a.example', title: 'A', content: 'so it is', start_index: 0, end_index: 3 }
    expect(whole('openai', 'claude', reply).answer.choices).toMatchObject([
      { message: { annotations: [{ type: 'url_citation', url_citation }] } },
    ])
  })
  it('words of the answer are not told as those of its source', () => {
    const groundingMetadata = {
      groundingChunks: [{ web: { uri: 'https://a.example', title: 'A' } }],
      groundingSupports: [{ segment: { endIndex: 2, text: 'Hi' }, groundingChunkIndices: [0] }],
    }
    const reply = { candidates: [{ content: { role: 'model', parts: [{ text: 'Hi' }] }, finishReason: 'STOP', groundingMetadata }] }
    const place = { type: 'url_citation', url: 'https://a.example', title: 'A', start_index: 0, end_index: 2 }
    const { type, ...url_citation } = place
    const [choice] = whole('openai', 'gemini', reply).answer.choices as { message: JsonObject }[]
    expect(choice!.message.annotations).toEqual([{ type, url_citation }])
    const { answer, lost: notes } = whole('openai-responses', 'gemini', reply)
    expect(answer.output).toMatchObject([{ content: [{ annotations: [place] }] }])
    expect(notes).toEqual([])
    expect(whole('claude', 'gemini', reply).answer.content).toMatchObject([{ citations: [{ cited_text: 'Hi' }] }])
  })
  it('searches are counted as OpenRouter counts them', () => {
    const own = fixtures.claude.replies.text!
    const reply = { ...own, usage: { ...(own.usage as object), server_tool_use: { web_search_requests: 2 } } }
    expect(whole('openai', 'claude', reply).answer.usage).toMatchObject({ server_tool_use: { web_search_requests: 2 } })
  })
})

it('how much of a question and its answer was sound is told by Chat Completions and Gemini alike', () => {
  const usage = {
    prompt_tokens: 9,
    completion_tokens: 5,
    prompt_tokens_details: { audio_tokens: 4 },
    completion_tokens_details: { audio_tokens: 3 },
  }
  const usageMetadata = {
    promptTokenCount: 9,
    candidatesTokenCount: 5,
    promptTokensDetails: [{ modality: 'AUDIO', tokenCount: 4 }],
    candidatesTokensDetails: [{ modality: 'AUDIO', tokenCount: 3 }],
  }
  expect(whole('gemini', 'openai', { ...fixtures.openai.replies.text, usage }).answer.usageMetadata).toMatchObject(usageMetadata)
  const withText = (details: object[]) => [{ modality: 'TEXT', tokenCount: 5 }, ...details]
  const reply = { ...usageMetadata, promptTokensDetails: withText(usageMetadata.promptTokensDetails) }
  expect(whole('openai', 'gemini', { ...fixtures.gemini.replies.text, usageMetadata: reply }).answer.usage).toMatchObject(usage)
})

describe('an end that no other protocol has a word for', () => {
  const ends: [ProtocolName, JsonObject, JsonObject[], string, string][] = [
    [
      'claude',
      { ...fixtures.claude.replies.text, stop_reason: 'bored' },
      [{ type: 'message_start', message: { id: 'msg_1', content: [] } }, { type: 'message_delta', delta: { stop_reason: 'bored' } }, { type: 'message_stop' }],
      'bored',
      '/stop_reason',
    ],
    [
      'gemini',
      { candidates: [{ content: { parts: [{ text: 'Hi' }] }, finishReason: 'LANGUAGE' }] },
      [{ candidates: [{ content: { parts: [{ text: 'Hi' }] }, finishReason: 'LANGUAGE' }] }],
      'LANGUAGE',
      '/candidates/0/finishReason',
    ],
  ] // prettier-ignore
  it.each(ends)('of %s is noted', (to, reply, events, word, place) => {
    for (const from of ['claude', 'openai', 'openai-responses'] as const) {
      if (from === to) continue
      const noted = `approximated ${place}: the provider stopped for a reason of its own: ${word}`
      expect(whole(from, to, reply).lost).toEqual([noted])
      expect(streamed(from, to, events).lost).toEqual([noted])
    }
  })
})
