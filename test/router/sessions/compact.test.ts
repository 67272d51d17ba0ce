import { describe, expect, test } from 'vitest'
import { sessions } from '../../../src/router/sessions/sessions.ts'
import { setUp, tools, type Answer } from './provider.ts'

const ASK = { model: 'gpt-5.4' }

describe('compact', () => {
  const start = (answers: Answer[]) => {
    const known = setUp('claude', answers)
    const post = async (body: object) => {
      const headers = { authorization: 'Bearer mine' }
      const response = await known.app('http://here/v1/responses/compact', {
        method: 'POST',
        headers,
        body: JSON.stringify({ ...ASK, ...body }),
      })
      return { status: response.status, body: (await response.json()) as { output: never[] } }
    }
    return { ...known, post }
  }

  test('30: gives the user’s messages and one compaction, from which the conversation goes on', async () => {
    const { post, openai, heard } = start(['The work is half done.', 'Going on.', 'More.'])
    const input = [
      { role: 'user', content: 'Do it.' },
      { role: 'assistant', content: 'I am at it.' },
    ]
    const { status, body } = await post({ input, tools })
    expect(status).toBe(200)
    expect(body).toMatchObject({
      id: expect.stringMatching(/^resp_/) as string,
      object: 'response.compaction',
      created_at: expect.any(Number) as number,
      usage: { input_tokens: 5, output_tokens: 7 },
      output: [
        { role: 'user', content: 'Do it.' },
        { type: 'compaction', encrypted_content: expect.any(String) as string },
      ],
    })
    const next = await openai.responses.create({ ...ASK, input: [...body.output, { role: 'user', content: 'Go on.' }] })
    expect(heard[1]!.join('\n')).toContain('The work is half done.')
    expect(heard[1]!.join('\n')).not.toContain('I am at it.')
    await openai.responses.create({ ...ASK, input: 'And on.', previous_response_id: next.id })
    expect(heard[2]).toEqual([...heard[1]!, 'assistant: Going on.', 'user: And on.'])
  })

  test('goes on from a stored response', async () => {
    const { post, openai, heard } = start(['one', 'All done.'])
    const first = await openai.responses.create({ ...ASK, input: 'a' })
    const { body } = await post({ previous_response_id: first.id })
    expect(heard[1]!.slice(0, 2)).toEqual(['user: a', 'assistant: one'])
    expect(body.output).toMatchObject([{ role: 'user' }, { type: 'compaction' }])
  })

  test('30: half a summary is an error', async () => {
    const { post } = start([{ parts: [{ type: 'text', text: 'The work' }], stop: { reason: 'max-tokens' } }])
    expect(await post({ input: 'a' })).toMatchObject({ status: 502, body: { error: {} } })
  })

  test('with a provider that answers something else is an error', async () => {
    const app = sessions(async () => Response.json({ id: 'resp_1', object: 'response', status: 'completed', output: [] }))
    const response = await app('http://here/v1/responses/compact', { method: 'POST', body: '{"model":"m","input":"a"}' })
    expect(response.status).toBe(502)
  })

  test('what a compaction stands for is not sent again', async () => {
    const compaction = {
      type: 'native' as const,
      protocol: 'openai-responses' as const,
      value: { type: 'compaction', id: 'cmp_1', encrypted_content: 'x' },
    }
    const { openai, heard } = setUp('openai-responses', ['one', { parts: [compaction] }, 'three'])
    const first = await openai.responses.create({ ...ASK, input: 'a' })
    const second = await openai.responses.create({ ...ASK, input: 'b', previous_response_id: first.id })
    await openai.responses.create({ ...ASK, input: 'c', previous_response_id: second.id })
    expect(heard[2]).toEqual(['user: <compaction>', 'user: c'])
  })
})
