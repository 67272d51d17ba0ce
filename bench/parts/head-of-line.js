/** What one client's big requests do to another one's stream: its longest gap, events coming every 5 ms. */
import { requestOf } from '../fixtures/requests.js'
import { openConnection } from '../load/connection.js'
import { bytesOf, load } from '../load/load.js'
import { median } from '../numbers.js'
import { openProvider } from '../processes.js'
import { DIRECT, openTarget } from '../targets.js'

/**
 * @typedef {import('../targets.js').Target} Target
 * @typedef {import('../targets.js').Subject} Subject
 * @typedef {{ target: string, longestGapMs: number, beyondDirectMs: number }} Stalled
 */

const BIG_REQUESTS = 10
const APART_MS = 40

/** @param {{ targets: readonly Target[], rounds: number, subject: Subject }} options @returns {Promise<Stalled[]>} */
export async function compareStalls({ targets, rounds, subject }) {
  const provider = await openProvider()
  await provider.pace({ events: 300, perWrite: 1, everyMs: 5 })
  /** @type {Map<Target, number[]>} */
  const gaps = new Map()
  /** @type {Map<Target, import('../processes.js').Proxy>} */
  const proxies = new Map()
  for (const target of targets) {
    const proxy = await openTarget(target, { ...subject, providerPort: provider.port })
    proxies.set(target, proxy)
    gaps.set(target, [])
    const request = requestOf(target.client, { size: 'big', stream: false })
    await load({ port: proxy.port, request, count: 30, atOnce: 1 })
  }
  for (let round = 0; round < rounds; round++)
    for (const target of round % 2 ? targets.toReversed() : targets) {
      const port = proxies.get(target)?.port ?? 0
      gaps.get(target)?.push(await longestGap(target, port))
    }
  await Promise.all([...proxies.values()].map((proxy) => proxy.close()))
  await provider.close()
  const direct = median([...gaps].find(([{ name }]) => name === DIRECT)?.[1] ?? [])
  return [...gaps].map(([{ name }, all]) => ({ target: name, longestGapMs: median(all), beyondDirectMs: median(all) - direct }))
}

/** @param {Target} target @param {number} port */
async function longestGap({ client }, port) {
  const stream = await openConnection(port)
  const streamed = stream.ask(bytesOf(port, requestOf(client, { size: 'small', stream: true })))
  const big = requestOf(client, { size: 'big', stream: false })
  for (let i = 0; i < BIG_REQUESTS; i++) {
    await new Promise((resolve) => setTimeout(resolve, APART_MS))
    await load({ port, request: big, count: 1, atOnce: 1 })
  }
  const { longestGapMs, error } = await streamed
  stream.close()
  if (error) throw new Error(`the stream failed: ${error}`)
  return longestGapMs
}
