/** What is measured: the provider itself, a pipe that looks at nothing, and `cc-route serve` as it is without options. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MODELS } from './fixtures/requests.js'
import { fileOf, freePort, openProxy } from './processes.js'

/**
 * @typedef {import('./fixtures/requests.js').Protocol} Protocol
 * @typedef {object} Target
 * @property {string} name
 * @property {Protocol} client
 * @property {Protocol} [upstream] without one it is no cc-route
 * @property {string} [build] another one than is measured
 * @property {object} [config] what its configuration says besides
 *
 * @typedef {{ node: string, build: string, command?: string }} Subject which Node runs which build; `command` where the command is none of `cli.js`
 */

export const DIRECT = 'direct'
export const PIPE = 'pipe'

/** @type {readonly Target[]} */
export const TARGETS = [
  { name: DIRECT, client: 'claude' },
  { name: PIPE, client: 'claude' },
  { name: 'claude-openai', client: 'claude', upstream: 'openai' },
  { name: 'claude-responses', client: 'claude', upstream: 'openai-responses' },
  { name: 'claude-gemini', client: 'claude', upstream: 'gemini' },
  { name: 'openai-claude', client: 'openai', upstream: 'claude' },
  { name: 'claude-claude', client: 'claude', upstream: 'claude' },
]

/** @type {Record<Protocol, string>} */
const BASE_PATHS = { claude: '', openai: '/v1', 'openai-responses': '/v1', gemini: '' }

const none = Number.NaN
const UNUSED = { cpuMicros: none, residentKib: none, peakKib: none, heapBytes: none, outsideBytes: none, collections: none }

/**
 * Starts what stands in front of the provider: nothing for `direct`. A `silent` one has no channel to us, and is as it would be without us.
 *
 * @param {Target} target
 * @param {Subject & { providerPort: number, flags?: string[], silent?: boolean }} options
 * @returns {Promise<import('./processes.js').Proxy>}
 */
export async function openTarget(
  { name, client, upstream, build: other, config: more },
  { node, build, command = join(other ?? build, 'cli.js'), providerPort, flags = [], silent = false },
) {
  if (name === DIRECT) return { port: providerPort, pid: 0, startMs: 0, ask: nothing, used: async () => UNUSED, close: nothing }
  const port = await freePort()
  const home = mkdtempSync(join(tmpdir(), 'bench-'))
  const serve = () => {
    const config = join(home, 'cc-route.json')
    writeFileSync(config, JSON.stringify({ ...configOf(client, upstream ?? client, providerPort), ...more }), { mode: 0o600 })
    return [command, 'serve', '--config', config, '--port', String(port)]
  }
  const args = name === PIPE ? [fileOf('pipe.js'), String(port), String(providerPort)] : serve()
  const proxy = await openProxy({ node, args, port, cwd: home, env: { HOME: home }, flags, silent })
  return {
    ...proxy,
    async close() {
      await proxy.close()
      rmSync(home, { recursive: true, force: true })
    },
  }
}

/** @returns {Promise<any>} */
const nothing = async () => undefined

/** One endpoint, all else as it is without being said. @param {Protocol} client @param {Protocol} upstream @param {number} providerPort */
function configOf(client, upstream, providerPort) {
  const baseUrl = `http://127.0.0.1:${providerPort}${BASE_PATHS[upstream]}`
  const model = upstream === client ? {} : { model: MODELS[upstream] }
  return { endpoints: { upstream: { protocol: upstream, baseUrl, apiKey: 'provider', ...model } }, routes: { default: 'upstream' } }
}
