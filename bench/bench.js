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
 *     npm run bench -- --config '{"ledger":false}'   with other settings beside the usual ones in the same rounds
 *     npm run bench -- --markdown                 and writes it into docs/performance.md
 *     npm run bench -- profile                    where the time of the proxy goes
 *     npm run bench -- guard                      fails where much more is allocated than what was recorded (--record)
 *     npm run bench -- memory                     fails where requests that are over leave something behind (--requests 10000)
 */
import { judge } from './bars.js'
import { check, chosen, markdown, parts, record, requests, rounds, scenarios, subject, targets } from './options.js'
import { publish, writeBlock } from './page.js'
import { guard } from './parts/guard.js'
import { compareStalls } from './parts/head-of-line.js'
import { memoryReport } from './parts/memory.js'
import { profileProxies } from './parts/profile.js'
import { compareProxies } from './parts/proxy.js'
import { compareStarts } from './parts/start.js'
import { measureTranslation } from './parts/translation.js'
import { costsByModule, sharesByFunction } from './profile-report.js'
import { report } from './report.js'

/**
 * @typedef {import('./bars.js').Results} Results
 * @typedef {object} Ran
 * @property {Results} [results] to be compared with bars
 * @property {string} [text] a report of its own
 * @property {boolean} [passed] `false` fails the run
 */

for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1))

const log = (/** @type {string} */ text) => console.error(text)

/** What is compared with bars. @type {Record<string, () => Promise<Ran>>} */
const MEASURED = {
  translate: async () => ({ results: { translate: await measureTranslation({ rounds, subject }) } }),
  proxy: async () => ({ results: { proxy: await compareProxies({ targets, scenarios: scenarios(), rounds, subject, log }) } }),
  start: async () => ({ results: { start: await compareStarts({ targets, rounds, subject }) } }),
  stall: async () => ({ results: { stall: await compareStalls({ targets, rounds, subject }) } }),
}
/** What is done only when it is named. @type {Record<string, () => Promise<Ran>>} */
const OTHERS = {
  async profile() {
    const profiled = await profileProxies({ targets, scenarios: scenarios(['S2', 'S3s']), subject })
    const text = costsByModule(profiled)
    if (markdown) await writeBlock('profile', text)
    return { text: `${text}\n\n${sharesByFunction(profiled)}` }
  },
  guard: () => guard({ subject, record }),
  memory: () => memoryReport({ targets, subject, requests }),
}

/** @type {Results} */
const results = {}
let passed = true
for (const [name, run] of Object.entries(chosen('part', { ...MEASURED, ...OTHERS }, parts.length ? parts : Object.keys(MEASURED)))) {
  log(`${name} …`)
  const ran = await run()
  Object.assign(results, ran.results)
  passed &&= ran.passed ?? true
  if (ran.text) console.log(ran.text)
}
if (Object.keys(results).length) {
  console.log(report(results))
  if (markdown) await publish({ node: subject.node, rounds, results })
}
if (check) passed &&= judge(results).every(({ passed }) => passed)
process.exit(passed ? 0 : 1)
