import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openStore } from '../../../src/server/ledger/open-store.ts'
import { findReader } from '../../../src/server/sqlite/reader.ts'
import { buildCommand, eventually, type Command } from './command.ts'

let command: Command
let provider: Server
beforeAll(async () => {
  command = await buildCommand()
  provider = createServer((request, response) => {
    const answer = {
      type: 'message',
      role: 'assistant',
      content: [],
      stop_reason: 'end_turn',
      usage: { input_tokens: 5, output_tokens: 2 },
    }
    request.resume().on('end', () => response.setHeader('content-type', 'application/json').end(JSON.stringify(answer)))
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => provider.once('listening', resolve))
}, 60_000)
afterAll(() => {
  provider.close()
  command.remove()
})

const configured = (ledger: unknown) => {
  const baseUrl = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`
  return command.write(
    'config.json',
    JSON.stringify({ endpoints: { up: { protocol: 'claude', baseUrl, apiKey: 'k-0123456789' } }, ledger }),
  )
}

const say = async (url: string): Promise<void> => {
  const body = JSON.stringify({ model: 'm', max_tokens: 10, messages: [{ role: 'user', content: 'Hi' }] })
  const response = await fetch(`${url}/v1/messages`, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
  expect(response.status).toBe(200)
  await response.text()
}

const sqlite = (await findReader()) !== undefined

test.each([
  ['jsonl', true],
  ['sqlite', sqlite],
] as const)(
  '%s: a server that is told to end writes all; one that is killed has lost only its last moments',
  async (store, isThere) => {
    if (!isThere) return
    const path = `kept-${store}`
    const file = configured({ store, path })
    const requests = async () => {
      const opened = await openStore({ ledger: { store, path }, configPath: file })
      const [sum] = await opened.sum({})
      await opened.close()
      return sum!.requests
    }

    const first = await command.start(['--config', file])
    expect(existsSync(join(command.folder, path))).toBe(false)
    for (let i = 0; i < 5; i++) await say(first.url)
    // The last of these are not written yet.
    expect((await first.stop()).code).toBe(0)
    expect(await requests()).toBe(5)

    const second = await command.start(['--config', file])
    for (let i = 0; i < 5; i++) await say(second.url)
    await eventually(async () => (await requests()) === 10)
    await second.stop('SIGKILL')
    expect(await requests()).toBe(10)

    const third = await command.start(['--config', file])
    await say(third.url)
    await third.stop()
    expect(await requests()).toBe(11)
  },
  60_000,
)

test('"ledger": false keeps nothing', async () => {
  const server = await command.start(['--config', configured(false)])
  await say(server.url)
  await server.stop()
  const state = join(command.home, '.local/state/cc-route')
  expect(existsSync(state) ? readdirSync(state).filter((name) => name.startsWith('usage')) : []).toEqual([])
})

test('a ledger that cannot be opened is told of in the log, and requests are answered', async () => {
  command.write('in-the-way', 'a file')
  const server = await command.start(['--config', configured({ store: 'jsonl', path: 'in-the-way' })])
  await say(server.url)
  await eventually(() => /ledger's store takes no records/.test(server.seen.err))
  await say(server.url)
  const { code, err } = await server.stop()
  expect(code).toBe(0)
  expect(err.match(/takes no records/g)).toHaveLength(1)
  expect(readFileSync(join(command.folder, 'in-the-way'), 'utf8')).toBe('a file')
})
