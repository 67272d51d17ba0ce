/**
 * Measures translation in a process of its own, and writes the ratios as JSON: each pair against parsing and writing the same data again.
 * Floor and translation take turns, so that what slows the machine down slows both.
 *
 *     node translation-worker.js <folder of the build> <rounds>
 */
import { do_not_optimize, measure } from 'mitata'
import { median } from '../numbers.js'
import { bigRequest, optionsOf, PROTOCOLS, rewrite, smallRequest, streamOf, translateOf } from './translated.js'

/** @typedef {import('../fixtures/requests.js').Protocol} Protocol */

const [build = '', rounds = '3'] = process.argv.slice(2)
const translate = await translateOf(build)

/** For the compiler to come to rest. */
const WARM_UP_RUNS = 1000

/** Time of the processor, in nanoseconds: what else runs on the machine does not count. */
const cpuTime = () => {
  const { user, system } = process.cpuUsage()
  return (user + system) * 1000
}
const MEASURE = { now: cpuTime, gc: false, inner_gc: false, min_cpu_time: 40e6, min_samples: 16, batch_samples: 32 }

/** Of each run, its share of garbage collection included. @param {() => unknown} run */
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
function requestRatio(from, to) {
  const body = bigRequest(from)
  const options = optionsOf(from, to)
  return ratioOf(
    () => rewrite(body),
    () => JSON.stringify(translate(JSON.parse(body), options).body),
  )
}

/** @param {Protocol} from @param {Protocol} to */
function streamRatio(from, to) {
  const { data, chunks } = streamOf(to)
  const body = smallRequest(from)
  const options = optionsOf(from, to)
  return ratioOf(
    () => data.reduce((sum, text) => sum + rewrite(text).length, 0),
    () => drain(translate(body, options).stream(webStream(chunks))),
  )
}

/** @param {Uint8Array[]} chunks @returns {ReadableStream<Uint8Array>} */
function webStream(chunks) {
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
