import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { gateway } from '../../../src/server/gateway.ts'
import { serve } from '../../../src/server/serve.ts'
import type { LedgerConfig } from '../../../src/server/config/ledger-schema.ts'
import { serverLedger } from '../../../src/server/ledger/lazy-ledger.ts'
import { openStore, storePath } from '../../../src/server/ledger/open-store.ts'
import { findReader } from '../../../src/server/sqlite/reader.ts'
import { retain } from '../../../src/accounts/ledger/retention.ts'
import { memoryUsage } from '../../../src/accounts/ledger/memory-store.ts'
import { withLedger } from '../../../src/accounts/ledger/with-ledger.ts'
import { chaosProvider } from '../../../src/testing/chaos/provider.ts'
import { virtualClock } from '../../../src/testing/clock.ts'
import { aRecord } from '../../accounts/ledger/kept.ts'
import { ask } from '../../router/pool/client.ts'
import { folder } from '../config/folder.ts'

afterEach(() => vi.unstubAllEnvs())

/** A state folder of its own. */
const state = (): string => {
  const path = folder()
  vi.stubEnv('XDG_STATE_HOME', path)
  return path
}

describe('where it is kept', () => {
  test('in the folder of the state of this user', () => {
    const path = state()
    expect(storePath('sqlite', {})).toBe(join(path, 'cc-route', 'usage.db'))
    expect(storePath('jsonl', {})).toBe(join(path, 'cc-route', 'usage'))
  })

  test('where the configuration says, from its own folder', () => {
    expect(storePath('sqlite', { ledger: { path: 'data/u.db' }, configPath: '/etc/cc/config.json' })).toBe('/etc/cc/data/u.db')
    expect(storePath('jsonl', { ledger: { path: '/var/u' }, configPath: '/etc/cc/config.json' })).toBe('/var/u')
  })

  test.each(['sqlite', 'jsonl', 'memory'] as const)('%s by name', async (store) => {
    const path = folder()
    const opened = await openStore({ ledger: { store, path: join(path, 'kept') } })
    await opened.add([aRecord()])
    expect(await opened.list({})).toHaveLength(1)
    expect(existsSync(join(path, 'kept'))).toBe(store !== 'memory')
    await opened.close()
  })

  test('by itself: SQLite where this runtime reads it, else files, and then it says so', async () => {
    const path = state()
    const hints: string[] = []
    const opened = await openStore({ hint: (message) => hints.push(message) })
    await opened.add([aRecord()])
    await opened.close()
    const reads = (await findReader()) !== undefined
    expect(readdirSync(join(path, 'cc-route')).includes(reads ? 'usage.db' : 'usage')).toBe(true)
    expect(hints).toHaveLength(reads ? 0 : 1)
  })
})

