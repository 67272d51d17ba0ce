/**
 * Servers in the background.
 *
 * @module
 */
import { spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { CommandError, EXIT, type Call } from './command.ts'
import type { ConfigInUse } from './config-in-use.ts'
import { runningServers, type ServerRecord } from './servers.ts'
import { logFileOf, stateFolder } from './state-folder.ts'

/** A machine that is busy may take this long to start one. */
const START_MS = 30_000

/** Starts a server that outlives this command. Resolves once it answers. @throws CommandError with what it said, where it ended */
export async function startInBackground(flags: Call['flags'], used: ConfigInUse): Promise<ServerRecord> {
  const said = join(stateFolder(), 'start.log')
  mkdirSync(dirname(said), { recursive: true, mode: 0o700 })
  const output = openSync(said, 'w', 0o600)
  const child = spawn(process.execPath, [...process.execArgv, process.argv[1]!, 'serve', ...serveFlags(flags, used.path)], {
    detached: true,
    stdio: ['ignore', output, output],
    env: { ...process.env, CC_ROUTE_LOG_FILE: logFileOf(used) },
    windowsHide: true,
  })
  closeSync(output)
  let ended: number | string | undefined
  child.once('exit', (code, signal) => (ended = code ?? signal ?? EXIT.failed))
  child.once('error', ({ message }) => (ended = message))
  for (const end = Date.now() + START_MS; ended === undefined && Date.now() < end; await wait(50)) {
    const server = (await runningServers()).find(({ pid }) => pid === child.pid)
    if (!server) continue
    child.unref()
    return server
  }
  child.kill()
  const text = readFileSync(said, 'utf8')
    .trim()
    .replace(/^cc-route: /, '')
  throw new CommandError(text || `The server has not started within ${START_MS / 1000} s (${ended ?? 'it runs, and does not answer'}).`)
}

/** A relative path of a flag would mean another file elsewhere. */
const serveFlags = ({ host, port }: Call['flags'], path: string | undefined): string[] => [
  ...(path === undefined ? [] : ['--config', path]),
  ...(host === undefined ? [] : ['--host', host]),
  ...(port === undefined ? [] : ['--port', port]),
]

export const toldOf = ({ url, pid, config }: ServerRecord): string =>
  `cc-route listens on ${url} (process ${pid}, ${config ?? 'keys of the environment'})`
