/**
 * A unit test of a conversion: no server, no network, no key.
 *
 *     npm run build && node --test examples/conversion.test.js
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { translate } from 'cc-route/transformers'
import { cutStream, readEvents } from 'cc-route/testing'

const question = {
  model: 'claude-sonnet-5',
  max_tokens: 1024,
  stream: true,
  system: 'You are terse.',
  messages: [{ role: 'user', content: 'Hi' }],
}

test('the system prompt becomes the first message', () => {
  const { body } = translate(question, { from: 'claude', to: 'openai', model: 'gpt-5.4' })
  assert.deepEqual(body['messages'], [
    { role: 'system', content: 'You are terse.' },
    { role: 'user', content: 'Hi' },
  ])
})

test('what has no counterpart is told', () => {
  const { notices } = translate({ ...question, top_k: 5 }, { from: 'claude', to: 'openai', model: 'gpt-5.4' })
  assert.ok(notices.some(({ action, path }) => action === 'dropped' && path === '/top_k'))
})

test('a cut stream is an error, not a short answer', async () => {
  const { stream } = translate(question, { from: 'claude', to: 'openai', model: 'gpt-5.4' })
  const chunk = {
    id: 'c1',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'gpt-5.4',
    choices: [{ index: 0, delta: { content: 'Hel' } }],
  }
  const events = await readEvents(stream(cutStream(`data: ${JSON.stringify(chunk)}\n\n`, 5)))
  assert.equal(events.at(-1)?.event, 'error')
})
