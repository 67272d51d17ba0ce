import { describe, expect, it } from 'vitest'
import type { ChatRequest, Message } from '../../../src/core/chat.ts'
import { arrangeTurns } from '../../../src/core/turns.ts'
import { createNotes } from '../../../src/core/notice.ts'
import { contentsOf, fromClaude, json, written } from './run.ts'

const text = (value: string) => ({ type: 'text' as const, text: value })
const configOf = (chat: Partial<ChatRequest>, model?: string) =>
  written(chat, model).body.generationConfig as Record<string, unknown> | undefined
const thinking = (reasoning: ChatRequest['reasoning'], model: string) => configOf({ reasoning }, model)?.thinkingConfig

describe('turns', () => {
  const tool = (id: string) => ({ type: 'tool_use', id, name: 'look', input: {} })
  const result = (id: string, content: unknown) => ({ type: 'tool_result', tool_use_id: id, content })

  it('case 27: results in the order of the calls, what the user says in a content of its own', () => {
    const { body } = fromClaude({
      messages: [
        { role: 'user', content: 'go' },
        { role: 'assistant', content: [tool('a'), tool('b')] },
        { role: 'user', content: [result('b', 'B'), result('a', 'A'), { type: 'text', text: 'more' }] },
      ],
    })
    const contents = contentsOf(json(body))
    expect(contents.map(({ role }) => role)).toEqual(['user', 'model', 'user', 'user'])
    expect(contents[2]?.parts).toMatchObject([
      { functionResponse: { id: 'a', response: { output: 'A' } } },
      { functionResponse: { id: 'b' } },
    ])
    expect(contents[3]?.parts).toEqual([{ text: 'more' }])
  })

  it('case 28: as many results as calls, whatever the client left out', () => {
    const { body } = fromClaude({
      messages: [
        { role: 'user', content: 'go' },
        { role: 'assistant', content: [tool('a'), tool('b')] },
        { role: 'user', content: [result('b', 'B')] },
      ],
    })
    const answers = contentsOf(json(body))[2]!.parts as { functionResponse: { response: object } }[]
    expect(answers.map(({ functionResponse }) => Object.keys(functionResponse.response)[0])).toEqual(['error', 'output'])
  })

  it('case 39: a result with $ref stays text', () => {
    const { body } = fromClaude({
      messages: [
        { role: 'user', content: 'go' },
        { role: 'assistant', content: [tool('a')] },
        { role: 'user', content: [result('a', '{"$ref":"#/x","output":1}')] },
      ],
    })
    expect(contentsOf(json(body))[2]?.parts[0]).toMatchObject({ functionResponse: { response: { output: '{"$ref":"#/x","output":1}' } } })
  })

  const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } }
  it.each([
    ['gemini-3-pro', ['user', 'model', 'user'], { parts: [{ inlineData: { mimeType: 'image/png', data: 'AAAA' } }] }],
    ['gemini-2.5-pro', ['user', 'model', 'user', 'user'], { response: { output: 'see' } }],
  ])('puts the image of a result where %s takes it', (model, roles, response) => {
    const messages = [
      { role: 'user', content: 'go' },
      { role: 'assistant', content: [tool('a')] },
      { role: 'user', content: [result('a', [{ type: 'text', text: 'see' }, image])] },
    ]
    const contents = contentsOf(json(fromClaude({ messages }, model).body))
    expect(contents.map(({ role }) => role)).toEqual(roles)
    expect(contents[2]?.parts[0]).toMatchObject({ functionResponse: response })
  })

  it('case 29: a prefill stays where the model takes it', () => {
    const messages: Message[] = [
      { role: 'user', parts: [text('go')] },
      { role: 'assistant', parts: [text('Once')] },
    ]
    const last = (model: string) => contentsOf(written({ messages }, model).body).at(-1)?.role
    expect(last('gemini-2.5-pro')).toBe('model')
    expect(last('gemini-3.5-flash')).toBe('model')
    expect(last('gemini-3.6-flash')).toBe('user')
    expect(last('gemini-3.5-flash-lite')).toBe('user')
    expect(last('gemini-9-future')).toBe('user')
  })

  it('begin with the user', () => {
    const { body, notices } = written({
      messages: [
        { role: 'assistant', parts: [text('Hi')] },
        { role: 'user', parts: [text('go')] },
      ],
    })
    expect(contentsOf(body).map(({ role }) => role)).toEqual(['user', 'model', 'user'])
    expect(notices).toMatchObject([{ action: 'invented', path: '/contents/0' }])
  })

  it('keep leading instructions apart and pass later ones on in a reminder', () => {
    const { body, notices } = written({
      system: [text('one'), text('two')],
      messages: [
        { role: 'developer', parts: [text('three')] },
        { role: 'user', parts: [text('go')] },
        { role: 'system', parts: [text('careful')], at: '/messages/2' },
      ],
    })
    expect(body.systemInstruction).toEqual({ parts: [{ text: 'one' }, { text: 'two' }, { text: 'three' }] })
    expect(contentsOf(body)).toEqual([
      { role: 'user', parts: [{ text: 'go' }, { text: '<system-reminder>\ncareful\n</system-reminder>' }] },
    ])
    expect(notices).toMatchObject([{ action: 'approximated', path: '/messages/2' }])
  })

  it('leave volatile lines out', () => {
    const { body, notices } = written({
      system: [{ ...text('x-anthropic-billing-header: 1'), volatile: true, at: '/system/0' }, text('real')],
    })
    expect(body.systemInstruction).toEqual({ parts: [{ text: 'real' }] })
    expect(notices).toMatchObject([{ action: 'dropped', path: '/system/0' }])
  })

  it('case 35: ids go to all but the older models of Vertex', () => {
    const messages = arrangeTurns(
      [
        { role: 'user', parts: [text('go')] },
        { role: 'assistant', parts: [{ type: 'tool-call', id: 'c1', name: 'look', input: {} }] },
        { role: 'user', parts: [{ type: 'tool-result', callId: 'c1', parts: [text('x')] }] },
      ],
      createNotes('request', {}),
    )
    const ids = (model: string, dialect: string) =>
      contentsOf(written({ messages }, model, { name: dialect }).body)
        .flatMap(({ parts }) => parts)
        .map((part) => (part.functionCall ?? part.functionResponse) as { id?: string } | undefined)
        .filter((part) => part)
        .map((part) => part?.id)
    expect(ids('gemini-2.5-pro', 'vertex')).toEqual([undefined, undefined])
    expect(ids('gemini-3-pro', 'vertex')).toEqual(['c1', 'c1'])
    expect(ids('gemini-2.5-pro', 'gemini')).toEqual(['c1', 'c1'])
  })
})

