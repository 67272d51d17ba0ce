/**
 * Counts what translation allocates, and writes it as JSON: each pair against parsing and writing the same data again. `guard.js` starts
 * it with flags that make it count the same each time.
 *
 *     node --expose-gc guard-worker.js <folder of the build>
 */
import { median } from '../numbers.js'
import { bigRequest, optionsOf, PROTOCOLS, rewrite, smallRequest, streamOf, translateOf } from './translated.js'

const RUNS = 8
const TRIES = 5

const translate = await translateOf(process.argv[2] ?? '')

/** Bytes of each run: the median of some tries, since what is compiled on the way, or collected, is none of it. @param {() => unknown} run */
function allocated(run) {
  const tries = Array.from({ length: TRIES }, () => {
    run()
    globalThis.gc?.()
    const before = process.memoryUsage().heapUsed
    for (let i = 0; i < RUNS; i++) run()
    return (process.memoryUsage().heapUsed - before) / RUNS
  })
  return median(tries)
}

/** @type {Record<string, number>} */
const ratios = {}
for (const from of PROTOCOLS)
  for (const to of PROTOCOLS) {
    const options = optionsOf(from, to)
    const big = bigRequest(from)
    ratios[`request ${from} → ${to}`] =
      allocated(() => JSON.stringify(translate(JSON.parse(big), options).body)) / allocated(() => rewrite(big))
    const small = smallRequest(from)
    const { data, chunks } = streamOf(to)
    const push = () => {
      const { push, end } = translate(small, options).translator()
      for (const chunk of chunks) push(chunk)
      end()
    }
    ratios[`stream ${from} → ${to}`] = allocated(push) / allocated(() => data.map((text) => rewrite(text).length))
  }
process.stdout.write(JSON.stringify(ratios))
