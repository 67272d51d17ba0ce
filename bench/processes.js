/** The processes that a run takes: started, asked, and ended together with it. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, connect } from 'node:net'
import { fileURLToPath } from 'node:url'

/**
 * @typedef {import('./provider.js').Pace} Pace
 * @typedef {import('./probe.js').Used} Used
 */

const START_MS = 20_000
const LOOK_AGAIN_MS = 2

export const fileOf = (/** @type {string} */ path) => fileURLToPath(new URL(path, import.meta.url))

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set()
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')))

/** A port that nobody uses now. */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** @param {number} port @returns {Promise<boolean>} */
const accepts = (port) =>
  new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' })
    const end = (/** @type {boolean} */ accepted) => () => {
      socket.destroy()
      resolve(accepted)
    }
    socket.once('connect', end(true)).once('error', end(false))
  })

/**
 * @typedef {object} Start
 * @property {string} node the Node that runs it
 * @property {string[]} args
 * @property {number} port where it will listen
 * @property {string} [cwd]
 * @property {Record<string, string>} [env]
 * @property {boolean} [silent] without a channel to it
 */

/** Starts a process and waits until it accepts connections. @param {Start} start */
export async function open({ node, args, port, cwd, env, silent }) {
  const began = performance.now()
  const child = spawn(node, args, {
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['ignore', 'ignore', 'pipe', silent ? 'ignore' : 'ipc'],
    ...(cwd && { cwd }),
  })
  running.add(child)
  const ended = once(child, 'close').finally(() => running.delete(child))
  let said = ''
  child.stderr?.on('data', (chunk) => (said = (said + chunk).slice(-2000)))
  while (!(await accepts(port))) {
    if (child.exitCode !== null || performance.now() - began > START_MS) {
      child.kill('SIGKILL')
      throw new Error(`${args.join(' ')} did not start:\n${said}`)
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS))
  }
  return {
    pid: child.pid ?? 0,
    startMs: performance.now() - began,
    child,
    async close() {
      child.kill('SIGKILL')
      await ended
    },
  }
}

/** The provider; `pace` says how its streams go from now on. */
export async function openProvider() {
  const port = await freePort()
  const { child, close } = await open({ node: process.execPath, args: [fileOf('provider.js'), String(port)], port })
  return {
    port,
    close,
    /** @param {Pace} pace */
    async pace(pace) {
      child.send(pace)
      await once(child, 'message')
    },
  }
}

/**
 * A proxy that can be asked what it has used; a `silent` one has nobody in it to answer.
 *
 * @param {Start & { flags?: string[] }} start
 * @returns {Promise<Proxy>}
 */
export async function openProxy({ flags = [], args, ...start }) {
  const probe = start.silent ? [] : ['--import', fileOf('probe.js')]
  const { child, close, pid, startMs } = await open({ ...start, args: [...flags, ...probe, ...args] })
  let asked = 0
  /** @param {string} ask @param {string} [argument] @returns {Promise<any>} */
  const ask = async (ask, argument) => {
    const id = ++asked
    child.send({ id, ask, argument })
    for (;;) {
      const [message] = /** @type {[{ id: number, answer: any }]} */ (await once(child, 'message'))
      if (message.id === id) return message.answer
    }
  }
  return { port: start.port, pid, startMs, close, ask, used: () => ask('used') }
}

/**
 * @typedef {object} Proxy
 * @property {number} port
 * @property {number} pid
 * @property {number} startMs
 * @property {(ask: string, argument?: string) => Promise<any>} ask see probe.js for what there is
 * @property {() => Promise<Used>} used
 * @property {() => Promise<void>} close
 */
