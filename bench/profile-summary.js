/** A CPU profile by where the code was written: the source's folders, packages, Node's own modules. */
import { existsSync, readFileSync } from 'node:fs'
import { SourceMap } from 'node:module'
import { fileURLToPath } from 'node:url'

/**
 * @typedef {{ functionName: string, url: string, lineNumber: number, columnNumber: number }} Frame
 * @typedef {{ nodes: { id: number, callFrame: Frame }[], samples?: number[], timeDeltas?: number[] }} Profile
 * @typedef {{ name: string, micros: number }} Share
 * @typedef {{ busyMicros: number, modules: Share[], functions: Share[] }} Summary the largest share first
 */

/** What the engine calls its own work. @type {Record<string, string>} */
const ENGINE = { '(garbage collector)': 'garbage collection', '(program)': 'native code', '(root)': 'native code' }
const IDLE = '(idle)'

/** @param {Profile} profile @returns {Summary} */
export function summarize({ nodes, samples = [], timeDeltas = [] }) {
  const placeOf = createPlaceFinder()
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]))
  const modules = createTally()
  const functions = createTally()
  let busyMicros = 0
  samples.forEach((id, i) => {
    const frame = frames.get(id)
    if (!frame || frame.functionName === IDLE) return
    const micros = timeDeltas[i] ?? 0
    const { module, place } = placeOf(frame)
    busyMicros += micros
    modules.add(module, micros)
    functions.add(place, micros)
  })
  return { busyMicros, modules: modules.sorted(), functions: functions.sorted() }
}

function createTally() {
  /** @type {Map<string, number>} */
  const sums = new Map()
  return {
    /** @param {string} name @param {number} micros */
    add: (name, micros) => void sums.set(name, (sums.get(name) ?? 0) + micros),
    sorted: () => [...sums].map(([name, micros]) => ({ name, micros })).sort((a, b) => b.micros - a.micros),
  }
}

function createPlaceFinder() {
  /** @type {Map<string, SourceMap | undefined>} */
  const maps = new Map()
  const mapOf = (/** @type {string} */ url) => {
    if (!maps.has(url)) {
      const path = `${fileURLToPath(url)}.map`
      maps.set(url, existsSync(path) ? new SourceMap(JSON.parse(readFileSync(path, 'utf8'))) : undefined)
    }
    return maps.get(url)
  }
  /** Where a frame's code was written. @param {Frame} frame */
  return ({ functionName, url, lineNumber, columnNumber }) => {
    const own = ENGINE[functionName]
    if (own) return { module: own, place: own }
    if (!url) return { module: 'built-in functions', place: `built-in: ${functionName}` }
    if (url.startsWith('node:')) return { module: url.split('/').slice(0, 2).join('/'), place: `${url}: ${functionName}` }
    const entry = url.startsWith('file:') ? mapOf(url)?.findEntry(lineNumber, columnNumber) : undefined
    const found = /** @type {import('node:module').SourceMapping | undefined} */ (entry && 'originalSource' in entry ? entry : undefined)
    const source = shortened(found?.originalSource ?? url)
    return { module: moduleOf(source), place: `${source}${found ? `:${found.originalLine + 1}` : ''} ${functionName}`.trimEnd() }
  }
}

/** A path from the repository's root, or from the package's. @param {string} path */
const shortened = (path) =>
  path.includes('node_modules/') ? path.replace(/^.*node_modules\//, 'package ') : path.replace(/^.*\/(?=(src|bench|dist)\/)/, '')

/** @param {string} source */
function moduleOf(source) {
  if (source.startsWith('package ')) return source.split('/', source.startsWith('package @') ? 2 : 1).join('/')
  return source.split('/').slice(0, -1).slice(0, 3).join('/')
}
