/**
 * Who used what: a ledger around an endpoint, with no server and no database.
 *
 *     npm run build && node examples/ledger.js
 */
import OpenAI from 'openai'
import { endpoint } from 'cc-route'
import { createLedger, createPrices, memoryUsage, withLedger } from 'cc-route/accounts'
import { upstream } from './upstreams.js'

// The demo has no price of its own: here its million tokens of input cost a dollar, and those of output four.
const prices = createPrices({ models: { demo: { input: 1, output: 4 } } })
const ledger = createLedger({ store: memoryUsage(), prices })

const openai = new OpenAI({ apiKey: 'unused', fetch: withLedger(endpoint(upstream('claude')), ledger) })

for (const question of ['Name three rivers.', 'Name three mountains.'])
  await openai.chat.completions.create({ model: 'gpt-5.4', messages: [{ role: 'user', content: question }] })

await ledger.flush()

for (const { group, requests, input, output, cost } of await ledger.store.sum({ by: ['model'], order: 'cost' }))
  console.log(`${group.model}: ${requests} requests, ${input} tokens in, ${output} out, $${cost}`)

const [latest] = await ledger.store.list({}, { limit: 1 })
console.log(`the latest: ${latest?.asked} was asked for, ${latest?.endpoint} answered with ${latest?.served} after ${latest?.ms} ms`)

await ledger.close()
