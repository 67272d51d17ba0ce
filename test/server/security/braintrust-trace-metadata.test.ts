/** Braintrust: the metadata of its traces had the `apiKey` of each request in it. Here that would be logs, outcomes and errors. */
import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import type { Fetch } from '../../../src/router/fetch.ts'
import { endpoint } from '../../../src/router/endpoint/endpoint.ts'
import { outcomeOf } from '../../../src/router/outcome.ts'
import { createDemo } from '../../../src/server/demo/demo.ts'
import { openLog } from '../../../src/server/log/log.ts'
import { createRedactor } from '../../../src/server/log/redact.ts'
import { clients, openScene, SECRETS } from './scene.ts'

/** A provider that repeats what it was sent, as some do to say that a key is wrong. */
const echo: Fetch = async (input) => {
  const { headers } = input as Request
  const key = headers.get('authorization') ?? headers.get('x-api-key') ?? headers.get('x-goog-api-key')
  return Response.json(
    { error: { type: 'authentication_error', code: 401, message: `Incorrect API key provided: ${key}`, status: 'UNAUTHENTICATED' } },
    { status: 401 },
  )
}

test('a key that a provider repeats is taken out of what the client and the log get', async () => {
  const lines: string[] = []
  const redact = createRedactor(SECRETS)
  const log = openLog({ level: 'debug', redact, stream: { write: (line) => lines.push(line) } })
  const scene = await openScene({ answer: echo, redact, log })
  const texts: string[] = []
  for (const client of clients) {
    const response = await scene.ask(client, client.protocol)
    texts.push(JSON.stringify([...response.headers]) + (await response.text()))
  }
  await expect.poll(() => lines.length).toBe(4)
  expect(texts.every((text) => text.includes('Incorrect API key provided'))).toBe(true)
  for (const secret of Object.values(SECRETS)) expect(texts.join('') + lines.join('')).not.toContain(secret)
})

test.each(['works', 'fails'])('what is known of a request that %s names the key, and does not have it', async (how) => {
  const fetch: Fetch = how === 'works' ? createDemo() : () => Promise.reject(new Error('no connection'))
  const call = endpoint({
    protocol: 'openai',
    baseUrl: 'https://a.example',
    apiKeys: [{ key: 'sk-secret-0123456789', name: 'mine' }],
    fetch,
  })
  const [claude] = clients
  const response = await call(`http://localhost${claude!.path}`, { method: 'POST', body: JSON.stringify(claude!.body) }).catch(
    (error: unknown) => error,
  )
  const outcome = outcomeOf(response as Response)
  const told = inspect([response, outcome, await outcome?.ended], { depth: 20, showHidden: false })
  expect(told).not.toContain('sk-secret')
  if (how === 'works') expect(outcome?.key).toBe('mine')
})
