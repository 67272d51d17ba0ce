import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { setFlagsFromString } from 'node:v8'
import { expect, it, vi } from 'vitest'
import { FLAGS, settleEngine } from '../../../src/server/cli/engine.ts'

vi.mock('node:v8', { spy: true })

const run = promisify(execFile)

/**
 * Prints whether V8 still makes objects among the young ones where all those before have lived on, more than it keeps young objects in, once
 * the flags that it is given are set. In a process of its own, whose heap holds nothing else and is collected by no other thread.
 */
const STAYS_YOUNG = `
  for (const flag of process.argv.slice(1)) require('node:v8').setFlagsFromString(flag)
  const make = (i) => ({ i, of: { i } })
  const living = []
  let young = true
  for (let turn = 0; turn < 10; turn++) {
    for (let i = 0; i < 400_000; i++) living[i] = make(i)
    young &&= %InYoungGeneration(make(0))
  }
  console.log(young)`

const staysYoung = async (flags: string[]) =>
  JSON.parse(
    (await run(process.execPath, ['--allow-natives-syntax', '--single-threaded', '-e', STAYS_YOUNG, '--', ...flags])).stdout,
  ) as boolean

it('makes objects young that are like those that live on', { timeout: 60_000 }, async () => {
  expect(await staysYoung([])).toBe(false)
  expect(await staysYoung(FLAGS)).toBe(true)
})

it('sets all its flags, which this V8 knows', { timeout: 60_000 }, async () => {
  await settleEngine()
  expect(vi.mocked(setFlagsFromString).mock.calls.flat()).toEqual(FLAGS)
  await expect(run(process.execPath, [...FLAGS, '-e', ''])).resolves.toEqual({ stdout: '', stderr: '' })
})
