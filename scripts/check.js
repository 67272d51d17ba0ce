/**
 * Everything that can be said of the code without its tests: the scripts `check:…` of package.json, two at a time.
 *
 *     npm run check                 all
 *     npm run check -- lint format  only these
 */
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { delimiter } from 'node:path'
import { writePriceList } from './price-list.js'

writePriceList()

/** What must have passed before: these read what the build wrote. */
const NEEDS = new Map([
  ['exports', 'build'],
  ['sizes', 'build'],
])

/** @type {{ scripts: Record<string, string> }} */
const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'))
const known = Object.keys(scripts).flatMap((name) => (name.startsWith('check:') ? name.slice('check:'.length) : []))
const asked = process.argv.slice(2)
const unknown = asked.filter((name) => !known.includes(name))
if (unknown.length) {
  console.error(`No such check: ${unknown.join(', ')}. There are: ${known.join(', ')}.`)
  process.exit(2)
}

/** @param {string} name @returns {Promise<{ name: string, passed: boolean }>} */
const run = (name) =>
  new Promise((resolve) => {
    const started = performance.now()
    const env = { ...process.env, NO_COLOR: '1', PATH: `node_modules/.bin${delimiter}${process.env['PATH']}` }
    const child = spawn(scripts[`check:${name}`] ?? '', { shell: true, env, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    child.stdout.on('data', (chunk) => (output += chunk))
    child.stderr.on('data', (chunk) => (output += chunk))
    child.on('close', (code) => {
      const seconds = ((performance.now() - started) / 1000).toFixed(1)
      console.log(`${code === 0 ? 'ok    ' : 'FAILED'} ${name.padEnd(10)} ${seconds.padStart(5)} s`)
      if (code !== 0) console.log(output.trimEnd().replace(/^/gm, '    '))
      resolve({ name, passed: code === 0 })
    })
  })

const waiting = known.filter((name) => !asked.length || asked.includes(name))
/** @type {Map<string, boolean>} */
const results = new Map()
/** @type {Map<string, Promise<{ name: string, passed: boolean }>>} */
const running = new Map()

/** @param {string} name */
const isReady = (name) => {
  const need = NEEDS.get(name)
  return !need || results.has(need) || !(waiting.includes(need) || running.has(need))
}

while (waiting.length || running.size) {
  const next = running.size < 2 ? waiting.findIndex(isReady) : -1
  const name = next < 0 ? undefined : waiting.splice(next, 1)[0]
  if (name && results.get(NEEDS.get(name) ?? '') === false) results.set(name, false)
  else if (name) running.set(name, run(name))
  else {
    const done = await Promise.race(running.values())
    results.set(done.name, done.passed)
    running.delete(done.name)
  }
}
process.exitCode = [...results.values()].every(Boolean) ? 0 : 1
