/**
 * The examples that are servers, each on its runtime, from the built package.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createDemo, serve, type Served } from 'cc-route/server'
import { afterAll, beforeAll, describe } from 'vitest'
import { testConversations } from './conversation.ts'
import { commandOf, lacking, launch, type Launched } from './launch.ts'
import { writeWorkerConfig } from './workerd.ts'

const STARTS = {
  node: ['examples/node-http.js'],
  bun: ['examples/bun.js'],
  deno: ['run', '--allow-net', '--allow-env', '--allow-read', 'examples/deno.js'],
} as const

describe.each(Object.entries(STARTS))('on %s', (name, args) => {
  const runtime = name as keyof typeof STARTS
  const reason = lacking(runtime)
  describe.skipIf(reason)(reason ?? args.at(-1)!, () => {
    let server: Launched
    beforeAll(async () => {
      server = await launch(commandOf(runtime), [...args], { env: { PORT: '0' } })
    })
    afterAll(() => server?.stop())
    testConversations(() => server.url)
  })
})

describe('on workerd', () => {
  const reason = lacking('workerd')
  describe.skipIf(reason)(reason ?? 'examples/workers.js', () => {
    const folder = mkdtempSync(join(tmpdir(), 'cc-route-'))
    let upstream: Served
    let server: Launched
    beforeAll(async () => {
      upstream = await serve(createDemo(), { port: 0 })
      const config = writeWorkerConfig(folder, { OPENAI_BASE_URL: upstream.url, OPENAI_API_KEY: 'demo' })
      const { url, stop } = await launch(commandOf('workerd'), ['serve', '--control-fd=3', config], { said: /"port":(\d+)/ })
      server = { url: `http://127.0.0.1:${url}`, stop }
    })
    afterAll(async () => {
      await server?.stop()
      await upstream?.close()
      rmSync(folder, { recursive: true, force: true })
    })
    testConversations(() => server.url)
  })
})
