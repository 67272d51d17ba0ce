/**
 * Measures the built package.
 *
 *     npm run build
 *     npm run bench                               all that is compared with a bar
 *     npm run bench -- translate proxy            only these parts
 *     npm run bench -- proxy --scenarios S2,S3s --targets claude-openai --rounds 5
 *     npm run bench -- --check                    fails where a bar is missed
 *     npm run bench -- --node ~/node24/bin/node   with another Node
 *     npm run bench -- --against ../before/dist   with another build beside it in the same rounds
 *     npm run bench -- profile                    where the time of the proxy goes
 */
import { parseArgs } from 'node:util'
import { resolve } from 'node:path'
import { judge } from './bars.js'
import { compareStalls } from './parts/head-of-line.js'
import { profileProxies } from './parts/profile.js'
import { compareProxies } from './parts/proxy.js'
import { compareStarts } from './parts/start.js'
import { measureTranslation } from './parts/translation.js'
import { fileOf } from './processes.js'
import { profileReport, report } from './report.js'
import { SCENARIOS } from './scenarios.js'
import { DIRECT, PIPE, TARGETS } from './targets.js'

/**
 * @typedef {import('./bars.js').Results} Results
 * @typedef {import('./targets.js').Target} Target
 */

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '3' },
    scenarios: { type: 'string' },
    targets: { type: 'string' },
    node: { type: 'string', default: process.execPath },
    build: { type: 'string', default: fileOf('../dist') },
    against: { type: 'string' },
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

/** @template {{ name: string }} T @param {readonly T[]} all @returns {[string, T][]} */
const named = (all) => all.map((one) => [one.name, one])

/** A target, and the same of another build beside it. @param {string | undefined} other */
const withOther =
  (other) =>
  (/** @type {readonly [string, Target]} */ [, target]) =>
    other && target.upstream ? [target, { ...target, name: `${target.name} (other)`, build: resolve(other) }] : [target]

const rounds = Number(values.rounds)
const subject = { node: values.node, build: resolve(values.build) }
const log = (/** @type {string} */ text) => console.error(text)
const wanted = values.targets && [DIRECT, PIPE, ...values.targets.split(',')]
const targets = chosen('target', named(TARGETS), wanted || undefined).flatMap(withOther(values.against))
const scenarios = (/** @type {string[]} */ usual = Object.keys(SCENARIOS)) =>
  Object.fromEntries(chosen('scenario', Object.entries(SCENARIOS), values.scenarios?.split(',') ?? usual))

/** What is compared with bars. @type {[string, () => Promise<Results>][]} */
const MEASURED = [
  ['translate', async () => ({ translate: await measureTranslation({ rounds, subject }) })],
  ['proxy', async () => ({ proxy: await compareProxies({ targets, scenarios: scenarios(), rounds, subject, log }) })],
  ['start', async () => ({ start: await compareStarts({ targets, rounds, subject }) })],
  ['stall', async () => ({ stall: await compareStalls({ targets, rounds, subject }) })],
]
/** What is done only when it is named; each writes its own report. @type {[string, () => Promise<string>][]} */
const OTHERS = [['profile', async () => profileReport(await profileProxies({ targets, scenarios: scenarios(['S2', 'S3s']), subject }))]]

/** @type {Results} */
const results = {}
/** @type {readonly (readonly [string, () => Promise<Results | string>])[]} */
const PARTS = [...MEASURED, ...OTHERS]
const parts = chosen('part', PARTS, positionals.length ? positionals : MEASURED.map(([name]) => name))
for (const [name, run] of parts) {
  log(`${name} …`)
  const done = await run()
  if (typeof done === 'string') console.log(done)
  else Object.assign(results, done)
}
if (Object.keys(results).length) console.log(report(results))
const missed = judge(results).filter(({ passed }) => !passed)
process.exit(values.check && missed.length ? 1 : 0)
