/** A gateway of a configuration file, with its admin API, on a real socket. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { loadConfig } from '../../../src/server/config/load.ts'
import { fileStore } from '../../../src/server/config/store.ts'
import { createDemo } from '../../../src/server/demo/demo.ts'
import { gateway } from '../../../src/server/gateway.ts'
import { serve, type ServeOptions } from '../../../src/server/serve.ts'

export const ADMIN_KEY = 'ccr_the-key-of-the-admin'
export const CLIENT_KEY = 'ccr_the-key-of-a-client'
/** All secrets that the configuration has or names. */
export const ALL_SECRETS = [ADMIN_KEY, CLIENT_KEY, 'sk-upstream-secret', 'sk-from-the-environment', 'header-secret-value', 'proxy-password']

const FILE = {
  server: { keys: [{ name: 'ann', key: CLIENT_KEY }], adminKey: ADMIN_KEY },
  endpoints: {
    main: {
      protocol: 'openai',
      baseUrl: 'https://main.example/v1',
      apiKey: 'sk-upstream-secret',
      model: 'm',
      headers: { authorization: 'header-secret-value' },
    },
    other: {
      protocol: 'claude',
      baseUrl: 'https://other.example',
      apiKey: '$OTHER_KEY',
      model: 'm',
      proxy: 'http://user:proxy-password@proxy.example',
    },
  },
  routes: { default: 'main' },
}

/** What every route of the admin API is asked for. */
export const ADMIN_ROUTES = [
  'GET /admin',
  'GET /providers',
  'POST /providers',
  'PUT /providers',
  'GET /providers/main',
  'PATCH /providers/main',
  'DELETE /providers/main',
  'POST /providers/main/disable',
  'POST /providers/main/test',
  'GET /admin/breakers',
  'DELETE /admin/breakers',
  'GET /admin/keys',
  'POST /admin/keys',
  'DELETE /admin/keys/ann',
  'GET /admin/requests',
  'POST /admin/reload',
]

export async function openAdmin({ server = FILE.server, ...options }: { server?: object } & ServeOptions = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'cc-route-'))
  const path = join(folder, 'config.json')
  writeFileSync(path, JSON.stringify({ ...FILE, server }), { mode: 0o600 })
  const variables = { OTHER_KEY: 'sk-from-the-environment' }
  const called: string[] = []
  const demo = createDemo()
  const app = gateway(await loadConfig(path, { variables }), {
    store: fileStore(path, { variables }),
    fetchFor: () => async (input, init) => {
      called.push(new URL(input as string).origin)
      return demo(input, init)
    },
  })
  const served = await serve(app, { port: 0, graceMs: 0, ...options })
  onTestFinished(async () => {
    await served.close()
    rmSync(folder, { recursive: true })
  })
  return {
    ...served,
    app,
    folder,
    /** The origins that were called. */
    called,
    file: () => readFileSync(path, 'utf8'),
    ask: (line: string, headers: Record<string, string> = {}, body: object = {}) => {
      const [method, route] = line.split(' ') as [string, string]
      const init = method === 'GET' ? {} : { body: JSON.stringify(body) }
      return fetch(served.url + route, { method, headers: { 'content-type': 'application/json', ...headers }, ...init })
    },
  }
}
