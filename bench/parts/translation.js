/** Translation by itself: each pair in a process of its own that serves nothing, as most programs have one pair and V8 compiles for what it sees. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { fileOf } from '../processes.js'
import { PROTOCOLS } from './translated.js'

/** @param {{ rounds: number, subject: import('../targets.js').Subject }} options @returns {Promise<import('../bars.js').Translated[]>} */
export async function measureTranslation({ rounds, subject: { node, build } }) {
  const worker = fileOf('parts/translation-worker.js')
  const measured = []
  for (const from of PROTOCOLS)
    for (const to of PROTOCOLS) {
      const { stdout } = await promisify(execFile)(node, [worker, build, from, to, String(rounds)])
      measured.push({ from, to, ...JSON.parse(stdout) })
    }
  return measured
}
