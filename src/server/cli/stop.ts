/** `stop`. @module */
import { chooseServer } from './choose-server.ts'
import { numberFlag } from './arguments.ts'
import { EXIT, type Call } from './command.ts'
import { stopServer } from './servers.ts'
import { print } from './terminal.ts'

const TIMEOUT_S = 30

export const timeoutOf = (call: Call): number => (numberFlag(call, 'timeout', 0, 3600) ?? TIMEOUT_S) * 1000

export async function run(call: Call): Promise<number> {
  const server = await chooseServer(call)
  if (!server) {
    print('No server is running.')
    return EXIT.notRunning
  }
  const { killed } = await stopServer(server, timeoutOf(call))
  print(killed ? `The server on ${server.url} did not stop in time, and was killed.` : `The server on ${server.url} has stopped.`)
  return EXIT.ok
}
