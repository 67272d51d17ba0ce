import { expect, test } from 'vitest'
import { createAnswerReader } from '../../../src/router/endpoint/read-answer.ts'

const named = (event: { type: string }) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`

test('a stream that broke off among signs of life is taken to be as long as its bytes tell', () => {
  const reader = createAnswerReader('claude', 'text/event-stream')
  const delta = { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'some words' } }
  reader.push(named({ type: 'message_start' }))
  const told = [...Array.from({ length: 100 }, () => delta), ...Array.from({ length: 100 }, () => ({ type: 'ping' }))]
  for (const event of told) reader.push(named(event))
  const { how, streamed } = reader.end()
  expect(how).toBe('truncated')
  expect(streamed).toBeGreaterThan(300)
})
