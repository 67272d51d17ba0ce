/**
 * `backup`: makes, lists and restores backups, and tries the server that they go to.
 *
 * @module
 */
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { didYouMean } from '../config/suggest.ts'
import { usualPath } from '../config/find.ts'
import { ConfigError } from '../config/problem.ts'
import type { BackupPart, Backups, RemoteBackup, RestoreMode } from '../backup/backups.ts'
import { CommandError, misuse, type Call } from './command.ts'
import { configPath, readConfigInUse } from './config-in-use.ts'
import { openBackups } from './open-backups.ts'
import { columns, print, printJson, say } from './terminal.ts'

type Act = (backups: Backups, call: Call) => Promise<{ data: unknown; text: readonly string[] }>

const ACTS: Readonly<Record<string, Act>> = {
  async now(backups) {
    const made = await backups.make()
    const files = made.files.map(({ path }) => path).join(', ')
    return {
      data: made,
      text: [
        `Backed up: ${made.file} (${sizeText(made.size)}): ${files}.`,
        ...(made.removed.length ? [`Removed at the server: ${made.removed.join(', ')}.`] : []),
        ...(made.sealed
          ? []
          : ['It is not encrypted: keys that stand in the configuration can be read at the server. "backup.passphrase" encrypts.']),
      ],
    }
  },
  async list(backups) {
    const { remote, local } = await backups.list()
    const last = remote ? await backups.last() : {}
    return {
      data: { ...(remote && { remote, last }), local },
      text: [
        ...(remote ? [remote.length ? 'At the server:' : 'There is no backup at the server yet.', ...columns(remote.map(row))] : []),
        ...(last.failure === undefined ? [] : [`The last try failed: ${last.failure}`]),
        ...(local.length ? ['Versions of the configuration on this machine:', ...local.map(({ file }) => `  ${file}`)] : []),
        ...(remote || local.length
          ? []
          : ['There is nothing: no server is configured ("backup.url"), and the configuration was not changed yet.']),
      ],
    }
  },
  async restore(backups, { args: [, name], flags }) {
    const restored = await backups.restore({
      ...(name !== undefined && { name }),
      ...(flags.mode !== undefined && { mode: flags.mode as RestoreMode }),
      ...(flags.only !== undefined && { only: flags.only as BackupPart }),
      force: flags.force !== undefined,
    })
    const { config, ledger } = restored
    return {
      data: restored,
      text: [
        `From ${restored.name}:`,
        ...(config
          ? [
              config.added.length
                ? `  added to ${config.path}: ${config.added.join(', ')}`
                : config.changed
                  ? `  ${config.path} is as it was then`
                  : `  ${config.path} lacks nothing of it`,
            ]
          : []),
        ...(config?.before === undefined ? [] : [`  the file before is ${config.before}`]),
        ...(ledger ? [`  ${ledger.added} records came into the ledger`] : []),
        ...(ledger?.before === undefined ? [] : [`  the ledger before is ${ledger.before}`]),
      ],
    }
  },
  async test(backups) {
    const { url, ms } = await backups.test()
    return { data: { ok: true, url, ms }, text: [`${url} takes and gives files (${ms} ms).`] }
  },
}

export async function run(call: Call): Promise<void> {
  const [name = 'now', ...more] = call.args
  const act = Object.hasOwn(ACTS, name) ? ACTS[name]! : undefined
  if (!act) throw misuse(`backup takes ${Object.keys(ACTS).join(', ')}, not "${name}".${didYouMean(name, Object.keys(ACTS))}`, 'backup')
  if (more.length && name !== 'restore') throw misuse(`backup ${name} takes no argument "${more[0]}".`, 'backup')
  if (name !== 'restore')
    for (const flag of ['mode', 'only', 'force'])
      if (call.flags[flag] !== undefined) throw misuse(`backup ${name} takes no --${flag}.`, 'backup')
  const { data, text } = await act(await backupsFor(call, name === 'restore'), call).catch((error: unknown) => {
    if (!(error instanceof ConfigError)) throw error
    throw new CommandError(`Nothing was restored. ${error.message}\nSet what is missing, or restore it all the same with --force.`)
  })
  if (call.flags.json !== undefined) printJson(data)
  else print(text.join('\n'))
}

/**
 * Where there is no configuration file yet, or one that cannot be used, variables may tell the server, and what is restored becomes the file.
 */
async function backupsFor(call: Call, restores: boolean): Promise<Backups> {
  const found = configPath(call)
  const path = found ?? (restores ? resolve(usualPath({ variables: process.env })) : undefined)
  const { config, options } = await readConfigInUse(call).catch(async (error: unknown) => {
    if (!restores || !(error instanceof ConfigError)) throw error
    if (existsSync(path!)) say(error.message)
    const { loadEnvironment } = await import('../config/load-environment.ts')
    return { ...(await loadEnvironment(process.env)), options: {} }
  })
  return openBackups({ config: () => config, path, load: options })
}

const row = ({ file, size, sealed }: RemoteBackup): string[] => [
  `  ${file}`,
  size === undefined ? '' : sizeText(size),
  sealed ? 'encrypted' : '',
]

const UNITS = ['B', 'KB', 'MB', 'GB'] as const

function sizeText(bytes: number): string {
  const power = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), UNITS.length - 1)
  const amount = bytes / 1000 ** power
  return `${power && amount < 10 ? amount.toFixed(1) : Math.round(amount)} ${UNITS[power]}`
}
