/**
 * Measures translation in a process of its own, and writes the ratios as JSON: each pair against parsing and writing the same data again.
 * Floor and translation take turns, so that what slows the machine down slows both.
 *
 *     node translation-worker.js <folder of the build> <rounds>
 */
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { do_not_optimize, measure } from 'mitata'
import { eventsOf } from '../fixtures/answers.js'
import { MODELS, requestOf } from '../fixtures/requests.js'
import { median } from '../numbers.js'

/** @typedef {import('../fixtures/requests.js').Protocol} Protocol */

const [build = '', rounds = '3'] = process.argv.slice(2)
/** @type {Pick<typeof import('../../src/index.ts'), 'translate'>} */
const { translate } = await import(pathToFileURL(join(build, 'index.js')).href)

const EVENTS = 257
const EVENTS_A_CHUNK = 5
const WARM_UP_RUNS = 100
/** Time of the processor, in nanoseconds: what else runs on the machine does not count. */
const cpuTime = () => {
  const { user, system } = process.cpuUsage()
  return (user + system) * 1000
}
const MEASURE = { now: cpuTime, gc: false, inner_gc: false, min_cpu_time: 40e6, min_samples: 16, batch_samples: 32 }
const PROTOCOLS = /** @type {Protocol[]} */ (Object.keys(MODELS))

/** @param {() => unknown} run nanoseconds of each run, its garbage collection included */
const costOf = async (run) => (await measure(async () => do_not_optimize(await run()), MEASURE)).avg

/** @param {() => unknown} floor @param {() => unknown} run */
async function ratioOf(floor, run) {
  for (let i = 0; i < WARM_UP_RUNS; i++) {
    await floor()
    await run()
  }
  const ratios = []
  for (let round = 0; round < Number(rounds); round++) {
    const least = await costOf(floor)
    ratios.push((await costOf(run)) / least)
  }
  return median(ratios)
}

/** @param {Protocol} from @param {Protocol} to */
const optionsOf = (from, to) =>
  /** @type {const} */ ({ from, to, model: MODELS[to], clientModel: MODELS[from], ...(from === 'gemini' && { stream: true }) })

/** @param {Protocol} from @param {Protocol} to */
function requestRatio(from, to) {
  const { body } = requestOf(from, { size: 'big', stream: true })
  const options = optionsOf(from, to)
  return ratioOf(
    () => JSON.stringify(JSON.parse(body)),
    () => JSON.stringify(translate(JSON.parse(body), options).body),
  )
}

/** @param {Protocol} from @param {Protocol} to */
function streamRatio(from, to) {
  const events = eventsOf(to, EVENTS)
  const data = events.map((event) => event.slice(event.indexOf('data: ') + 6, -2)).filter((text) => text !== '[DONE]')
  const chunks = Array.from({ length: Math.ceil(EVENTS / EVENTS_A_CHUNK) }, (_, i) =>
    new TextEncoder().encode(events.slice(i * EVENTS_A_CHUNK, (i + 1) * EVENTS_A_CHUNK).join('')),
  )
  const body = JSON.parse(requestOf(from, { size: 'small', stream: true }).body)
  const options = optionsOf(from, to)
  return ratioOf(
    () => data.reduce((sum, text) => sum + JSON.stringify(JSON.parse(text)).length, 0),
    () => drain(translate(body, options).stream(streamOf(chunks))),
  )
}

/** @param {Uint8Array[]} chunks @returns {ReadableStream<Uint8Array>} */
function streamOf(chunks) {
  let next = 0
  return new ReadableStream({
    pull(controller) {
      const chunk = chunks[next++]
      if (chunk) controller.enqueue(chunk)
      else controller.close()
    },
  })
}

/** @param {ReadableStream<Uint8Array>} stream */
async function drain(stream) {
  let bytes = 0
  for (const reader = stream.getReader(); ;) {
    const { done, value } = await reader.read()
    if (done) return bytes
    bytes += value.length
  }
}

const results = []
for (const from of PROTOCOLS)
  for (const to of PROTOCOLS) results.push({ from, to, request: await requestRatio(from, to), stream: await streamRatio(from, to) })
process.stdout.write(JSON.stringify(results))
