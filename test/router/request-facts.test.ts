import { describe, expect, it } from 'vitest'
import { factsOf, withBody } from '../../src/router/facts.ts'
import { askingFor } from '../../src/router/rename.ts'
import { askedModel, chatOf, forgetAsked, tokensOf, type RequestFacts } from '../../src/router/request-facts.ts'

const BODY = {
  model: 'old',
  max_tokens: 10,
  stream: true,
  system: 'Be brief.',
  messages: [{ role: 'user', content: 'Grüße an alle' }],
  tools: [{ name: 'look', input_schema: { type: 'object' } }],
  metadata: { user_id: 'u' },
}
const TEXT = JSON.stringify(BODY)
const SETTINGS = { model: 'old', max_tokens: 10, stream: true, metadata: { user_id: 'u' } }

const read = () => factsOf(new Request('http://c.test/v1/messages', { method: 'POST', body: TEXT }))
const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes)

/** All that can be asked of facts. */
const told = (facts: RequestFacts) => ({
  text: facts.text,
  bytes: textOf(facts.bytes),
  body: facts.body,
  chat: chatOf(facts),
  tokens: tokensOf(facts),
  model: askedModel(facts),
})

describe('a request that was let go of', () => {
  it('is let go of in all that it was made of', async () => {
    const asked = await read()
    const inner = withBody(new Request('http://c.test/v1/messages', { method: 'POST', body: '{}' }), asked, { ...asked.body, top_k: 1 })
    const made = [asked, await factsOf(inner)]
    for (const model of ['x', 'y']) made.push(askingFor(made.at(-1)!, model))
    const bodies = made.map(({ body }) => body)
    forgetAsked(made.at(-1)!)
    expect(made.map((facts, i) => facts.body === bodies[i])).toEqual([false, false, false, false])
    expect(made.map(({ body }) => body)).toEqual(bodies)
  })

  it('takes no word of its settings from what is none of them', async () => {
    const body = '{"messages":[],"__proto__":{"model":"forbidden","stream":true}}'
    const facts = await factsOf(new Request('http://c.test/v1/messages', { method: 'POST', body }))
    forgetAsked(facts)
    expect([facts.settings.model, facts.settings.stream]).toEqual([undefined, undefined])
    expect(JSON.stringify(facts.body)).toBe(body)
  })

  it('is made again of its bytes', async () => {
    const facts = await read()
    const { body } = facts
    const before = told(facts)
    forgetAsked(facts)
    expect(facts.settings).toEqual(SETTINGS)
    expect(told(facts)).toEqual(before)
    expect(facts.body).not.toBe(body)
    expect(facts.body).toBe(facts.body)
  })

  it('still asks for the model that it was given', async () => {
    const original = await read()
    const facts = askingFor(askingFor(original, 'x'), 'new')
    const before = told(facts)
    forgetAsked(facts)
    expect(facts.settings).toEqual({ ...SETTINGS, model: 'new' })
    expect(original.settings).toEqual(SETTINGS)
    expect(told(facts)).toEqual(before)
    expect(JSON.parse(textOf(facts.bytes))).toEqual({ ...BODY, model: 'new' })
    expect(original.body).toEqual(BODY)
  })

  it('has the model of its address, where its protocol keeps it there', async () => {
    const url = 'http://c.test/v1beta/models/old:generateContent'
    const body = JSON.stringify({ contents: [{ role: 'user', parts: [{ text: 'hi' }] }], generationConfig: { topK: 3 } })
    const facts = askingFor(await factsOf(new Request(url, { method: 'POST', body })), 'new')
    const before = told(facts)
    forgetAsked(facts)
    expect(facts.settings).toEqual({ generationConfig: { topK: 3 } })
    expect(told(facts)).toEqual(before)
    expect(before.model).toBe('new')
    expect(before.bytes).toBe(body)
  })
})
