/**
 * What a request leaves behind dies young: what outlives two collections of young objects waits for a full one, which stops everybody, and
 * after which V8 compiles anew whatever had not just been in use.
 */
import { dirname } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { requestOf } from '../../bench/fixtures/requests.js'
import { load } from '../../bench/load/load.js'
import { openProvider } from '../../bench/processes.js'
import { openTarget, TARGETS } from '../../bench/targets.js'
import { buildCommand, type Command } from '../server/cli/command.ts'

const REQUESTS = 64
/** Between two collections: some of them come amid a request, as they do in life. */
const STEP = 4
/** A request has 149 KB, and so has what is sent on; both are read, parsed and written. */
const MOST_KIB = 80

let command: Command
beforeAll(async () => void (command = await buildCommand()), 60_000)
afterAll(() => command.remove())

const heldBy = ({ heapBytes, outsideBytes }: { heapBytes: number; outsideBytes: number }) => (heapBytes + outsideBytes) / 1024

test.each([
  ['claude-openai', false],
  ['claude-openai', true],
  ['claude-claude', false],
  ['claude-claude', true],
] as const)('%s, streamed: %s', { timeout: 60_000 }, async (name, stream) => {
  const target = TARGETS.find((target) => target.name === name)!
  const provider = await openProvider()
  await provider.pace({ events: 257, perWrite: 5, everyMs: 0 })
  const subject = { node: process.execPath, build: dirname(command.script), command: command.script }
  const proxy = await openTarget(target, { ...subject, providerPort: provider.port, flags: ['--expose-gc'] })
  const ask = { port: proxy.port, request: requestOf(target.client, { size: 'big', stream }), atOnce: 1 }
  await load({ ...ask, count: REQUESTS })
  const before = heldBy(await proxy.ask('used after collection'))
  for (let sent = 0; sent < REQUESTS; sent += STEP) {
    const { errors } = await load({ ...ask, count: STEP })
    expect(errors).toBe(0)
    await proxy.ask('used after young collections')
  }
  const after = heldBy(await proxy.ask('used after young collections'))
  await proxy.close()
  await provider.close()
  expect((after - before) / REQUESTS).toBeLessThan(MOST_KIB)
})
