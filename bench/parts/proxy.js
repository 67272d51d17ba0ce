/** The proxy end to end: all targets take turns in each round, and what they used is compared with the pipe's of the same round. */
import { setTimeout as sleep } from 'node:timers/promises'
import { requestOf } from '../fixtures/requests.js'
import { load } from '../load/load.js'
import { median } from '../numbers.js'
import { openProvider } from '../processes.js'
import { PIPE, openTarget } from '../targets.js'

/**
 * @typedef {import('../load/load.js').Loaded} Loaded
 * @typedef {import('../scenarios.js').Scenario} Scenario
 * @typedef {import('../targets.js').Target} Target
 * @typedef {import('../targets.js').Subject} Subject
 * @typedef {import('../processes.js').Proxy} Open
 * @typedef {Loaded & { cpuMicros: number, kibAStream: number }} Reading of one round; `cpuMicros` for each request
 * @typedef {object} Compared
 * @property {string} target
 * @property {number} cpu processor time for each request, against the pipe's
 * @property {number} first time to the first word, against the pipe's
 * @property {number} total
 * @property {number} kibAStream how much more memory it held at most, for each stream
 * @property {number} events of each answer
 * @property {number} errors of all rounds
 * @property {string} [firstError]
 */

/** What a new process loads and opens for its first requests, the ledger and its prices, is in the memory that it has before the round. */
const SETTLE_MS = 600

/** @param {{ targets: readonly Target[], scenarios: Record<string, Scenario>, rounds: number, subject: Subject, log: (text: string) => void }} options @returns {Promise<Record<string, Compared[]>>} */
export async function compareProxies({ targets, scenarios, rounds, subject, log }) {
  const provider = await openProvider()
  const openOne = (/** @type {Target} */ target) => openTarget(target, { ...subject, providerPort: provider.port })
  /** @type {Map<Target, Open>} */
  const standing = new Map()
  /** @type {Record<string, Compared[]>} */
  const results = {}
  for (const [name, scenario] of Object.entries(scenarios)) {
    await provider.pace(scenario.pace)
    /** @type {Map<Target, Reading[]>} */
    const readings = new Map(targets.map((target) => [target, []]))
    for (let round = 0; round < rounds; round++)
      for (const target of round % 2 ? targets.toReversed() : targets) {
        const proxy = (scenario.fresh ? undefined : standing.get(target)) ?? (await openOne(target))
        if (!scenario.fresh) standing.set(target, proxy)
        const warmUp = { ...scenario, count: scenario.fresh ? 8 : Math.ceil(scenario.count / 2), atOnce: Math.min(8, scenario.atOnce) }
        if (scenario.fresh || round === 0) await read(target, warmUp, proxy)
        if (scenario.fresh) await sleep(SETTLE_MS)
        readings.get(target)?.push(await read(target, scenario, proxy))
        if (scenario.fresh) await proxy.close()
      }
    results[name] = compare(readings)
    log(`${name}: ${scenario.title}`)
  }
  await Promise.all([...standing.values()].map((proxy) => proxy.close()))
  await provider.close()
  return results
}

/** @param {Target} target @param {Scenario} scenario @param {Open} proxy @returns {Promise<Reading>} */
async function read({ client }, { size, stream, count, atOnce }, { port, used }) {
  const request = requestOf(client, { size, stream })
  const before = await used()
  const loaded = await load({ port, request, count, atOnce })
  const after = await used()
  return {
    ...loaded,
    cpuMicros: (after.cpuMicros - before.cpuMicros) / count,
    kibAStream: Math.max(0, after.peakKib - before.residentKib) / atOnce,
  }
}

/** @param {Map<Target, Reading[]>} readings @returns {Compared[]} */
function compare(readings) {
  const all = [...readings]
  const floor = all.find(([{ name }]) => name === PIPE)?.[1] ?? []
  return all.map(([{ name }, rounds]) => {
    const ratio = (/** @type {'cpuMicros' | 'firstMs' | 'totalMs'} */ field) =>
      median(rounds.map((reading, i) => reading[field] / (floor[i]?.[field] ?? Number.NaN)))
    const firstError = rounds.find(({ firstError }) => firstError)?.firstError
    return {
      target: name,
      cpu: ratio('cpuMicros'),
      first: ratio('firstMs'),
      total: ratio('totalMs'),
      kibAStream: median(rounds.map(({ kibAStream }) => kibAStream)),
      events: median(rounds.map(({ events }) => events)),
      errors: rounds.reduce((sum, { errors }) => sum + errors, 0),
      ...(firstError && { firstError }),
    }
  })
}
