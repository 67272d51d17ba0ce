/** Translation by itself, in a process of its own that serves nothing. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { fileOf } from '../processes.js'

/** @param {{ rounds: number, subject: import('../targets.js').Subject }} options @returns {Promise<import('../bars.js').Translated[]>} */
export async function measureTranslation({ rounds, subject: { node, build } }) {
  const { stdout } = await promisify(execFile)(node, [fileOf('parts/translation-worker.js'), build, String(rounds)])
  return JSON.parse(stdout)
}
