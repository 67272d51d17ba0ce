import { describe, expect, it } from 'vitest'
import { gemini } from '../../../src/transformers/gemini/index.ts'
import { translate } from '../../../src/transformers/translate.ts'
import { chunk, eventsOf, folded, replyContext, through } from './run.ts'

describe('candidates', () => {
  const at = (index: number, said: string, more: object = {}) => ({ content: { role: 'model', parts: [{ text: said }] }, index, ...more })
  const notice = { action: 'dropped', path: '/candidates/1', reason: 'only the first of several answers is read' }
  it('but the first are noted once and never mixed into it', () => {
    const context = replyContext()
    const chunks = [at(0, 'A'), at(1, 'B'), at(0, 'A2', { finishReason: 'STOP' }), at(1, 'B2', { finishReason: 'MAX_TOKENS' })]
    const { parts, stop } = folded(
      chunks.map((one) => ({ candidates: [one] })),
      context,
    )
    expect(parts).toMatchObject([{ text: 'AA2' }])
    expect(stop.reason).toBe('end')
    expect(context.notes.list).toMatchObject([notice])
  })
  it('do not begin the answer', () => {
    expect(eventsOf([{ candidates: [at(1, 'B', { finishReason: 'STOP' })] }])).toEqual([])
  })
  it('of a whole answer are noted', () => {
    const context = replyContext()
    const { parts } = gemini.decodeReply({ candidates: [at(1, 'B'), at(0, 'A', { finishReason: 'STOP' })] }, context)
    expect(parts).toMatchObject([{ text: 'A' }])
    expect(context.notes.list).toMatchObject([notice])
  })
  const asides = { avgLogprobs: -0.5, logprobsResult: {}, urlContextMetadata: { urlMetadata: [] }, safetyRatings: [] }
  const paths = ['urlContextMetadata', 'logprobsResult'].map((field) => `/candidates/0/${field}`)
  it('have fields that are noted where nobody is told them', () => {
    const context = replyContext()
    gemini.decodeReply({ candidates: [at(0, 'A', { finishReason: 'STOP', ...asides })] }, context)
    expect(context.notes.list.map(({ path }) => path)).toEqual(paths)
  })
  it('have fields that are noted once a stream', () => {
    const context = replyContext()
    eventsOf([chunk([{ text: 'A' }], asides), chunk([{ text: 'B' }], { ...asides, finishReason: 'STOP' })], context)
    expect(context.notes.list.map(({ path }) => path)).toEqual(paths)
  })
  it('are whole for a client of Gemini, and nothing is noted', () => {
    const answer = { candidates: [at(0, 'A', { finishReason: 'STOP', ...asides }), at(1, 'B')] }
    const ask = { contents: [{ role: 'user', parts: [{ text: 'hi' }] }] }
    const exchange = translate(ask, { from: 'gemini', to: 'gemini', model: 'gemini-3-pro', adjust: (chat) => chat })
    expect(exchange.response(answer)).toEqual(answer)
    expect(exchange.notices).toEqual([])
  })
  it('stay apart in a stream that is read and written again', () => {
    const ask = { contents: [{ role: 'user', parts: [{ text: 'hi' }] }], generationConfig: { candidateCount: 2 } }
    const exchange = translate(ask, { from: 'gemini', to: 'gemini', model: 'gemini-3-pro', stream: true, adjust: (chat) => chat })
    const said = through(exchange, [{ candidates: [at(0, 'A')] }, { candidates: [at(1, 'B')] }, chunk([], { finishReason: 'STOP' })])
    expect(said).toContain('"text":"A"')
    expect(said).not.toContain('"text":"B"')
  })
})
