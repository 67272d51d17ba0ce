/** How long a start takes, and what the process holds when nobody has asked for anything. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { requestOf } from '../fixtures/requests.js'
import { load } from '../load/load.js'
import { median } from '../numbers.js'
import { openProvider } from '../processes.js'
import { DIRECT, PIPE, openTarget } from '../targets.js'

/**
 * @typedef {import('../targets.js').Target} Target
 * @typedef {import('../targets.js').Subject} Subject
 * @typedef {object} Started each against the pipe's of the same round
 * @property {string} target
 * @property {number} start until it accepts a connection
 * @property {number} answer until it has answered its first request
 * @property {number} memory resident, when idle
 */

const IDLE_MS = 1000
/** So many starts are one reading: one start takes up to a quarter longer than the next. */
const STARTS = 5
const PAGE_KIB = 4

/** The resident memory of a process that has no channel to us, in KiB. @param {number} pid */
function residentKib(pid) {
  try {
    return Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * PAGE_KIB
  } catch {
    return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' }))
  }
}

/** @param {{ targets: readonly Target[], rounds: number, subject: Subject }} options @returns {Promise<Started[]>} */
export async function compareStarts({ targets, rounds, subject }) {
  const proxies = targets.filter(({ name }) => name !== DIRECT)
  const provider = await openProvider()
  await provider.pace({ events: 41, perWrite: 5, everyMs: 0 })
  /** @type {Map<string, { start: number, answer: number, memory: number }[]>} */
  const readings = new Map(proxies.map(({ name }) => [name, []]))
  for (let round = 0; round < rounds; round++)
    for (const target of round % 2 ? proxies.toReversed() : proxies) {
      const open = () => openTarget(target, { ...subject, providerPort: provider.port, silent: true })
      let proxy = await open()
      const starts = [proxy.startMs]
      while (starts.length < STARTS) {
        await proxy.close()
        proxy = await open()
        starts.push(proxy.startMs)
      }
      await new Promise((resolve) => setTimeout(resolve, IDLE_MS))
      const memory = residentKib(proxy.pid)
      const request = requestOf(target.client, { size: 'small', stream: false })
      const { totalMs } = await load({ port: proxy.port, request, count: 1, atOnce: 1 })
      const start = median(starts)
      readings.get(target.name)?.push({ start, answer: start + totalMs, memory })
      await proxy.close()
    }
  await provider.close()
  const floor = readings.get(PIPE) ?? []
  return [...readings].map(([target, all]) => {
    const ratio = (/** @type {'start' | 'answer' | 'memory'} */ field) =>
      median(all.map((reading, i) => reading[field] / (floor[i]?.[field] ?? Number.NaN)))
    return { target, start: ratio('start'), answer: ratio('answer'), memory: ratio('memory') }
  })
}
