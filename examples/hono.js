/**
 * All four protocols under /llm of a Hono app.
 *
 *     npm run build && node examples/hono.js
 */
import { Hono } from 'hono'
import { endpoint } from 'cc-route'
import { upstream } from './upstreams.js'

const app = new Hono()
app.get('/', (context) => context.text('My own app'))
app.mount('/llm', endpoint(upstream('openai')))

// Here a client would set its base URL to https://my-app.example/llm. We ask without a socket.
const response = await app.request('/llm/v1/messages', {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ model: 'claude-sonnet-5', max_tokens: 256, messages: [{ role: 'user', content: 'Hello!' }] }),
})
console.log(response.status, await response.json())
