/** Results as tables of Markdown. Ratios alone: other machines have other times, but much the same ratios. */
import { judge } from './bars.js'

/**
 * @typedef {import('./bars.js').Results} Results
 * @typedef {import('./parts/proxy.js').Compared} Compared
 */

export const figure = (/** @type {number} */ value, digits = 2) => (Number.isFinite(value) ? value.toFixed(digits) : '–')

/** @param {string[]} head @param {string[][]} rows */
export function table(head, rows) {
  const line = (/** @type {string[]} */ cells) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

/** @param {Results} results */
export function barsTable(results) {
  const rows = judge(results).map(({ id, what, limit, worst, passed }) => [
    id,
    what,
    String(limit),
    figure(worst.value),
    worst.of,
    passed ? 'yes' : '**no**',
  ])
  return table(['bar', 'what', 'at most', 'worst reading', 'of', 'met'], rows)
}

/** Each scenario's ratios to the pipe, a column for each target. @param {Results} results @param {'cpu' | 'first' | 'total'} field */
function scenarioTable({ proxy = {} }, field) {
  const names = Object.values(proxy)[0]?.map(({ target }) => target) ?? []
  const rows = Object.entries(proxy).map(([scenario, all]) => [scenario, ...all.map((reading) => figure(reading[field]))])
  return table(['', ...names], rows)
}

/** @param {NonNullable<Results['translate']>} pairs @param {'request' | 'stream'} field */
function pairTable(pairs, field) {
  const names = [...new Set(pairs.map(({ from }) => from))]
  const cell = (/** @type {string} */ from, /** @type {string} */ to) =>
    figure(pairs.find((pair) => pair.from === from && pair.to === to)?.[field] ?? Number.NaN)
  return table(['from \\ to', ...names], names.map((from) => [from, ...names.map((to) => cell(from, to))])) // prettier-ignore
}

/** What went wrong in any scenario, so that no number is believed that was not earned. @param {Results} results */
const failures = ({ proxy = {} }) =>
  Object.entries(proxy).flatMap(([scenario, all]) =>
    all.filter(({ errors }) => errors).map(({ target, errors, firstError }) => `${scenario}, ${target}: ${errors} failed. ${firstError}`),
  )

/** All of it: titles and tables. @param {Results} results */
export function report(results) {
  const { proxy, start, stall, translate } = results
  /** @type {[unknown, string, () => string][]} */
  const sections = [
    [true, 'Bars', () => barsTable(results)],
    [proxy, 'Processor time for each request, against the pipe', () => scenarioTable(results, 'cpu')],
    [proxy, 'Time of an answer, median, against the pipe', () => scenarioTable(results, 'total')],
    [translate, 'Translating a request of 149 KB, against parsing and writing it again', () => pairTable(translate ?? [], 'request')],
    [translate, 'Translating a stream of 257 events, against parsing and writing each again (from: the client, to: the provider)', () => pairTable(translate ?? [], 'stream')], // prettier-ignore
    [start, 'Starting, against the pipe', () =>
      table(['', 'until it listens', 'until it has answered', 'memory when idle'], (start ?? []).map((row) => [row.target, figure(row.start), figure(row.answer), figure(row.memory)]))], // prettier-ignore
    [stall, 'Longest gap in a paced stream while requests of 149 KB pass', () =>
      table(['', 'ms', 'beyond direct'], (stall ?? []).map((row) => [row.target, figure(row.longestGapMs, 1), figure(row.beyondDirectMs, 1)]))], // prettier-ignore
    [failures(results).length, 'Failed', () => failures(results).join('\n')],
  ]
  return sections.flatMap(([isThere, title, write]) => (isThere ? [`### ${title}\n\n${write()}`] : [])).join('\n\n')
}
