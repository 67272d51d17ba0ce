/**
 * Nothing stays behind of requests that are over. MEMORY_REQUESTS says how many there are: a few hundred here, ten thousand by
 * `npm run bench -- memory`.
 */
import { dirname } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { weighLeavings } from '../../bench/parts/memory.js'
import { TARGETS } from '../../bench/targets.js'
import { buildCommand, type Command } from '../server/cli/command.ts'

const requests = Number(process.env['MEMORY_REQUESTS'] ?? 160)

let command: Command
beforeAll(async () => void (command = await buildCommand()), 60_000)
afterAll(() => command.remove())

test.each(['claude-openai', 'claude-claude'])('the heap of %s is where it was', { timeout: 600_000 }, async (name) => {
  const target = TARGETS.find((target) => target.name === name)!
  const subject = { node: process.execPath, build: dirname(command.script), command: command.script }
  const kept = await weighLeavings({ target, subject, requests })
  expect(kept.map(({ kind, passed }) => [kind, passed])).toEqual([
    ['requests of 149 KB', true],
    ['aborted streams', true],
  ])
})
