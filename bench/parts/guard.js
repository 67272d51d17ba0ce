/**
 * Whether the code has become wasteful, told without a clock: what a request, an event and a served stream allocate, against what the
 * floor of each allocates. `guard.json` has what they came to; much more fails.
 */
import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { requestOf } from '../fixtures/requests.js'
import { load } from '../load/load.js'
import { fileOf, openProvider } from '../processes.js'
import { figure, table } from '../report.js'
import { openTarget, PIPE, TARGETS } from '../targets.js'

/** @typedef {import('../targets.js').Subject} Subject */

const run = promisify(execFile)
const RECORD = fileOf('guard.json')
/** How much more is too much. What is served varies: how many reads a stream takes depends on what else the machine does. */
const MOST = { translated: 1.35, served: 1.75 }
/** The same code always allocates the same: nothing is compiled beside it, thrown away after a while or collected, and hashes repeat. */
const FLAGS = [
  '--expose-gc',
  '--min-semi-space-size=128',
  '--max-semi-space-size=128',
  '--no-memory-reducer',
  '--no-opt',
  '--single-threaded',
  '--no-lazy-feedback-allocation',
  '--no-flush-bytecode',
  '--hash-seed=1',
  '--random-seed=1',
]
const SERVED = [PIPE, 'claude-openai', 'claude-claude']

/** @type {Record<string, { size: 'small' | 'big', stream: boolean, count: number }>} */
const ASKED = {
  'small answer': { size: 'small', stream: false, count: 40 },
  'request of 149 KB': { size: 'big', stream: false, count: 8 },
  stream: { size: 'small', stream: true, count: 20 },
}

/** What has been recorded, for each version of Node: the floors differ from one to the other. @typedef {Record<string, Record<string, number>>} Recorded */

/** What to print, and whether all is well. @param {{ subject: Subject, record: boolean }} options */
export async function guard({ subject, record }) {
  const { stdout } = await run(subject.node, [...FLAGS, fileOf('parts/guard-worker.js'), subject.build])
  const version = (await run(subject.node, ['--version'])).stdout.trim().replace(/^v(\d+).*/, 'node-$1')
  /** @type {Record<string, number>} */
  const ratios = { ...JSON.parse(stdout), ...(await served(subject)) }
  const now = Object.fromEntries(Object.entries(ratios).map(([name, ratio]) => [name, Number(ratio.toFixed(2))]))
  /** @type {Recorded} */
  const all = JSON.parse(readFileSync(RECORD, 'utf8'))
  if (record) writeFileSync(RECORD, `${JSON.stringify({ ...all, [version]: now }, null, 2)}\n`)
  const recorded = record ? now : all[version]
  if (!recorded)
    return { text: `Nothing is recorded for ${version} yet: add --record. There is something for ${Object.keys(all).join(' and ')}.` }
  const rows = Object.entries({ ...recorded, ...now }).map(([name]) => {
    const [is, was] = [now[name] ?? Number.NaN, recorded[name] ?? Number.NaN]
    return { name, is, was, passed: is <= was * (name.includes('→') ? MOST.translated : MOST.served) }
  })
  const lines = rows.map(({ name, is, was, passed }) => [name, figure(is), figure(was), passed ? '' : '**more**'])
  return {
    text: `### Allocations, against the floor\n\n${table(['what', 'now', 'recorded', ''], lines)}`,
    passed: rows.every(({ passed }) => passed),
  }
}

/** Some of the work, as of the ledger, is done in batches behind the answers. */
const settled = () => new Promise((resolve) => setTimeout(resolve, 400))

/** What each request makes the proxy allocate, against the pipe. @param {Subject} subject */
async function served(subject) {
  const provider = await openProvider()
  await provider.pace({ events: 257, perWrite: 5, everyMs: 0 })
  /** @type {Record<string, Record<string, number>>} */
  const bytes = {}
  for (const target of TARGETS.filter(({ name }) => SERVED.includes(name))) {
    const proxy = await openTarget(target, { ...subject, providerPort: provider.port, flags: FLAGS })
    for (const [name, { size, stream, count }] of Object.entries(ASKED)) {
      const ask = { port: proxy.port, request: requestOf(target.client, { size, stream }), atOnce: 1 }
      await load({ ...ask, count: 3 })
      await settled()
      const before = await proxy.ask('used after collection')
      const { errors, firstError } = await load({ ...ask, count })
      await settled()
      const after = await proxy.used()
      if (errors) throw new Error(`${target.name}, ${name}: ${firstError}`)
      if (after.collections !== before.collections) throw new Error(`${target.name}, ${name}: garbage was collected amid counting it`)
      ;(bytes[target.name] ??= {})[name] = (after.heapBytes - before.heapBytes) / count
    }
    await proxy.close()
  }
  await provider.close()
  const pairs = SERVED.filter((name) => name !== PIPE).flatMap((target) =>
    Object.keys(ASKED).map((name) => /** @type {const} */ ([target, name])),
  )
  return Object.fromEntries(
    pairs.map(([target, name]) => [`${target}, ${name}`, (bytes[target]?.[name] ?? Number.NaN) / (bytes[PIPE]?.[name] ?? Number.NaN)]),
  )
}
