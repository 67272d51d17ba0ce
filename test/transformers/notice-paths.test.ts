/** Notices name the field that the client wrote, and none that it did not. */
import { expect, it } from 'vitest'
import type { ProtocolName } from '../../src/core/chat.ts'
import type { JsonObject } from '../../src/core/json.ts'
import { translate } from '../../src/transformers/translate.ts'

const paths = (body: JsonObject, from: ProtocolName, to: ProtocolName) =>
  translate({ model: 'm', ...body }, { from, to, model: 'm' }).notices.map(({ path }) => path)
const fOf = { type: 'function', name: 'f' }
const gOf = { type: 'function', name: 'g' }

it('of the mode of a choice', () => {
  const responses = { input: 'x', tools: [fOf, gOf], tool_choice: { type: 'allowed_tools', mode: 'auto', tools: [fOf] } }
  expect(paths(responses, 'openai-responses', 'gemini')).toContain('/tool_choice/mode')
  const [f, g] = ['f', 'g'].map((name) => ({ type: 'function', function: { name } }))
  const chat = {
    messages: [{ role: 'user', content: 'x' }],
    tools: [f, g],
    tool_choice: { type: 'allowed_tools', allowed_tools: { mode: 'auto', tools: [f] } },
  }
  expect(paths(chat, 'openai', 'gemini')).toContain('/tool_choice/allowed_tools/mode')
})

it('of probabilities', () => {
  const include = ['message.output_text.logprobs']
  const asked = (more: JsonObject) =>
    paths({ input: 'x', ...more }, 'openai-responses', 'claude').filter((path) => /log|include/.test(path))
  expect(new Set(asked({ top_logprobs: 2 }))).toEqual(new Set(['/top_logprobs']))
  expect(new Set(asked({ include }))).toEqual(new Set(['/include']))
  expect(new Set(asked({ include, top_logprobs: 2 }))).toEqual(new Set(['/include', '/top_logprobs']))
})

it('and strict mode refuses to lose them, however they were asked for', () => {
  const include = ['message.output_text.logprobs']
  const ask = (more: JsonObject) => () =>
    translate({ model: 'm', input: 'x', ...more }, { from: 'openai-responses', to: 'claude', model: 'm', strict: true })
  expect(ask({ include })).toThrow(/include would be dropped/)
  expect(ask({ include: ['reasoning.encrypted_content'] })).not.toThrow()
})
