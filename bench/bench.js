/**
 * Measures the built package.
 *
 *     npm run build
 *     npm run bench                               all that is compared with a bar
 *     npm run bench -- translate proxy            only these parts
 *     npm run bench -- proxy --scenarios S2,S3s --targets claude-openai --rounds 5
 *     npm run bench -- --check                    fails where a bar is missed
 *     npm run bench -- --node ~/node24/bin/node   with another Node
 */
import { parseArgs } from 'node:util'
import { resolve } from 'node:path'
import { judge } from './bars.js'
import { compareStalls } from './parts/head-of-line.js'
import { compareProxies } from './parts/proxy.js'
import { compareStarts } from './parts/start.js'
import { measureTranslation } from './parts/translation.js'
import { fileOf } from './processes.js'
import { report } from './report.js'
import { SCENARIOS } from './scenarios.js'
import { DIRECT, PIPE, TARGETS } from './targets.js'

/** @typedef {import('./bars.js').Results} Results */

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '3' },
    scenarios: { type: 'string' },
    targets: { type: 'string' },
    node: { type: 'string', default: process.execPath },
    build: { type: 'string', default: fileOf('../dist') },
    check: { type: 'boolean', default: false },
  },
})

/** What was named of what there is; all where nothing was. @template T @param {string} kind @param {readonly (readonly [string, T])[]} all @param {string[]} [named] */
function chosen(kind, all, named) {
  const unknown = named?.filter((name) => !all.some(([known]) => known === name)) ?? []
  if (unknown.length) {
    console.error(`No such ${kind}: ${unknown.join(', ')}. There are: ${all.map(([name]) => name).join(', ')}.`)
    process.exit(2)
  }
  return all.filter(([name]) => !named || named.includes(name))
}

const rounds = Number(values.rounds)
const subject = { node: values.node, build: resolve(values.build) }
const log = (/** @type {string} */ text) => console.error(text)
const named = values.targets && [DIRECT, PIPE, ...values.targets.split(',')]
const targets = chosen('target', TARGETS.map((target) => [target.name, target]), named || undefined).map(([, target]) => target) // prettier-ignore
const scenarios = Object.fromEntries(chosen('scenario', Object.entries(SCENARIOS), values.scenarios?.split(',')))

/** @type {[string, () => Promise<Results>][]} */
const PARTS = [
  ['translate', async () => ({ translate: await measureTranslation({ rounds, subject }) })],
  ['proxy', async () => ({ proxy: await compareProxies({ targets, scenarios, rounds, subject, log }) })],
  ['start', async () => ({ start: await compareStarts({ targets, rounds, subject }) })],
  ['stall', async () => ({ stall: await compareStalls({ targets, rounds, subject }) })],
]

/** @type {Results} */
const results = {}
for (const [name, run] of chosen('part', PARTS, positionals.length ? positionals : undefined)) {
  log(`${name} …`)
  Object.assign(results, await run())
}
console.log(report(results))
const missed = judge(results).filter(({ passed }) => !passed)
process.exit(values.check && missed.length ? 1 : 0)
