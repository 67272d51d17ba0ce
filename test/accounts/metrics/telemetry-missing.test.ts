import { afterEach, expect, test, vi } from 'vitest'
import { createTelemetry } from '../../../src/accounts/index.ts'
import { createDemo } from '../../../src/server/demo/demo.ts'
import { gateway } from '../../../src/server/gateway.ts'
import { openLog } from '../../../src/server/log/log.ts'
import { clientOf } from '../../server/clients.ts'

vi.mock('@opentelemetry/api', () => {
  throw new Error('there is no such package')
})

/** What an SDK that is set up leaves, whoever installed it. */
const SET_UP = Symbol.for('opentelemetry.js.api.1')
const everywhere = globalThis as Record<symbol, unknown>
afterEach(() => void delete everywhere[SET_UP])

test('without its package telemetry says what to install', async () => {
  await expect(createTelemetry()).rejects.toThrow('npm install @opentelemetry/api')
})

test('a gateway says so once, and answers', async () => {
  everywhere[SET_UP] = { version: '1.9.0' }
  const lines: string[] = []
  const app = gateway(
    { endpoints: { a: { protocol: 'openai', baseUrl: 'https://a.example/v1' } } },
    {
      fetchFor: () => createDemo(),
      log: openLog({ level: 'warn', stream: { write: (line) => lines.push(line) } }),
    },
  )
  const { path, body } = clientOf('claude')
  const ask = async () => {
    const response = await app(`http://localhost${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    await response.text()
    return response.status
  }
  expect(await ask()).toBe(200)
  await vi.waitFor(() => expect(lines.join('')).toContain('npm install @opentelemetry/api'))
  expect(await ask()).toBe(200)
  expect(lines).toHaveLength(1)
})
