/** Whether anything stays behind of requests that are over: how the heap grows, all garbage gone, with each of them. */
import { requestOf } from '../fixtures/requests.js'
import { openConnection } from '../load/connection.js'
import { bytesOf, load } from '../load/load.js'
import { slopeOf } from '../numbers.js'
import { openProvider } from '../processes.js'
import { table } from '../report.js'
import { DIRECT, openTarget, PIPE } from '../targets.js'

/**
 * @typedef {import('../targets.js').Target} Target
 * @typedef {import('../targets.js').Subject} Subject
 * @typedef {{ kind: string, count: number, bytes: number, passed: boolean }} Kept what so many of them left behind, as the slope says;
 *   noise makes it less than nothing at times
 */

const STEPS = 8
const LEAST_A_STEP = 20

/**
 * What all of them together may leave: code that was compiled meanwhile, and the like. A hundred bytes each of ten thousand, less than
 * anything that could be kept of a request.
 */
const MOST_BYTES = 1024 * 1024
const AT_ONCE = 8

/** What is done `count` times, and what to divide by to have as many of it as of whole requests. @type {Record<string, { share: number, run: (port: number, target: Target, count: number) => Promise<unknown> }>} */
const KINDS = {
  'requests of 149 KB': {
    share: 1,
    async run(port, { client }, count) {
      const { errors, firstError } = await load({
        port,
        request: requestOf(client, { size: 'big', stream: false }),
        count,
        atOnce: AT_ONCE,
      })
      if (errors) throw new Error(`${errors} requests failed: ${firstError}`)
    },
  },
  'aborted streams': {
    share: 5,
    run: (port, { client }, count) => {
      const bytes = bytesOf(port, requestOf(client, { size: 'small', stream: true }))
      return inTurns(count, () => leaveAmid(port, bytes))
    },
  },
}

/** @param {number} count @param {() => Promise<void>} run */
async function inTurns(count, run) {
  let begun = 0
  const one = async () => {
    while (begun++ < count) await run()
  }
  await Promise.all(Array.from({ length: AT_ONCE }, one))
}

/** Goes away once the answer has begun. @param {number} port @param {Buffer} bytes */
async function leaveAmid(port, bytes) {
  const { socket, close } = await openConnection(port)
  const begun = new Promise((resolve) => socket.once('data', resolve).once('close', resolve))
  socket.write(bytes)
  await begun
  close()
}

/**
 * @param {{ target: Target, subject: Subject, requests: number }} options how many whole requests; of what is aborted a fifth of that
 * @returns {Promise<Kept[]>}
 */
export async function weighLeavings({ target, subject, requests }) {
  const provider = await openProvider()
  // Slow enough that everybody who leaves does so amid the stream.
  await provider.pace({ events: 257, perWrite: 1, everyMs: 10 })
  const proxy = await openTarget(target, { ...subject, providerPort: provider.port, flags: ['--expose-gc'] })
  const kept = []
  for (const [kind, { share, run }] of Object.entries(KINDS)) {
    const each = Math.max(LEAST_A_STEP, Math.ceil(requests / share / STEPS))
    const counts = []
    const heaps = []
    // The first step fills what is bounded and kept: caches, pools of connections, the latest requests of the log.
    for (let step = 0; step <= STEPS; step++) {
      await run(proxy.port, target, each)
      const { heapBytes, outsideBytes } = await proxy.ask('used after collection')
      if (step === 0) continue
      counts.push(step * each)
      heaps.push(heapBytes + outsideBytes)
    }
    const bytes = slopeOf(counts, heaps) * STEPS * each
    kept.push({ kind, count: STEPS * each, bytes, passed: bytes <= MOST_BYTES })
  }
  await proxy.close()
  await provider.close()
  return kept
}

/** @param {{ targets: readonly Target[], subject: Subject, requests: number }} options */
export async function memoryReport({ targets, subject, requests }) {
  const rows = []
  let all = true
  for (const target of targets.filter(({ name }) => name !== DIRECT && name !== PIPE))
    for (const { kind, count, bytes, passed } of await weighLeavings({ target, subject, requests })) {
      all &&= passed
      rows.push([target.name, `${count} ${kind}`, (bytes / count).toFixed(1), passed ? '' : '**more**'])
    }
  return { text: `### What requests leave on the heap\n\n${table(['', 'after', 'bytes each', ''], rows)}`, passed: all }
}
