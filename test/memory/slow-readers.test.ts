/** Clients that stop reading: what they do not read is not read from their providers either, and none of it is held here. */
import type http from 'node:http'
import { dirname } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { Proxy } from '../../bench/processes.js'
import { openTarget, TARGETS } from '../../bench/targets.js'
import { buildCommand, type Command } from '../server/cli/command.ts'
import { ask, head, openUpstream, until, WIRE, type Upstream } from '../server/sockets/scene.ts'

const CLIENTS = 16
const WORD = 64 * 1024
/** Of a client that does not read: some chunks on their way, and the streams and sockets themselves. */
const MOST_KIB_EACH = 768
/** Once they have gone: what compiled meanwhile, and half of what was held. */
const LEFT_KIB = (MOST_KIB_EACH * CLIENTS) / 2

let command: Command
beforeAll(async () => void (command = await buildCommand()), 60_000)
afterAll(() => command.remove())

let upstream: Upstream
let proxy: Proxy
/** What all providers have said so far, and how many of them have to wait. */
let written: number
let waiting: Set<http.ServerResponse>

/** A provider that talks without end, as fast as it is read. */
async function openTalker(wire: keyof typeof WIRE) {
  const word = WIRE[wire].word('x'.repeat(WORD))
  written = 0
  waiting = new Set()
  return openUpstream(({ res }) => {
    const talk = () => {
      waiting.delete(res)
      do written += word.length
      while (res.write(word))
      waiting.add(res)
    }
    res.on('drain', talk).once('close', () => waiting.delete(res))
    head(res).write(WIRE[wire].begin)
    talk()
  })
}

/** Resolves when every provider has to wait, and has had to for a while. */
async function stalled() {
  let before = -1
  let still = 0
  await until(() => {
    still = written === before && waiting.size === CLIENTS ? still + 1 : 0
    before = written
    expect(still).toBeGreaterThanOrEqual(20)
  })
}

const subject = () => ({ node: process.execPath, build: dirname(command.script), command: command.script })

afterEach(async () => {
  await proxy.close()
  await upstream.close()
})

const held = async (): Promise<number> => {
  const { heapBytes, outsideBytes } = (await proxy.ask('used after collection')) as { heapBytes: number; outsideBytes: number }
  return (heapBytes + outsideBytes) / 1024
}

test.each(['claude', 'openai'] as const)('from a provider of %s', async (wire) => {
  upstream = await openTalker(wire)
  const target = TARGETS.find((target) => target.client === 'claude' && target.upstream === wire)!
  proxy = await openTarget(target, { ...subject(), providerPort: upstream.port, flags: ['--expose-gc'] })
  /** Clients that stop reading, and then go. Tells what was held for them. */
  const neglect = async () => {
    const readers = Array.from({ length: CLIENTS }, () => ask(proxy.port))
    for (const { response } of readers) (await response).pause()
    await stalled()
    const amid = await held()
    for (const reader of readers) reader.leave()
    await Promise.all(upstream.calls.map(({ gone }) => gone))
    return amid
  }
  // What the first ones load is none of it.
  await neglect()
  const before = await held()
  expect((await neglect()) - before).toBeLessThan(MOST_KIB_EACH * CLIENTS)
  await until(async () => expect((await held()) - before).toBeLessThan(LEFT_KIB))
})
