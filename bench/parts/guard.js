/**
 * Whether the code has become wasteful, told without a clock: what a request, an event and a served stream allocate, against what the
 * floor of each allocates. `guard.json` has what they came to; a quarter more fails.
 */
import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { requestOf } from '../fixtures/requests.js'
import { load } from '../load/load.js'
import { fileOf, openProvider } from '../processes.js'
import { table } from '../report.js'
import { openTarget, PIPE, TARGETS } from '../targets.js'

/** @typedef {import('../targets.js').Subject} Subject */

const RECORD = fileOf('guard.json')
const MOST = 1.25
const FLAGS = ['--expose-gc', '--no-opt', '--min-semi-space-size=128', '--max-semi-space-size=128']
const SERVED = [PIPE, 'claude-openai', 'claude-claude']

/** @type {Record<string, { size: 'small' | 'big', stream: boolean, count: number }>} */
const ASKED = {
  'small answer': { size: 'small', stream: false, count: 40 },
  'request of 149 KB': { size: 'big', stream: false, count: 20 },
  stream: { size: 'small', stream: true, count: 20 },
}

/** @param {{ subject: Subject, record: boolean }} options what to print, and whether all is well */
export async function guard({ subject, record }) {
  const worker = [...FLAGS, fileOf('parts/guard-worker.js'), subject.build]
  const { stdout } = await promisify(execFile)(subject.node, worker)
  /** @type {Record<string, number>} */
  const ratios = { ...JSON.parse(stdout), ...(await served(subject)) }
  const rounded = Object.fromEntries(Object.entries(ratios).map(([name, ratio]) => [name, Number(ratio.toFixed(2))]))
  if (record) writeFileSync(RECORD, `${JSON.stringify(rounded, null, 2)}\n`)
  /** @type {Record<string, number>} */
  const recorded = JSON.parse(readFileSync(RECORD, 'utf8'))
  const rows = Object.entries(rounded).map(([name, ratio]) => ({ name, ratio, before: recorded[name] ?? Number.NaN }))
  const worse = rows.filter(({ ratio, before }) => !(ratio <= before * MOST))
  const unknown = Object.keys(recorded).filter((name) => !(name in rounded))
  const lines = rows.map(({ name, ratio, before }) => [name, String(ratio), String(before), ratio <= before * MOST ? '' : '**more**'])
  return {
    text: `### Allocations, against the floor\n\n${table(['what', 'now', 'recorded', ''], lines)}`,
    passed: !worse.length && !unknown.length,
  }
}

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
      const before = await proxy.ask('used after collection')
      const { errors, firstError } = await load({ ...ask, count })
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
