/** Imports from files that exist in memory alone, and asks what was made of them. */
import type { Fetch } from '../../../src/router/fetch.ts'
import { compose } from '../../../src/server/compose.ts'
import { loadText } from '../../../src/server/config/load.ts'
import { createDemo } from '../../../src/server/demo/demo.ts'
import { importConfig, type Files, type ImportOptions, type ImportResult } from '../../../src/server/import/index.ts'
import { virtualClock } from '../../../src/testing/clock.ts'
import { clientOf } from '../clients.ts'
import type { ProtocolName } from '../../../src/core/chat.ts'

export const inMemory = (contents: Readonly<Record<string, unknown>>): Files => ({
  read: async (path) => {
    const found = contents[path]
    if (found === undefined || found instanceof Uint8Array) return found
    return new TextEncoder().encode(typeof found === 'string' ? found : JSON.stringify(found))
  },
  withDatabase: () => Promise.reject(new Error('there is no database here')),
})

/** Imports one file, or the first of several that lie in one folder. */
export function imported(contents: unknown, options: ImportOptions & { name?: string } = {}): Promise<ImportResult> {
  const { name = 'config.json', ...rest } = options
  return importConfig(name, { variables: {}, files: inMemory({ [name]: contents }), ...rest })
}

/** What went out for a request: `host model key`, one for each attempt. */
export type Asked = (protocol: ProtocolName, body: object, more?: { failing?: readonly string[]; path?: string }) => Promise<string[]>

/** The configuration as it is read from its text, at work. Providers are played by the demo. */
export async function serving(result: ImportResult, variables: Readonly<Record<string, string>> = {}): Promise<Asked> {
  const { config } = await loadText('config.yaml', result.text, { variables })
  const demo = createDemo()
  let calls: string[] = []
  let down: readonly string[] = []
  const upstream: Fetch = async (input, init) => {
    const url = new URL(input as string)
    const text = init?.body instanceof Uint8Array ? new TextDecoder().decode(init.body) : (init?.body as string)
    const { model = /models\/([^:]+)/.exec(url.pathname)?.[1] } = JSON.parse(text) as { model?: string }
    const headers = new Headers(init?.headers)
    const key = headers.get('authorization') ?? headers.get('x-api-key') ?? headers.get('x-goog-api-key') ?? 'nobody'
    calls.push([url.hostname, model, key].join(' '))
    return down.includes(url.hostname) ? Response.json({ error: { message: 'no' } }, { status: 401 }) : demo(input, init)
  }
  return async (protocol, body, { failing = [], path } = {}) => {
    // Each request meets providers of which nothing is known.
    const { fetch } = compose(config, { fetchFor: () => upstream, clock: virtualClock(), random: () => 0 })
    calls = []
    down = failing
    const client = clientOf(protocol)
    const response = await fetch(`http://localhost${path ?? client.path}`, {
      method: 'POST',
      body: JSON.stringify({ ...client.body, ...body }),
    })
    await response.text()
    return calls
  }
}