describe('case 37: thinking', () => {
  it('is told in one way only', () => {
    expect(thinking({ mode: 'off' }, 'gemini-3.7-flash')).toEqual({ includeThoughts: false, thinkingLevel: 'low' })
    expect(thinking({ mode: 'off' }, 'gemini-2.5-pro')).toEqual({ includeThoughts: false, thinkingBudget: 128 })
    expect(thinking({ mode: 'off' }, 'gemini-2.5-flash')).toEqual({ includeThoughts: false, thinkingBudget: 0 })
    expect(thinking({ mode: 'on', budget: 31999 }, 'gemini-2.5-flash')).toEqual({ includeThoughts: true, thinkingBudget: 24576 })
    expect(thinking({ mode: 'on', budget: 31999 }, 'gemini-3-pro-preview')).toEqual({ includeThoughts: true, thinkingLevel: 'high' })
    expect(thinking({ mode: 'adaptive' }, 'gemini-2.5-pro')).toEqual({ includeThoughts: true, thinkingBudget: -1 })
    expect(thinking({ mode: 'adaptive', effort: 'max' }, 'gemini-4-hydrogen')).toEqual({ includeThoughts: true, thinkingLevel: 'xhigh' })
    expect(thinking({ effort: 'minimal' }, 'models/gemini-3.5-flash')).toEqual({ includeThoughts: true, thinkingLevel: 'minimal' })
    expect(thinking({ effort: 'medium' }, 'gemini-3-pro-preview')).toEqual({ includeThoughts: true, thinkingLevel: 'high' })
    expect(thinking({ effort: 'high', show: 'hidden' }, 'gemini-2.5-pro')).toEqual({ includeThoughts: false, thinkingBudget: 24576 })
    expect(thinking({ effort: 'high' }, 'gemini-2.0-flash')).toBeUndefined()
  })
})

