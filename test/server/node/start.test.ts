/** What a starting server leaves for later: it listens sooner, and holds less while nobody asks. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildCommand, type Command } from '../cli/command.ts'

let command: Command
beforeAll(async () => void (command = await buildCommand()), 60_000)
afterAll(() => command.remove())

/** Tells when Node loads its own fetch, which it does with the first use of one of its globals. */
const WATCH = `
  const { Response } = Object.getOwnPropertyDescriptors(globalThis)
  Object.defineProperty(globalThis, 'Response', {
    ...Response,
    get() {
      process.stderr.write('fetch is loaded\\n')
      Object.defineProperty(globalThis, 'Response', Response)
      return globalThis.Response
    },
  })
`

test('Node’s fetch and all that answers is loaded with the first request', async () => {
  const watch = command.write('watch.cjs', WATCH)
  const { url, seen, stop } = await command.start([], { NODE_OPTIONS: `--require ${watch}` })
  expect(seen.err).not.toContain('fetch is loaded')
  const answers = await Promise.all([fetch(`${url}/health`), fetch(`${url}/v1/models`), fetch(`${url}/health`, { method: 'HEAD' })])
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
  expect(seen.err).toContain('fetch is loaded')
  expect((await stop()).code).toBe(0)
})
