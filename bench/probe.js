/** Loaded into a proxy before its own code: tells over the channel to its parent what the process has used, and takes its profile. */
import { writeFileSync } from 'node:fs'
import { PerformanceObserver } from 'node:perf_hooks'

/** @typedef {{ cpuMicros: number, residentKib: number, peakKib: number, heapBytes: number, outsideBytes: number, collections: number }} Used */

let collections = 0
new PerformanceObserver((list) => (collections += list.getEntries().length)).observe({ entryTypes: ['gc'] })

/** @returns {Used} */
function used() {
  const { user, system } = process.cpuUsage()
  const { rss, heapUsed, external } = process.memoryUsage()
  return {
    cpuMicros: user + system,
    residentKib: rss / 1024,
    peakKib: process.resourceUsage().maxRSS,
    heapBytes: heapUsed,
    outsideBytes: external,
    collections,
  }
}

/** @type {import('node:inspector').Session | undefined} */
let session

/** What a parent may ask for; each answers with what is sent back. @type {Record<string, (argument: string) => unknown>} */
const ASKS = {
  used,
  /** What is still in use once all garbage is gone. Needs `--expose-gc`. */
  async 'used after collection'() {
    // What waits for the end of a turn, or for a finalizer, holds more until then.
    for (let i = 0; i < 3; i++) {
      globalThis.gc?.()
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    return used()
  },
  /** What is still in use once the garbage of late is gone. Needs `--expose-gc`. */
  async 'used after young collections'() {
    for (let i = 0; i < 3; i++) {
      globalThis.gc?.(/** @type {never} */ ({ type: 'minor' }))
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    return used()
  },
  async 'start profile'() {
    const { Session } = await import('node:inspector')
    session = new Session()
    session.connect()
    session.post('Profiler.enable')
    session.post('Profiler.setSamplingInterval', { interval: 200 })
    session.post('Profiler.start')
  },
  'end profile': (file) =>
    new Promise((resolve) => {
      session?.post('Profiler.stop', (error, result) => {
        if (!error) writeFileSync(file, JSON.stringify(result.profile))
        resolve(error?.message)
      })
    }),
}

const answer = async (/** @type {{ id: number, ask: string, argument: string }} */ { id, ask, argument }) =>
  process.send?.({ id, answer: await ASKS[ask]?.(argument) })

process.on('message', (/** @type {Parameters<typeof answer>[0]} */ message) => void answer(message))
process.on('disconnect', () => process.exit())
