/**
 * Google's SDK talks to Claude. It takes an address rather than a fetch, so a server on any free port stands between.
 *
 *     npm run build && node examples/gemini-sdk-on-claude.js
 */
import { GoogleGenAI } from '@google/genai'
import { endpoint } from 'cc-route'
import { serve } from 'cc-route/server'
import { upstream } from './upstreams.js'

const server = await serve(endpoint(upstream('claude')), { port: 0 })
const gemini = new GoogleGenAI({ apiKey: 'unused', httpOptions: { baseUrl: server.url } })

const stream = await gemini.models.generateContentStream({ model: 'gemini-3-pro', contents: 'Name three mountains.' })
for await (const chunk of stream) process.stdout.write(chunk.text ?? '')
console.log()

await server.close()