describe('the ledger of a server', () => {
  const served = (ledger: LedgerConfig) => {
    const clock = virtualClock(Date.UTC(2026, 10, 21))
    const errors: string[] = []
    const say = (message: string) => void errors.push(message)
    const log = { level: 'info', error: say, warn: say, info: () => {}, debug: () => {}, close: async () => {} } as never
    const made = serverLedger({ ledger, redact: (text) => text, log, clock })
    return { clock, errors, ledger: made, app: withLedger(chaosProvider({ reply: { usage: { input: 3, output: 2 } } }), made) }
  }

  test('opens nothing before the first request, and keeps that one, too', async () => {
    const path = join(folder(), 'usage')
    const { app, ledger, errors } = served({ store: 'jsonl', path })
    expect(existsSync(path)).toBe(false)
    await ask(app, 'claude')
    await ask(app, 'claude')
    await vi.waitFor(async () => {
      await ledger.flush()
      expect(await ledger.store.sum({})).toMatchObject([{ requests: 2, input: 6, output: 4 }])
    }, 5000)
    await ledger.close()
    expect(readdirSync(path)).toEqual(['usage-2026-11.jsonl'])
    expect(errors).toEqual([])
  })

  test('knows whose the first request was although it is loaded behind its answer', async () => {
    const { ledger } = served({ store: 'memory' })
    const keys = [{ name: 'ann', key: 'a-key-of-16-characters' }]
    const endpoints = { up: { protocol: 'openai' as const, baseUrl: 'https://up.example/v1', apiKey: 'k', model: 'm' } }
    const app = gateway({ endpoints, server: { keys } }, { ledger, fetchFor: () => chaosProvider() })
    const server = await serve(app, { port: 0 })
    for (let i = 0; i < 2; i++) {
      const headers = { 'x-api-key': keys[0]!.key, 'content-type': 'application/json' }
      const body = JSON.stringify({ model: 'm', max_tokens: 9, messages: [{ role: 'user', content: 'Hi' }] })
      await (await fetch(`${server.url}/v1/messages`, { method: 'POST', headers, body })).text()
    }
    await vi.waitFor(async () => {
      await ledger.flush()
      expect((await ledger.store.list({})).map(({ tenant }) => tenant)).toEqual(['ann', 'ann'])
    }, 5000)
    await server.close()
    await ledger.close()
  })

  test('closing writes what has ended', async () => {
    const path = join(folder(), 'usage')
    const { app, ledger } = served({ store: 'jsonl', path })
    await ask(app, 'claude')
    await ledger.close()
    const again = await openStore({ ledger: { store: 'jsonl', path } })
    expect(await again.list({})).toHaveLength(1)
  })

  test('closed without a request it leaves nothing', async () => {
    const path = join(folder(), 'usage')
    const { ledger } = served({ store: 'jsonl', path })
    await ledger.close()
    expect(existsSync(path)).toBe(false)
  })

  test('a store that cannot be opened is told of once, and holds nobody up', async () => {
    const path = join(folder(), 'file', 'below')
    const { app, ledger, errors, clock } = served({ store: 'jsonl', path: join(path, '\0') })
    expect((await ask(app, 'claude')).response.status).toBe(200)
    await vi.waitFor(async () => {
      await ledger.flush()
      expect(errors).toHaveLength(1)
    }, 5000)
    await clock.advance(3000)
    expect(errors).toHaveLength(1)
    await ledger.close()
  })

  test('a request that comes before it is loaded gets its answer whole, and is kept without it', async () => {
    const { app, ledger, errors } = served({ store: 'memory', capture: 'all' })
    const { text, broken } = await ask(app, 'claude', { stream: true })
    expect([text.includes('message_stop'), broken]).toEqual([true, false])
    await vi.waitFor(async () => {
      await ledger.flush()
      const [record] = await ledger.store.list({})
      expect(record).toMatchObject({ ended: 'complete', usage: { input: 3, output: 2 } })
      expect((await ledger.store.get(record!.id))!.bodies!.response).toBeUndefined()
    }, 5000)
    expect(errors).toEqual([])
  })

  test('captures what comes once it is loaded', async () => {
    const { app, ledger } = served({ store: 'memory', capture: 'all' })
    await ledger.flush()
    await vi.dynamicImportSettled()
    await ask(app, 'claude', { question: 'Is this kept?' })
    await vi.waitFor(async () => {
      await ledger.flush()
      expect(await ledger.store.list({ text: 'kept' })).toHaveLength(1)
    }, 5000)
  })
})

describe('what is too old', () => {
  const DAY = 86_400_000

  test('is forgotten once a day: bodies before their records', async () => {
    const clock = virtualClock(100 * DAY)
    const store = memoryUsage()
    const errors: Error[] = []
    const stop = retain(store, { clock, keepDays: 10, captureDays: 2, onError: (error) => errors.push(error) })
    const at = (days: number) => aRecord({ id: `r${days}`, at: (100 - days) * DAY, bodies: { request: 'x' } })
    store.add([at(1), at(5), at(11)])
    expect(store.list({})).toHaveLength(3)
    await clock.advance(60_000)
    expect(store.list({}).map(({ id }) => id)).toEqual(['r5', 'r1'])
    expect(['r5', 'r1'].map((id) => store.get(id)!.bodies !== undefined)).toEqual([false, true])
    await clock.advance(6 * DAY)
    expect(store.list({}).map(({ id }) => id)).toEqual(['r1'])
    stop()
    expect(clock.waiting).toBe(0)
    expect(errors).toEqual([])
  })

  test('0 is for ever, and a store that fails is asked again the next day', async () => {
    const clock = virtualClock(100 * DAY)
    retain(memoryUsage(), { clock, keepDays: 0, captureDays: 0, onError: () => {} })
    expect(clock.waiting).toBe(0)
    const errors: Error[] = []
    const forget = vi.fn<() => never>(() => {
      throw new Error('locked')
    })
    const stop = retain({ ...memoryUsage(), forget }, { clock, keepDays: 1, captureDays: 0, onError: (error) => errors.push(error) })
    await clock.advance(2 * DAY)
    expect(forget.mock.calls.length).toBeGreaterThanOrEqual(2)
    expect(errors[0]!.message).toContain('locked')
    stop()
  })
})
