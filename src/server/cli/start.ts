/** `start`. @module */
import { startInBackground, toldOf } from './background.ts'
import type { Call } from './command.ts'
import { readConfigInUse } from './config-in-use.ts'
import { runningServers } from './servers.ts'
import { logFileOf } from './state-folder.ts'
import { print } from './terminal.ts'

export async function run(call: Call): Promise<void> {
  const used = await readConfigInUse(call)
  const { port = 3456 } = used.config.server
  const there = (await runningServers()).find((server) => server.port === port)
  if (there) return print(`${toldOf(there)} already.`)
  const server = await startInBackground(call.flags, used)
  print(`${toldOf(server)}.\nLog: ${logFileOf(used)}`)
}
