/** What the command line says. */
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { fileOf } from './processes.js'
import { SCENARIOS } from './scenarios.js'
import { DIRECT, PIPE, TARGETS } from './targets.js'

/** @typedef {import('./targets.js').Target} Target */

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '3' },
    scenarios: { type: 'string' },
    targets: { type: 'string' },
    node: { type: 'string', default: process.execPath },
    build: { type: 'string', default: fileOf('../dist') },
    against: { type: 'string' },
    config: { type: 'string' },
    requests: { type: 'string', default: '10000' },
    check: { type: 'boolean', default: false },
    record: { type: 'boolean', default: false },
    markdown: { type: 'boolean', default: false },
  },
})

/** What was named of what there is; all where nothing was. @template T @param {string} kind @param {Record<string, T>} all @param {string[]} [names] */
export function chosen(kind, all, names = Object.keys(all)) {
  const unknown = names.filter((name) => !(name in all))
  if (unknown.length) {
    console.error(`No such ${kind}: ${unknown.join(', ')}. There are: ${Object.keys(all).join(', ')}.`)
    process.exit(2)
  }
  return Object.fromEntries(Object.entries(all).filter(([name]) => names.includes(name)))
}

const list = (/** @type {string | undefined} */ text) => text?.split(',')

const named = Object.fromEntries(TARGETS.map((target) => [target.name, target]))
const wanted = values.targets && [DIRECT, PIPE, ...values.targets.split(',')]

/** What other targets are like, to be compared with: of another build, or configured otherwise. */
const other = (values.against || values.config) && {
  ...(values.against && { build: resolve(values.against) }),
  ...(values.config && { config: JSON.parse(values.config) }),
}

/** A target, and the other one of its kind beside it. @param {Target} target */
const withOther = (target) => (other && target.upstream ? [target, { ...target, ...other, name: `${target.name} (other)` }] : [target])

export const parts = positionals
export const { check, record, markdown } = values
export const rounds = Number(values.rounds)
export const requests = Number(values.requests)
export const subject = { node: values.node, build: resolve(values.build) }
export const targets = Object.values(chosen('target', named, wanted || undefined)).flatMap(withOther)
/** @param {string[]} [usual] where none are named */
export const scenarios = (usual) => chosen('scenario', SCENARIOS, list(values.scenarios) ?? usual)
