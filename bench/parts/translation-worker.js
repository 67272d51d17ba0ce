/**
 * Measures the translation of one pair in a process of its own, and writes the ratios as JSON: against parsing and writing the same data
 * again. Floor and translation take turns, so that what slows the machine down slows both.
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
const MEASURE = { now: cpuTime, gc: false, inner_gc: false, min_cpu_time: 80e6, min_samples: 12 }

/** So many runs are one sample, for most to bear a share of garbage collection. */
const RUNS = 20
/** So often in each round floor and translation take turns. */
const TURNS = 2

/** What a quiet sample takes: while a loop is new V8 compiles it aside, which is no cost of the run. @param {() => unknown} run */
async function costOf(run) {
  const { p25 } = await measure(async () => {
    for (let i = 0; i < RUNS; i++) do_not_optimize(await run())
  }, MEASURE)
  return p25
}

/**
 * Each at its quietest: what else runs on the machine slows the one with more to do down by more.
 *
 * @param {number} warmUpRuns @param {() => unknown} floor @param {() => unknown} run
 */
async function ratioOf(warmUpRuns, floor, run) {
  for (let i = 0; i < warmUpRuns; i++) {
    await floor()
    await run()
  }
  let [least, cost] = [Infinity, Infinity]
  for (let turn = 0; turn < Number(rounds) * TURNS; turn++) {
    least = Math.min(least, await costOf(floor))
    cost = Math.min(cost, await costOf(run))
  }
  return cost / least
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
