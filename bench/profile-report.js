/** Profiles as tables of Markdown. */
import { figure, table } from './report.js'
import { PIPE } from './targets.js'

/**
 * @typedef {import('./parts/profile.js').Profiled} Profiled
 * @typedef {import('./profile-summary.js').Share} Share
 */

const ROWS = 15

/** @param {Profiled[]} profiled @returns {[string, Profiled[]][]} */
const byScenario = (profiled) =>
  [...new Set(profiled.map(({ scenario }) => scenario))].map((name) => [name, profiled.filter(({ scenario }) => scenario === name)])

/** What each module costs for a request. All that the pipe does for one is 1. @param {Profiled[]} profiled */
export const costsByModule = (profiled) =>
  byScenario(profiled)
    .map(([scenario, all]) => {
      const floor = all.find(({ target }) => target === PIPE)
      const unit = floor?.cpuMicros ?? Number.NaN
      const rows = all.map(({ target, cpuMicros, busyMicros, modules }) => ({
        target,
        total: cpuMicros / unit,
        of: new Map(modules.map(({ name, micros }) => [name, ((micros / busyMicros) * cpuMicros) / unit])),
      }))
      const most = (/** @type {string} */ name) => Math.max(...rows.map(({ of }) => of.get(name) ?? 0))
      const names = [...new Set(rows.flatMap(({ of }) => [...of.keys()]))].sort((a, b) => most(b) - most(a)).slice(0, ROWS)
      const lines = names.map((name) => [name, ...rows.map(({ of }) => figure(of.get(name) ?? 0))])
      const total = ['all', ...rows.map(({ total }) => figure(total))]
      return `### ${scenario}, by module\n\n${table(['', ...rows.map(({ target }) => target)], [total, ...lines])}`
    })
    .join('\n\n')

/** @param {Profiled[]} profiled */
export const sharesByFunction = (profiled) =>
  profiled
    .map(({ target, scenario, busyMicros, functions }) => {
      const rows = functions.slice(0, ROWS).map(({ name, micros }) => [name, `${figure((100 * micros) / busyMicros, 1)} %`])
      return `### ${scenario}, ${target}, by function\n\n${table(['', 'share'], rows)}`
    })
    .join('\n\n')
