import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../src/core/json.ts'
import type { Reply, StreamEvent } from '../../../src/core/reply.ts'
import { translate } from '../../../src/transformers/translate.ts'
import { ask, askContext, eventsOf, officially, parsed, protocol, replied, streamed } from './run.ts'

const body = { model: 'gpt-5.4', input: [{ role: 'user', content: 'Do it.' }, { type: 'compaction_trigger' }] }
const reply: Reply = {
  parts: [
    { type: 'reasoning', text: 'Hm.', opaque: { by: 'claude', data: 's' } },
    { type: 'text', text: 'What was ' },
    { type: 'text', text: 'done.' },
    { type: 'tool-call', id: 'c', name: 'ls', input: {} },
  ],
  stop: { reason: 'end' },
}

describe('case 30: a compaction by a provider that has none', () => {
  it('is asked for in words', () => {
    const { body: asked } = translate(body, { from: 'openai-responses', to: 'claude', model: 'claude-sonnet-5' })
    expect(JSON.stringify(asked)).toContain('Write a summary')
  })
  it('is exactly one item, streamed and whole', async () => {
    const wire = streamed(eventsOf(reply), body)
    const whole = replied(reply, body)
    expect(parsed(wire).filter((event) => event.type === 'response.output_item.done')).toMatchObject([{ item: { type: 'compaction' } }])
    const sealed = (output: unknown) => (output as JsonObject[]).map((item) => item.encrypted_content)
    expect(sealed((parsed(wire).at(-1)?.response as JsonObject | undefined)?.output)).toEqual(sealed(whole.output))
    expect((await officially(wire)).output).toHaveLength(1)
  })
  it('comes back as the summary, to every provider', () => {
    const [item] = replied(reply, body).output as JsonObject[]
    const next = { model: 'gpt-5.4', input: [item, { role: 'user', content: 'Go on.' }] }
    expect(ask(next).messages[0]).toMatchObject({
      role: 'user',
      parts: [{ type: 'native', text: expect.stringContaining('What was done.') as string }],
    })
    const { input } = protocol.encodeRequest(ask(next), askContext())
    expect(input).toMatchObject([{ role: 'user', content: [{ text: expect.stringContaining('What was done.') as string }] }, {}])
    const { body: asked } = translate(next, { from: 'openai-responses', to: 'claude', model: 'claude-sonnet-5' })
    expect(JSON.stringify(asked)).toContain('What was done.')
  })
  it("another provider's is said to be unreadable", () => {
    const foreign = { model: 'gpt-5.4', input: [{ type: 'compaction', id: 'cmp_1', encrypted_content: 'gAAAA' }] }
    expect(ask(foreign).messages[0]).toMatchObject({ parts: [{ text: expect.stringContaining('cannot be read') as string }] })
  })
  it.each([
    [{ ...reply, stop: { reason: 'max-tokens' } }],
    [{ ...reply, parts: [] }],
    [{ ...reply, stop: { reason: 'tool-calls' } }],
  ] satisfies [Reply][])('half a summary or none is a failure', (broken) => {
    const events: StreamEvent[] = eventsOf(broken)
    expect(parsed(streamed(events, body)).at(-1)).toMatchObject({ type: 'response.failed' })
    expect(() => replied(broken, body)).toThrow('no whole summary')
  })
})
