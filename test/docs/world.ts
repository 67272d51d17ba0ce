/**
 * What the pages' programs find around them: the demo for every provider, no keys, and as much of Bun and Deno as they use.
 */
import { createDemo } from 'cc-route/server'
import { http } from 'msw'
import { setupServer } from 'msw/node'
import { vi } from 'vitest'

const demo = createDemo()

/** Every provider is the demo, however it is called; addresses of this machine are real. */
const providers = setupServer(http.all(/^https:\/\/(?!127\.0\.0\.1|localhost)/, ({ request }) => demo(request)))

type Handler = (request: Request, context: unknown) => Response | Promise<Response>

/** Asks a handler as its runtime would: with the request and something of the runtime's own. */
const askOnce = async (handler: Handler): Promise<void> => {
  const body = { model: 'claude-sonnet-5', max_tokens: 64, messages: [{ role: 'user', content: 'Hi' }] }
  const request = new Request('http://localhost/v1/messages', { method: 'POST', body: JSON.stringify(body) })
  const response = await handler(request, { port: 3000 })
  if (response.status !== 200) throw new Error(`a mounted handler answered ${response.status}: ${await response.text()}`)
}

const asked: Promise<void>[] = []

export function enterWorld(): void {
  for (const name of Object.keys(process.env)) if (name.endsWith('_API_KEY')) vi.stubEnv(name, '')
  providers.listen({ onUnhandledRequest: 'bypass' })
  vi.stubGlobal('Bun', { serve: (options: { fetch: Handler }) => void asked.push(askOnce(options.fetch)) })
  vi.stubGlobal('Deno', { serve: (handler: Handler) => void asked.push(askOnce(handler)), env: { get: () => undefined } })
}

/** Waits for what the runtimes' stand-ins asked. */
export const settleWorld = async (): Promise<void> => {
  await Promise.all(asked.splice(0))
}

export function leaveWorld(): void {
  providers.close()
  vi.unstubAllGlobals()
  vi.unstubAllEnvs()
}
