/** `status`. @module */
import { isObject, tryParse } from '../../core/json.ts'
import { toldOf } from './background.ts'
import { EXIT, type Call } from './command.ts'
import { configPath } from './config-in-use.ts'
import { runningServers, type ServerRecord } from './servers.ts'
import { print, printJson } from './terminal.ts'

export async function run(call: Call): Promise<number> {
  const config = call.flags.config === undefined ? undefined : configPath(call)
  const servers = (await runningServers()).filter((server) => config === undefined || server.config === config)
  const told = await Promise.all(servers.map(async (server) => ({ server, status: await statusOf(server) })))
  // The token is for programs that this command starts, and for nobody's screen.
  if (call.flags.json !== undefined)
    printJson({ servers: told.map(({ server: { token: _token, flags: _flags, ...server }, status }) => ({ ...server, status })) })
  else if (!servers.length) print('No server is running. Start one: cc-route start')
  for (const { server, status } of call.flags.json === undefined ? told : []) {
    print(`${toldOf(server)}, version ${server.version}, since ${server.startedAt}.`)
    const endpoints = Array.isArray(status?.endpoints) ? status.endpoints.filter(isObject) : []
    for (const { name, state } of endpoints) print(`  ${String(name)}: ${String(state)}`)
  }
  return servers.length ? EXIT.ok : EXIT.notRunning
}

const ANSWER_MS = 3000

/** What it says of itself; nothing where it has no such page. */
async function statusOf({ url, token }: ServerRecord): Promise<Record<string, unknown> | undefined> {
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` }
  try {
    const response = await fetch(`${url}/status`, { headers, redirect: 'error', signal: AbortSignal.timeout(ANSWER_MS) })
    const body = response.ok ? tryParse(await response.text()) : undefined
    return isObject(body) ? body : undefined
  } catch {
    return undefined
  }
}
