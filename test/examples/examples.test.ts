/**
 * The examples run as a user runs them: from the built package, in a process of their own, with no key in the environment.
 */
import { execFile } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'

const root = fileURLToPath(new URL('../../', import.meta.url))
const isBuilt = existsSync(join(root, 'dist/index.js'))

const run = async (...args: string[]): Promise<string> => {
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root, env: { PATH: process.env['PATH'], NO_COLOR: '1' } })
  return stdout
}

/** What each program must have said. */
const SAYS: Record<string, RegExp> = {
  'claude-sdk-on-openai.js': /\[the model calls get_weather\(\{"city":.*Sunny, 24 °C/s,
  'openai-sdk-on-gemini.js': /demo provider.*\[\d+ tokens\]/s,
  'gemini-sdk-on-claude.js': /demo provider/,
  'ledger.js': /: 2 requests, \d+ tokens in, \d+ out, \$0\.\d+\nthe latest: gpt-5\.4 was asked for/,
  'hono.js': /^200 \{[^]*type: 'message'/,
}

/** Examples that are no programs of their own, or servers: those are tested with the other runtimes, or as containers. */
const ELSEWHERE = ['upstreams.js', 'conversion.test.js', 'node-http.js', 'bun.js', 'deno.js', 'workers.js', 'compose', 'kubernetes']

describe.skipIf(!isBuilt)(isBuilt ? 'examples' : 'examples (not built: npm run build)', () => {
  test('every example is tested', () => {
    expect(readdirSync(join(root, 'examples')).toSorted()).toEqual([...Object.keys(SAYS), ...ELSEWHERE].toSorted())
  })

  test.each(Object.entries(SAYS))('%s', async (file, expected) => {
    expect(await run(`examples/${file}`)).toMatch(expected)
  })

  test('conversion.test.js', async () => {
    expect(await run('--test', '--test-reporter=tap', 'examples/conversion.test.js')).toMatch(/^# pass 3$/m)
  })

  test('the demo shows both protocols, a tool call, and the answer', async () => {
    const shown = await run('scripts/demo.js')
    for (const upstream of ['/v1/chat/completions', ':streamGenerateContent?alt=sse']) expect(shown).toContain(upstream)
    expect(shown.match(/get_weather \{"city":/g)).toHaveLength(2)
    expect(shown.match(/stop reason end_turn/g)).toHaveLength(2)
  })
})
