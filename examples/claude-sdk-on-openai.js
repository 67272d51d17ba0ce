/**
 * Anthropic's SDK talks to an OpenAI-format provider: a stream with a tool call, and no server anywhere.
 *
 *     npm run build && node examples/claude-sdk-on-openai.js
 */
import Anthropic from '@anthropic-ai/sdk'
import { endpoint } from 'cc-route'
import { upstream } from './upstreams.js'

const claude = new Anthropic({ apiKey: 'unused', fetch: endpoint(upstream('openai')) })

/** @type {Anthropic.Tool[]} */
const tools = [
  {
    name: 'get_weather',
    description: 'The weather in a city, now',
    input_schema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
]

/** @type {Anthropic.MessageParam[]} */
const messages = [{ role: 'user', content: 'What is the weather in Paris? Answer in one sentence.' }]

for (;;) {
  const stream = claude.messages.stream({ model: 'claude-sonnet-5', max_tokens: 1024, messages, tools })
  stream.on('text', (text) => process.stdout.write(text))
  const message = await stream.finalMessage()
  messages.push({ role: 'assistant', content: message.content })

  const calls = message.content.filter((block) => block.type === 'tool_use')
  if (!calls.length) break
  for (const { name, input } of calls) console.log(`[the model calls ${name}(${JSON.stringify(input)})]`)
  messages.push({ role: 'user', content: calls.map(({ id }) => ({ type: 'tool_result', tool_use_id: id, content: 'Sunny, 24 °C' })) })
}
console.log()
