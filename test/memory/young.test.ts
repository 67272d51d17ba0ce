/**
 * What a request leaves behind dies young: what outlives two collections of young objects waits for a full one, which stops everybody, and
 * after which V8 compiles anew whatever had not just been in use.
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { requestOf } from '../../bench/fixtures/requests.js'
import { load } from '../../bench/load/load.js'
import { buildCommand, type Command } from '../server/cli/command.ts'
import { openScene } from './scene.ts'

const REQUESTS = 64
/** Between two collections: some of them come amid a request, as they do in life. */
const STEP = 4
/** A request has 149 KB, and so has what is sent on; both are read, parsed and written. */
const MOST_KIB = 80

let command: Command
beforeAll(async () => void (command = await buildCommand()), 60_000)
afterAll(() => command.remove())

test.each([
  ['claude-openai', false],
  ['claude-openai', true],
  ['claude-claude', false],
  ['claude-claude', true],
] as const)('%s, streamed: %s', { timeout: 60_000 }, async (name, stream) => {
  const { client, port, held, close } = await openScene(command, name, { events: 257, perWrite: 5, everyMs: 0 })
  const ask = { port, request: requestOf(client, { size: 'big', stream }), atOnce: 1 }
  await load({ ...ask, count: REQUESTS })
  const before = await held('used after collection')
  for (let sent = 0; sent < REQUESTS; sent += STEP) {
    const { errors } = await load({ ...ask, count: STEP })
    expect(errors).toBe(0)
    await held('used after young collections')
  }
  const after = await held('used after young collections')
  await close()
  expect((after - before) / REQUESTS).toBeLessThan(MOST_KIB)
})
