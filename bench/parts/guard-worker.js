/**
 * Counts what translation allocates, and writes it as JSON: each pair against parsing and writing the same data again. Run without the
 * optimizing compiler and with room for all garbage, so that the same code always allocates the same.
 *
 *     node --expose-gc --no-opt --min-semi-space-size=128 --max-semi-space-size=128 guard-worker.js <folder of the build>
 */
import { bigRequest, optionsOf, PROTOCOLS, rewrite, smallRequest, streamOf, translateOf } from './translated.js'

const RUNS = 8

const translate = await translateOf(process.argv[2] ?? '')

/** Bytes of each run. @param {() => unknown} run */
function allocated(run) {
  // What is made once and kept is none of it.
  run()
  globalThis.gc?.()
  const before = process.memoryUsage().heapUsed
  for (let i = 0; i < RUNS; i++) run()
  return (process.memoryUsage().heapUsed - before) / RUNS
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
