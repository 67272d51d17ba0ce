/**
 * Whether a record fits a filter: one meaning for every store that has no index of its own.
 *
 * @module
 */
import { globOf } from '../../router/routing/glob.ts'
import { isFailed } from './failed.ts'
import type { ExchangeRecord } from './record.ts'
import type { RecordFilter } from './store.ts'
import { wantedWords, wordsOf } from './words.ts'

type Test = (record: ExchangeRecord) => boolean

/** Fields of a filter that name what stands in a record. */
const NAMES = ['endpoint', 'tenant', 'group', 'session', 'agent'] as const

export function fitting(filter: RecordFilter): Test {
  const { from, to, model, owner, protocol, status, failed, text } = filter
  const tests: Test[] = []
  if (from !== undefined) tests.push(({ at }) => at >= from)
  if (to !== undefined) tests.push(({ at }) => at < to)
  if (owner !== undefined) tests.push(({ tenant }) => tenant === owner)
  if (protocol !== undefined) tests.push((record) => record.protocol === protocol)
  if (failed !== undefined) tests.push((record) => isFailed(record) === failed)
  if (status !== undefined) tests.push(statusTest(status))
  if (model !== undefined) {
    const fits = nameTest(model)
    tests.push(({ asked, served }) => fits(asked) || fits(served))
  }
  for (const name of NAMES) {
    const pattern = filter[name]
    if (pattern === undefined) continue
    const fits = nameTest(pattern)
    tests.push((record) => fits(record[name]))
  }
  if (text !== undefined) tests.push(textTest(text))
  return (record) => tests.every((test) => test(record))
}

function nameTest(pattern: string): (name: string | undefined) => boolean {
  const glob = globOf(pattern)
  return (name) => name !== undefined && glob.test(name)
}

function statusTest(status: string): Test {
  const hundred = /^([1-5])xx$/i.exec(status)?.[1]
  return hundred === undefined ? (record) => String(record.status) === status : (record) => String(record.status)[0] === hundred
}

function textTest(text: string): Test {
  const wanted = wantedWords(text)
  return ({ bodies }) => {
    if (!bodies) return false
    const words = wordsOf(`${bodies.request ?? ''}\n${bodies.response ?? ''}`)
    return wanted.every((word) => words.has(word))
  }
}
