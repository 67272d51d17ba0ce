import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, it } from 'vitest'
import { settleEngine } from '../../../src/server/cli/engine.ts'

setFlagsFromString('--allow-natives-syntax')
const isYoung = runInNewContext('(object) => %InYoungGeneration(object)') as (object: object) => boolean

/** More than V8 keeps young objects in. */
const LIVING = 400_000

/** Whether `make` makes an object among the young ones where those before it have lived on. */
function isMadeYoung(make: (i: number) => object): boolean {
  const living: object[] = []
  for (let turn = 0; turn < 4; turn++) for (let i = 0; i < LIVING; i++) living[i] = make(i)
  return isYoung(make(0))
}

it('makes objects young that are like those that live on', async () => {
  expect(isMadeYoung((i) => ({ i, of: { i } }))).toBe(false)
  await settleEngine()
  expect(isMadeYoung((i) => ({ i, of: { i } }))).toBe(true)
})
