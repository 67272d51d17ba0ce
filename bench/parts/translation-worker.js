/**
 * Measures the translation of one pair in a process of its own, and writes the ratios as JSON: against parsing and writing the same data
 * again.
 *
 *     node translation-worker.js <folder of the build> <client's protocol> <provider's> <rounds>
 */
import { do_not_optimize, measure } from 'mitata'
import { bigRequest, optionsOf, rewrite, smallRequest, streamOf, translateOf } from './translated.js'

/** @typedef {import('../fixtures/requests.js').Protocol} Protocol */

const [build = '', client, provider, rounds = '3'] = process.argv.slice(2)
const from = /** @type {Protocol} */ (client)
const to = /** @type {Protocol} */ (provider)
const translate = await translateOf(build)

/** For the compiler to come to rest: what is done once for each stream is hot after some thousand of them. */
const WARM_UP_RUNS = { request: 800, stream: 3000 }

/** Time of the processor, in nanoseconds: what else runs on the machine does not count. */
const cpuTime = () => {
  const { user, system } = process.cpuUsage()
  return (user + system) * 1000
}

/** So many runs of each are one sample, for most to bear a share of garbage collection. */
const RUNS = 10
const SAMPLES_A_ROUND = 20

/** @param {() => unknown} run */
async function costOf(run) {
  const began = cpuTime()
  for (let i = 0; i < RUNS; i++) do_not_optimize(await run())
  return cpuTime() - began
}

/**
 * The median of samples, each of which is a ratio: what a shared machine takes from one of two that run a few milliseconds apart it
 * takes from the other, too. Which of them goes first takes turns.
 *
 * @param {number} warmUpRuns @param {() => unknown} floor @param {() => unknown} run
 */
async function ratioOf(warmUpRuns, floor, run) {
  for (let i = 0; i < warmUpRuns; i++) {
    await floor()
    await run()
  }
  let samples = 0
  const sample = async () => {
    if (samples++ % 2) {
      const cost = await costOf(run)
      return cost / (await costOf(floor))
    }
    const least = await costOf(floor)
    return (await costOf(run)) / least
  }
  const { p50 } = await measure(
    function* () {
      yield { manual: sample }
    },
    { min_samples: SAMPLES_A_ROUND * Number(rounds), min_cpu_time: 0, gc: false, inner_gc: false },
  )
  return p50
}

const options = optionsOf(from, to)

function requestRatio() {
  const body = bigRequest(from)
  return ratioOf(
    WARM_UP_RUNS.request,
    () => rewrite(body),
    () => JSON.stringify(translate(JSON.parse(body), options).body),
  )
}

function streamRatio() {
  const { data, chunks } = streamOf(to)
  const body = smallRequest(from)
  return ratioOf(
    WARM_UP_RUNS.stream,
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

process.stdout.write(JSON.stringify({ request: await requestRatio(), stream: await streamRatio() }))
