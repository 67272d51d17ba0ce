/** `status`. @module */
import { toldOf } from './background.ts'
import { EXIT, type Call } from './command.ts'
import { configPath } from './config-in-use.ts'
import { runningServers } from './servers.ts'
import { print, printJson } from './terminal.ts'

export async function run(call: Call): Promise<number> {
  const config = call.flags.config === undefined ? undefined : configPath(call)
  const servers = (await runningServers()).filter((server) => config === undefined || server.config === config)
  // The token is for programs that this command starts, and for nobody's screen.
  if (call.flags.json !== undefined) printJson({ servers: servers.map(({ token: _token, flags: _flags, ...server }) => server) })
  else
    print(
      servers.length
        ? servers.map((server) => `${toldOf(server)}, version ${server.version}, since ${server.startedAt}.`).join('\n')
        : 'No server is running. Start one: cc-route start',
    )
  return servers.length ? EXIT.ok : EXIT.notRunning
}
