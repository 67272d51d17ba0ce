import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { factsOf, withBody } from '../../src/router/facts.ts'
import type { RequestFacts } from '../../src/router/request-facts.ts'
import { askingFor, bytesNaming } from '../../src/router/rename.ts'

const factsFor = (text: string) => factsOf(new Request('http://c.test/v1/messages', { method: 'POST', body: text }))
const textNaming = (facts: RequestFacts, model: string) => new TextDecoder().decode(bytesNaming(facts, model))
const renamed = async (text: string, model = 'new'): Promise<unknown> => JSON.parse(textNaming(await factsFor(text), model))

describe('another model in the bytes of a body', () => {
  it.each([
    ['at the beginning', '{"model":"old","messages":[]}', '{"model":"new","messages":[]}'],
    ['at the end, with spaces', '{ "a": 1.0 , "model" : "old" }', '{ "a": 1.0 , "model" : "new" }'],
    ['with escapes in it', '{"model":"o\\"l\\\\d","x":1}', '{"model":"new","x":1}'],
    [
      'beside a schema that has one',
      '{"model":"old","tools":[{"model":{"type":"string"}}]}',
      '{"model":"new","tools":[{"model":{"type":"string"}}]}',
    ],
    ['beside words of it', '{"t":"the \\"model\\":\\"x\\" key","model":"old"}', '{"t":"the \\"model\\":\\"x\\" key","model":"new"}'],
    ['behind letters of several bytes', '{"ä":"€😀","model":"öld","z":"é"}', '{"ä":"€😀","model":"new","z":"é"}'],
    ['behind a byte order mark', '\ufeff{"model":"old"}', '{"model":"new"}'],
    ['beside a key that ends so', '{"a\\"model":"x","model":"old"}', '{"a\\"model":"x","model":"new"}'],
  ])('%s leaves all else as it is', async (_, text, expected) => {
    expect(textNaming(await factsFor(text), 'new')).toBe(expected)
  })

  it.each([
    ['that an input of a tool has, too', '{"messages":[{"input":{"model":"x"}}],"model":"old"}'],
    ['that stands there twice', '{"model":"old","model":"old"}'],
    ['whose key is escaped', '{"mod\\u0065l":"old"}'],
    ['whose key is escaped the second time', '{"model":"old","\\u006dodel":"old"}'],
    ['that is none yet', '{"messages":[]}'],
    ['that is no text', '{"model":5}'],
  ])('one %s is replaced all the same', async (_, text) => {
    expect(await renamed(text)).toEqual({ ...(JSON.parse(text) as object), model: 'new' })
  })

  it('is what writing the body anew gives, whatever is in it', async () => {
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { maxDepth: 3 },
        fc.string({ unit: 'binary' }),
        fc.constantFrom('"model":"x"', 'model', '\\', '\\"model'),
        fc.integer(),
        fc.array(tie('any'), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom('model', 'a', '\\', 'a"model', 'modél'), tie('any'), { maxKeys: 3 }),
      ),
    })).any
    const body = fc.dictionary(fc.constantFrom('model', 'b', 'a"model', '\\'), value)
    await fc.assert(
      fc.asyncProperty(body, fc.string({ unit: 'grapheme' }), fc.boolean(), async (given, model, spaced) => {
        const text = JSON.stringify(given, null, spaced ? 2 : 0)
        expect(await renamed(text, model)).toEqual({ ...(JSON.parse(text) as object), model })
      }),
    )
  })

  it('is written when it is asked for, once', async () => {
    const facts = askingFor(askingFor(await factsFor('{"model":"old","é":1}'), 'x'), 'newer')
    expect(facts.body.model).toBe('newer')
    const text = () => new TextDecoder().decode(facts.bytes)
    expect(text()).toBe('{"model":"newer","é":1}')
    expect(facts.bytes).toBe(facts.bytes)
    expect(textNaming(facts, 'newest')).toBe('{"model":"newest","é":1}')
    const again = await factsOf(withBody(new Request('http://c.test/v1/messages', { method: 'POST', body: '{}' }), facts))
    expect(textNaming(again, 'newest')).toBe('{"model":"newest","é":1}')
  })
})
