/**
 * OpenAI's SDK talks to Gemini, with no server.
 *
 *     npm run build && node examples/openai-sdk-on-gemini.js
 */
import OpenAI from 'openai'
import { endpoint } from 'cc-route'
import { upstream } from './upstreams.js'

const openai = new OpenAI({ apiKey: 'unused', fetch: endpoint(upstream('gemini')) })

const stream = await openai.chat.completions.create({
  model: 'gpt-5.4',
  stream: true,
  stream_options: { include_usage: true },
  messages: [{ role: 'user', content: 'Name three rivers.' }],
})
for await (const chunk of stream) {
  process.stdout.write(chunk.choices[0]?.delta.content ?? '')
  if (chunk.usage) console.log(`\n[${chunk.usage.total_tokens} tokens]`)
}
