/** What a stream that goes on holds of its request. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { requestOf } from '../../bench/fixtures/requests.js'
import { buildCommand, type Command } from '../server/cli/command.ts'
import { openScene } from './scene.ts'

const STREAMS = 32

let command: Command
beforeAll(async () => void (command = await buildCommand()), 60_000)
afterAll(() => command.remove())

/** A request of 149 KB: its bytes, from which all else can be made again, and little more.
 * What answers to Responses clients repeat of it, its tools and instructions, is held besides, and a second copy of the bytes. */
test.each([
  ['claude-openai', 215],
  ['claude-responses', 215],
  ['claude-gemini', 215],
  ['openai-claude', 215],
  ['responses-openai', 540],
  ['claude-claude', 215],
])('%s', { timeout: 60_000 }, async (name, mostKib) => {
  const { client, port, held, close } = await openScene(command, name, { events: 257, perWrite: 1, everyMs: 500 })
  const { path, body: asked } = requestOf(client, { size: 'big', stream: true })
  // As Codex asks: what is to be stored would be kept until the answer is there.
  const body = client === 'openai-responses' ? asked.replace('{', '{"store":false,') : asked
  const begin = async () => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', 'x-api-key': 'client' },
    })
    const reader = response.body!.getReader()
    await reader.read()
    return reader
  }
  const beginAll = () => Promise.all(Array.from({ length: STREAMS }, begin))
  const breakOff = (readers: Awaited<ReturnType<typeof beginAll>>) => Promise.all(readers.map((reader) => reader.cancel()))
  // Until what is used has been compiled: code takes memory too.
  for (let i = 0; i < 3; i++) await breakOff(await beginAll())
  const before = await held('used after collection')
  const readers = await beginAll()
  const after = await held('used after collection')
  expect((after - before) / STREAMS).toBeLessThan(mostKib)
  await breakOff(readers)
  await close()
})
