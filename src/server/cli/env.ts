/** `env`. @module */
import { basename } from 'node:path'
import { serverFor } from './choose-server.ts'
import { CLIENTS, environmentFor, NO_KEY } from './clients.ts'
import { misuse, type Call } from './command.ts'
import { readConfigInUse } from './config-in-use.ts'
import { print, printJson, say } from './terminal.ts'

interface Shell {
  set(name: string, value: string): string
  unset(name: string): string
}

const SHELLS: Readonly<Record<string, Shell>> = {
  sh: { set: (name, value) => `export ${name}='${value.replaceAll("'", String.raw`'\''`)}'`, unset: (name) => `unset ${name}` },
  fish: {
    set: (name, value) => `set -gx ${name} '${value.replaceAll(/[\\']/g, String.raw`\$&`)}';`,
    unset: (name) => `set -e ${name};`,
  },
  powershell: {
    set: (name, value) => `$env:${name} = '${value.replaceAll("'", "''")}'`,
    unset: (name) => `Remove-Item Env:${name} -ErrorAction SilentlyContinue`,
  },
}

export async function run(call: Call): Promise<void> {
  const client = call.args[0] ?? 'claude'
  if (client !== 'all' && !Object.hasOwn(CLIENTS, client))
    throw misuse(`env takes ${[...Object.keys(CLIENTS), 'all'].join(', ')}, not "${client}".`, 'env')
  const address = await addressFor(call)
  const { set, unset } = environmentFor(client, address, process.env)
  const args = CLIENTS[client]?.args?.(address) ?? []
  if (call.flags.json !== undefined) return printJson({ set, unset, args })
  const shell = SHELLS[call.flags.shell ?? usualShell()]!
  print([...unset.map(shell.unset), ...Object.entries(set).map(([name, value]) => shell.set(name, value))].join('\n'))
  if (args.length) say(`${client} takes its provider from arguments: cc-route run -- ${client}`)
}

async function addressFor(call: Call): Promise<{ url: string; key: string }> {
  const server = await serverFor(call)
  if (server) return { url: server.url, key: server.token ?? NO_KEY }
  const { config } = await readConfigInUse(call)
  say('No server is running yet. Start one: cc-route start')
  const key = config.server.keys?.find(({ key }) => !key.startsWith('sha256:'))?.key
  return { url: `http://127.0.0.1:${config.server.port ?? 3456}`, key: key ?? NO_KEY }
}

function usualShell(): string {
  const name = basename(process.env.SHELL ?? '')
  if (name === 'fish') return 'fish'
  return name.startsWith('pwsh') || (!name && process.platform === 'win32') ? 'powershell' : 'sh'
}
