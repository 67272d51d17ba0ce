/** `restart`. @module */
import { startInBackground, toldOf } from './background.ts'
import { chooseServer } from './choose-server.ts'
import type { Call } from './command.ts'
import { readConfigInUse } from './config-in-use.ts'
import { stopServer } from './servers.ts'
import { timeoutOf } from './stop.ts'
import { print } from './terminal.ts'

export async function run(call: Call): Promise<void> {
  const server = await chooseServer(call)
  const flags = server ? { ...server.flags, ...(server.config !== undefined && { config: server.config }) } : call.flags
  // One that cannot be used is not worth a server that runs.
  const used = await readConfigInUse({ flags, args: [] })
  if (server) await stopServer(server, timeoutOf(call))
  print(`${toldOf(await startInBackground(flags, used))}.`)
}
