/**
 * Which of the servers that are running a command is about.
 *
 * @module
 */
import { numberFlag } from './arguments.ts'
import { CommandError, type Call } from './command.ts'
import { configPath } from './config-in-use.ts'
import { runningServers, type ServerRecord } from './servers.ts'

/** The one on `--port`, or with `--config`; else the only one. `undefined` where none is running. @throws CommandError where there are several */
export async function chooseServer(call: Call): Promise<ServerRecord | undefined> {
  const port = numberFlag(call, 'port', 1, 65_535)
  const config = call.flags.config === undefined ? undefined : configPath(call)
  const found = (await runningServers()).filter(
    (server) => (port === undefined || server.port === port) && (config === undefined || server.config === config),
  )
  if (found.length > 1)
    throw new CommandError(`Several servers are running: ${found.map(({ url }) => url).join(', ')}. Say which with --port.`)
  return found[0]
}

/** The server that a client's program is to use: with the same configuration, the latest. `undefined` where none is running. */
export async function serverFor(call: Call): Promise<ServerRecord | undefined> {
  const config = configPath(call)
  return (await runningServers()).findLast((server) => server.config === config)
}