describe('tools', () => {
  const fn = (name: string) => ({ type: 'function' as const, name })
  const search = { type: 'hosted' as const, kind: 'web-search' as const, protocol: 'claude' as const, value: {} }
  const keysOf = (body: Record<string, unknown>) => (body.tools as object[] | undefined)?.flatMap((tool) => Object.keys(tool))

  it('case 34: built-in ones beside functions, where the model can', () => {
    const old = written({ tools: [fn('a'), { ...search, at: '/tools/1' }] }, 'gemini-2.5-pro')
    expect(keysOf(old.body)).toEqual(['functionDeclarations'])
    expect(old.notices).toMatchObject([{ action: 'dropped', path: '/tools/1' }])
    const { body } = written({ tools: [fn('a'), search] }, 'gemini-3-pro')
    expect(keysOf(body)).toEqual(['functionDeclarations', 'googleSearch'])
    expect(body.toolConfig).toEqual({ functionCallingConfig: { mode: 'VALIDATED' }, includeServerSideToolInvocations: true })
    expect(written({ tools: [fn('a'), search] }, 'gemini-3-pro', { name: 'vertex' }).body.toolConfig).toBeUndefined()
    expect(keysOf(written({ tools: [search] }, 'gemini-2.5-pro').body)).toEqual(['googleSearch'])
  })

  it('case 36: names are made legal, once each', () => {
    const { body } = written({ tools: [fn('9 lives'), fn('a'.repeat(70)), fn('ok.dotted'), fn('ok.dotted')] })
    const names = (body.tools as { functionDeclarations: { name: string }[] }[])[0]!.functionDeclarations.map(({ name }) => name)
    expect(names).toHaveLength(3)
    for (const name of names) expect(name).toMatch(/^[A-Za-z_][A-Za-z0-9_.:-]{0,63}$/)
    expect(names[2]).toBe('ok.dotted')
  })

  it('are chosen', () => {
    const choice = (toolChoice: ChatRequest['toolChoice']) => written({ tools: [fn('a'), fn('b')], toolChoice }).body.toolConfig
    const config = (functionCallingConfig: object) => ({ functionCallingConfig })
    expect(choice({ type: 'required' })).toEqual(config({ mode: 'ANY' }))
    expect(choice({ type: 'tool', name: 'a' })).toEqual(config({ mode: 'ANY', allowedFunctionNames: ['a'] }))
    expect(choice({ type: 'none' })).toEqual(config({ mode: 'NONE' }))
    expect(choice({ type: 'allowed', mode: 'auto', names: ['a'] })).toEqual(config({ mode: 'VALIDATED', allowedFunctionNames: ['a'] }))
    expect(choice(undefined)).toBeUndefined()
    expect(written({ toolChoice: { type: 'required', at: '/tool_choice' } }).notices).toMatchObject([{ path: '/tool_choice' }])
  })
})

describe('settings', () => {
  it('keep to what Gemini takes', () => {
    const { body, notices } = written({
      stop: ['a', 'b', 'c', 'd', 'e', 'f'],
      candidates: 3,
      user: 'u',
      parallelToolCalls: false,
      frequencyPenalty: 1,
    })
    expect(body.generationConfig).toEqual({ stopSequences: ['a', 'b', 'c', 'd', 'e'] })
    expect(notices.map(({ path }) => path).sort()).toEqual(['/candidates', '/frequencyPenalty', '/parallelToolCalls', '/stop', '/user'])
  })

  const format = { type: 'schema' as const, schema: { type: 'object', properties: { a: { type: 'string' } } } }
  it('ask for JSON by schema, and in words where the model takes none beside tools', () => {
    expect(configOf({ format })).toEqual({ responseMimeType: 'application/json', responseJsonSchema: format.schema })
    const { body } = written({ format, tools: [{ type: 'function', name: 'a' }] }, 'gemini-2.5-pro')
    expect(body.generationConfig).toBeUndefined()
    expect(JSON.stringify(body.systemInstruction)).toContain('JSON Schema')
  })

  it('tell the model of a file that another provider stores', () => {
    const { body, notices } = written({
      messages: [
        { role: 'user', parts: [{ type: 'file', source: { type: 'id', id: 'f', owner: 'claude' }, at: '/messages/0/content/0' }] },
      ],
    })
    expect(body.contents).toEqual([{ role: 'user', parts: [{ text: '[the file f could not be sent to this model]' }] }])
    expect(notices).toMatchObject([{ action: 'dropped', path: '/messages/0/content/0' }])
  })
})
