/** The page of results: what was measured last on each Node stands in `results/`, and the page is written from it. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { dirname } from 'node:path'
import { format, resolveConfig } from 'prettier'
import { fileOf } from './processes.js'
import { report } from './report.js'

/** @typedef {{ node: string, machine: string, rounds: number, results: import('./bars.js').Results }} Measured */

const PAGE = fileOf('../docs/performance.md')

/** Puts text between the marks of a block: `<!-- bench NAME -->` and `<!-- /bench -->`. @param {string} page @param {string} name @param {string} text */
export function withBlock(page, name, text) {
  const block = new RegExp(`(<!-- bench ${name} -->\\n)[^]*?(<!-- /bench -->)`)
  if (!block.test(page)) throw new Error(`docs/performance.md has no block for it: <!-- bench ${name} -->`)
  return page.replace(block, (_, begin, end) => `${begin}\n${text}\n\n${end}`)
}

/** @param {string} name @param {string} text */
export async function writeBlock(name, text) {
  const fresh = withBlock(readFileSync(PAGE, 'utf8'), name, text)
  writeFileSync(PAGE, await format(fresh, { ...(await resolveConfig(PAGE)), parser: 'markdown' }))
}

/** @param {Measured} measured */
export const resultsText = ({ node, machine, rounds, results }) =>
  `Node ${node}, ${machine}; the median of ${rounds} rounds.\n\n${report(results)}`

/** Keeps results beside those of the parts and scenarios that were not run, and writes the page. @param {{ node: string, rounds: number, results: import('./bars.js').Results }} run */
export async function publish({ node: program, rounds, results }) {
  const node = execFileSync(program, ['--version'], { encoding: 'utf8' }).trim().slice(1)
  const name = `node-${node.split('.')[0]}`
  const file = fileOf(`results/${name}.json`)
  const machine = `${availableParallelism()} cores of a shared machine, ${process.platform} ${process.arch}`
  const before = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).results : {}
  const proxy = results.proxy && { proxy: { ...before.proxy, ...results.proxy } }
  // More digits than anybody reads would only make changes look larger; and the page has to follow from what is kept.
  const json = JSON.stringify({ node, machine, rounds, results: { ...before, ...results, ...proxy } }, rounded)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, await format(json, { ...(await resolveConfig(file)), parser: 'json' }))
  await writeBlock(name, resultsText(JSON.parse(json)))
}

/** @param {string} _ @param {unknown} value */
const rounded = (_, value) => (typeof value === 'number' ? Number(value.toFixed(3)) : value)
