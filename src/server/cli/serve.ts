/**
 * `serve`: answers clients until it is told to stop.
 *
 * @module
 */
import { isatty } from 'node:tty'
import { setupOf } from '../config/setup-of.ts'
import { banner } from './banner.ts'
import type { Call } from './command.ts'
import { readConfigInUse } from './config-in-use.ts'
import { openServer } from './open-server.ts'
import { recordServer } from './servers.ts'

export async function run(call: Call): Promise<void> {
  const used = await readConfigInUse(call)
  let renew = () => {}
  const server = await openServer(used, { onToken: () => renew() })
  const note = recordServer(server, used, call.flags)
  renew = note.renew

  let asked = false
  const stop = () => {
    // Asked a second time, nobody wants to wait.
    if (asked) process.exit(130)
    asked = true
    note.remove()
    void server.close().then(() => process.exit(0))
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
  // A terminal that is closed says the same to what it runs as those who want a background server to read its configuration again.
  process.on('SIGHUP', isatty(0) ? stop : () => void server.reload())
  process.on('exit', note.remove)
  const { host = '127.0.0.1' } = used.config.server
  process.stdout.write(banner({ url: server.url, host, setup: used.isEmpty ? undefined : setupOf(used.config), source: used.source }))
}
