import { describe, expect, it } from 'vitest'
import type { ProtocolName } from '../../src/core/chat.ts'
import { isFailureError, type Failure } from '../../src/core/failure.ts'
import { translate } from '../../src/transformers/translate.ts'
import { readBack } from '../laws/streamed.ts'

/** JSON that is nested deeply, read as from the wire. */
function deep(levels: number): unknown {
  let value: unknown = 1
  for (let i = 0; i < levels; i++) value = { type: 'object', properties: { a: value } }
  return value
}
const ask = (to: ProtocolName, parameters: unknown) =>
  translate(
    {
      model: 'm',
      messages: [{ role: 'user', content: 'x' }],
      tools: [{ type: 'function', function: { name: 'f', parameters, strict: true } }],
    },
    { from: 'openai', to, model: 'claude-sonnet-4-5' },
  )

function failureIn(run: () => unknown): Failure | undefined {
  try {
    run()
    return undefined
  } catch (error) {
    if (isFailureError(error)) return error.failure
    throw error
  }
}

describe('a request that is nested more deeply than can be read is the mistake of whoever asked', () => {
  const mistake = { kind: 'invalid-request', status: 400, message: 'The request is nested too deeply. Flatten it and try again.' }
  const parameters = deep(40_000)

  it('where a schema is looked through', () => {
    expect(failureIn(() => ask('claude', parameters))).toEqual({ ...mistake, retryable: false })
  })
  it('where a schema is in an older form', () => {
    const body = { contents: [{ role: 'user', parts: [{ text: 'x' }] }], tools: [{ functionDeclarations: [{ name: 'f', parameters }] }] }
    expect(failureIn(() => translate(body, { from: 'gemini', to: 'openai', model: 'm' }))).toMatchObject(mistake)
  })
  it('where nothing is read but what may be sealed', () => {
    expect(failureIn(() => ask('openai', parameters))).toMatchObject(mistake)
  })
})

describe('an answer that is nested too deeply', () => {
  const broken = { kind: 'bad-response', status: 502 }
  const answer = (input: unknown) => ({
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'm',
    content: [{ type: 'tool_use', id: 'toolu_1', name: 'f', input }],
    stop_reason: 'tool_use',
    usage: { input_tokens: 1, output_tokens: 1 },
  })
  it('is that of a broken upstream', () => {
    expect(failureIn(() => ask('claude', {}).response(answer(deep(40_000))))).toMatchObject(broken)
  })
  it('ends a stream in an error', () => {
    const nested = '{"a":'.repeat(40_000) + '1' + '}'.repeat(40_000)
    const whole = JSON.stringify(answer('?')).replace('"?"', nested)
    const translator = ask('claude', {}).translator()
    const text = translator.push(new TextEncoder().encode(whole)) + translator.end()
    expect(failureIn(() => readBack('openai', text))).toMatchObject({
      message: expect.stringContaining('answer is nested too deeply') as unknown,
    })
  })
})
