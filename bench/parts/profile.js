/** Where the time of the served proxy goes: its CPU profile, once it is warm. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { requestOf } from '../fixtures/requests.js'
import { load } from '../load/load.js'
import { openProvider } from '../processes.js'
import { summarize } from '../profile-summary.js'
import { DIRECT, openTarget } from '../targets.js'

/**
 * @typedef {import('../profile-summary.js').Summary & { target: string, scenario: string, cpuMicros: number }} Profiled `cpuMicros` for each
 *   request: the profile tells shares, and counts time in which others had the processor, too
 * @typedef {import('../scenarios.js').Scenario} Scenario
 */

const WARM_UP_ROUNDS = 2
const ROUNDS = 4

/** @param {{ targets: readonly import('../targets.js').Target[], scenarios: Record<string, Scenario>, subject: import('../targets.js').Subject }} options @returns {Promise<Profiled[]>} */
export async function profileProxies({ targets, scenarios, subject }) {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'))
  const provider = await openProvider()
  const profiled = []
  for (const target of targets.filter(({ name }) => name !== DIRECT))
    for (const [scenario, { size, stream, count, atOnce, pace }] of Object.entries(scenarios)) {
      await provider.pace(pace)
      const proxy = await openTarget(target, { ...subject, providerPort: provider.port })
      const ask = { port: proxy.port, request: requestOf(target.client, { size, stream }), atOnce }
      await load({ ...ask, count: WARM_UP_ROUNDS * count })
      await proxy.ask('start profile')
      const before = await proxy.used()
      const { requests } = await load({ ...ask, count: ROUNDS * count })
      const { cpuMicros } = await proxy.used()
      const file = join(folder, 'cpuprofile.json')
      await proxy.ask('end profile', file)
      profiled.push({
        target: target.name,
        scenario,
        cpuMicros: (cpuMicros - before.cpuMicros) / requests,
        ...summarize(JSON.parse(readFileSync(file, 'utf8'))),
      })
      await proxy.close()
    }
  await provider.close()
  rmSync(folder, { recursive: true, force: true })
  return profiled
}
