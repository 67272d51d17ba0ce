import { expect, test } from 'vitest'
import { STATUS } from '../../src/core/failure.ts'
import { translate } from '../../src/transformers/translate.ts'

const open = () => {
  const body = { model: 'claude-sonnet-5', max_tokens: 9, stream: true, messages: [{ role: 'user', content: 'Hi' }] }
  const exchange = translate(body, { from: 'claude', to: 'openai', model: 'm' })
  const translator = exchange.translator()
  const push = (text: string) => translator.push(new TextEncoder().encode(text))
  push('data: {"choices":[{"index":0,"delta":{"content":"Hel"}}]}\n\n')
  return { exchange, translator, push }
}

test('what a connection breaks off in was never an event', () => {
  const { exchange, translator, push } = open()
  push('data: {"choices":[{"index":0,"del')
  translator.fail({ kind: 'network', status: STATUS.network, message: 'It broke.' })
  expect(exchange.notices).toEqual([])
})

test('an event that is no JSON is noted', () => {
  const { exchange, push } = open()
  push('data: {"choices":[{"index":0,"del\n\n')
  expect(exchange.notices).toMatchObject([{ action: 'dropped', reason: expect.stringContaining('was not JSON') }])
})
