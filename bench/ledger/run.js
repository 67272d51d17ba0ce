/**
 * Measures the ledger in SQLite: how fast it writes, how long each question takes, how large the file is.
 *
 *     npm run build
 *     node bench/ledger/run.js                          a million requests of ninety days
 *     node bench/ledger/run.js --rows 100000 --bodies   with sentences to search for
 *     node bench/ledger/run.js --independent            with names that have nothing to do with each other
 *     node bench/ledger/run.js --http                   asked as a program asks, of a server
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { pathsOf } from './paths.js'
import { questionsOf } from './questions.js'
import { DAY, recordsOf } from './records.js'

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '1000000' },
    days: { type: 'string', default: '90' },
    batch: { type: 'string', default: '500' },
    times: { type: 'string', default: '40' },
    bodies: { type: 'boolean', default: false },
    independent: { type: 'boolean', default: false },
    http: { type: 'boolean', default: false },
    only: { type: 'string' },
    file: { type: 'string' },
    build: { type: 'string', default: resolve(import.meta.dirname, '../../dist') },
  },
})

const built = (/** @type {string} */ name) => import(pathToFileURL(join(values.build, name)).href)
/** @type {typeof import('../../src/server/index.ts')} */
const { openSqliteStore, serve } = await built('server.js')

const rows = Number(values.rows)
const days = Number(values.days)
const from = Date.UTC(2026, 7, 1)
const folder = mkdtempSync(join(tmpdir(), 'cc-route-bench-'))
const path = values.file ?? join(folder, 'usage.db')
const size = () => statSync(path).size
const per = (/** @type {number} */ bytes) => `${(bytes / rows).toFixed(0)} bytes a row`

/** @param {readonly number[]} sorted @param {number} part */
const quantile = (sorted, part) => /** @type {number} */ (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))])

const store = await openSqliteStore(path)
try {
  const [all] = await store.sum({})
  if (!all?.requests) await write()
  const sizes = size()
  console.log(`file: ${(sizes / 1e6).toFixed(0)} MB, ${per(sizes)}`)
  const ids = await someOf()
  if (values.http) await overHttp((ask) => measureAll(pathsOf({ from, days, ids }), ask))
  else await measureAll(questionsOf({ from, days, ids, bodies: values.bodies }), (question) => question(store))
} finally {
  await store.close()
  if (!values.file) rmSync(folder, { recursive: true })
}

async function write() {
  /** @type {import('../../src/accounts/ledger/record.ts').ExchangeRecord[]} */
  const batch = []
  let spent = 0
  let slowest = 0
  const began = process.cpuUsage()
  const add = async () => {
    const start = performance.now()
    await store.add(batch)
    const took = performance.now() - start
    spent += took
    slowest = Math.max(slowest, took)
    batch.length = 0
  }
  for (const record of recordsOf({ rows, from, days, independent: values.independent, bodies: values.bodies })) {
    batch.push(record)
    if (batch.length >= Number(values.batch)) await add()
  }
  if (batch.length) await add()
  const { user, system } = process.cpuUsage(began)
  console.log(
    `write: ${rows} rows in batches of ${values.batch}: ${((rows / spent) * 1000).toFixed(0)} a second, ${((spent / rows) * 1000).toFixed(1)} µs a row; ` +
      `slowest batch ${slowest.toFixed(0)} ms; ${((user + system) / rows).toFixed(1)} µs of CPU a row with making the records`,
  )
}

/** Some that were written, in different conversations. */
async function someOf() {
  const found = await store.list({ to: from + (days * DAY) / 2 }, { limit: 200 })
  return found.map(({ id, session }) => ({ id, session: session ?? '' }))
}

/** Runs with what asks a server that keeps this ledger. @param {(ask: (path: () => string) => Promise<unknown>) => Promise<void>} run */
async function overHttp(run) {
  /** @type {typeof import('../../src/server/gateway.ts')} */
  const { gateway } = await built('gateway.js')
  /** @type {typeof import('../../src/accounts/index.ts')} */
  const { createLedger } = await built('accounts.js')
  const endpoints = { provider: { protocol: 'openai', baseUrl: 'http://127.0.0.1:9/v1', apiKey: 'key' } }
  const app = gateway(/** @type {never} */ ({ endpoints, routes: { default: 'provider' } }), { ledger: createLedger({ store }) })
  const server = await serve(app, { port: 0 })
  await run(async (path) => {
    const response = await fetch(new URL(`/admin/usage${path()}`, server.url))
    if (!response.ok) throw new Error(`${response.status} ${await response.text()}`)
    return response.json()
  })
  await server.close()
}

/**
 * @template Q
 * @param {readonly (readonly [string, Q])[]} questions
 * @param {(question: Q) => unknown} ask
 */
async function measureAll(questions, ask) {
  for (const [name, question] of questions) {
    if (values.only && !name.includes(values.only)) continue
    const times = []
    const spent = []
    let answers = 0
    for (let time = 0; time < Number(values.times); time++) {
      const began = process.cpuUsage()
      const start = performance.now()
      const answer = await ask(question)
      times.push(performance.now() - start)
      const { user, system } = process.cpuUsage(began)
      spent.push((user + system) / 1000)
      answers = Math.max(answers, Array.isArray(answer) ? answer.length : 1)
    }
    const [p50, p95, cpu50, cpu95] = [times, spent].flatMap((all) => {
      const sorted = all.toSorted((a, b) => a - b)
      return [0.5, 0.95].map((part) => quantile(sorted, part).toFixed(1).padStart(7))
    })
    console.log(`${name.padEnd(50)} p50 ${p50}  p95 ${p95} ms   of CPU: p50 ${cpu50}  p95 ${cpu95} ms   (up to ${answers} rows)`)
  }
}
