import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, it, vi } from 'vitest'
import { FLAGS, settleEngine } from '../../../src/server/cli/engine.ts'

vi.mock('node:v8', { spy: true })

// Compiled by another thread it would be whenever that has the time.
for (const flag of ['--allow-natives-syntax', '--no-concurrent-recompilation']) setFlagsFromString(flag)
const isYoung = runInNewContext('(object) => %InYoungGeneration(object)') as (object: object) => boolean

/** More than V8 keeps young objects in. */
const LIVING = 400_000
const MOST_TURNS = 20

/** Whether `make` still makes objects among the young ones where all those before have lived on. */
function staysYoung(make: (i: number) => object): boolean {
  const living: object[] = []
  for (let turn = 0; turn < MOST_TURNS; turn++) {
    for (let i = 0; i < LIVING; i++) living[i] = make(i)
    if (!isYoung(make(0))) return false
  }
  return true
}

it('makes objects young that are like those that live on', { timeout: 60_000 }, async () => {
  expect(staysYoung((i) => ({ i, of: { i } }))).toBe(false)
  await settleEngine()
  expect(staysYoung((i) => ({ i, of: { i } }))).toBe(true)
})

it('sets all its flags, which this V8 knows', async () => {
  vi.mocked(setFlagsFromString).mockClear()
  await settleEngine()
  expect(vi.mocked(setFlagsFromString).mock.calls.flat()).toEqual(FLAGS)
  await expect(promisify(execFile)(process.execPath, [...FLAGS, '-e', ''])).resolves.toEqual({ stdout: '', stderr: '' })
})
