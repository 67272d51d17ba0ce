/**
 * A server at work, as `serve` and `code` run it: the configuration, its changes, and the log.
 *
 * @module
 */
import type { Fetch } from '../../router/fetch.ts'
import type { Config } from '../config/settle.ts'
import { fileStore } from '../config/store.ts'
import { serverBudgets } from '../budgets/lazy-store.ts'
import { watchConfig } from '../config/watch.ts'
import { gateway, type Gateway } from '../gateway.ts'
import type { Archive } from '../ledger/archives.ts'
import { serverLedger } from '../ledger/lazy-ledger.ts'
import { openLog, type Log } from '../log/log.ts'
import { createRedactor } from '../log/redact.ts'
import { livePrices } from '../prices.ts'
import type { ClientKey } from '../safety/auth.ts'
import { randomToken } from '../../core/digest.ts'
import { serve, type Served, type ServeOptions } from '../serve.ts'
import type { ConfigInUse } from './config-in-use.ts'
import { settleSoon } from './engine.ts'
import { explained } from './failure.ts'
import { createFetchFor } from './fetch-for.ts'
import { serverBackups } from './server-backups.ts'
import { logFileOf } from './state-folder.ts'

export interface OpenServer extends Served {
  /** Tells it from every other server, at `/health`. */
  instance: string
  /** A key that is known to this machine's user alone; absent while the server has asked for none. */
  readonly token?: string | undefined
  /** Reads the configuration again. */
  reload(): Promise<void>
}

export interface OpenServerOptions {
  /** Where the log goes where the configuration does not say. Default: standard error. */
  logFile?: string
  /** Only who has the token may use it. */
  isPrivate?: boolean
  /** Called when there is a token, which may be later than the server: with the first key of a client. */
  onToken?(): void
}

export async function openServer(used: ConfigInUse, options: OpenServerOptions = {}): Promise<OpenServer> {
  const { logFile, isPrivate = false, onToken } = options
  const { config, isEmpty } = used
  const redact = createRedactor()
  const log = openLog({ ...logOptions(used, logFile), redact })
  const instance = newInstance()
  let token: string | undefined
  const made = (): string => {
    if (token === undefined) {
      redact.add('token', (token = `ccr_${randomToken(32)}`))
      onToken?.()
    }
    return token
  }
  // Where nobody needs a key this user's programs need none, and to make random bytes would take time before the server listens.
  const keys = ({ server: { keys = [] } }: Config): ClientKey[] =>
    keys.length || isPrivate ? [{ name: nameBeside(keys), key: made() }] : []
  const work = isEmpty ? await demoWork(config, keys(config)) : configuredWork(used, { log, redact, instance, isPrivate, keys })
  const { host = '127.0.0.1', port = 3456 } = config.server
  const given = defined(config.server, ['graceMs', 'leaveMs', 'limits'])
  const served = await serve(work.fetch, { ...given, ...work.serving, hostname: host, port, instance, log, redact })
  settleSoon()
  work.begin?.()
  return {
    ...served,
    instance,
    get token() {
      return token
    },
    reload: async () => work.reload?.(),
    async close() {
      work.end?.()
      await served.close()
      await work.close?.()
      await log.close()
    },
  }
}

/** A name and no secret: loading what makes random bytes takes longer than the rest of this file. */
const newInstance = (): string => `${process.pid}-${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`

/** What this user's own programs are called, in the ledger and elsewhere: a client of that name keeps it. */
function nameBeside(keys: readonly ClientKey[]): string {
  const isTaken = (name: string) => keys.some((key) => key.name === name)
  let name = 'local'
  for (let i = 2; isTaken(name); i++) name = `local-${i}`
  return name
}

/** What is served, and what goes on beside it. */
interface Work {
  fetch: Fetch
  serving?: ServeOptions
  begin?(): void
  reload?(): Promise<void>
  end?(): void
  /** When the last request has been answered. */
  close?(): Promise<void>
}

interface WorkParts {
  log: Log
  redact: ReturnType<typeof createRedactor>
  instance: string
  isPrivate: boolean
  keys(config: Config): readonly ClientKey[]
}

function configuredWork(used: ConfigInUse, parts: WorkParts): Work {
  const { config, source, path, snapshot, options } = used
  const { log, redact, isPrivate } = parts
  const store = path === undefined ? {} : { store: fileStore(path, options) }
  const backups = serverBackups({ config: () => fetch.config, path, load: options }, log)
  const ledger =
    config.ledger === false
      ? undefined
      : serverLedger({ ledger: config.ledger, configPath: path, prices: livePrices(() => fetch.config), redact, log })
  const budgets = serverBudgets({ ledger: config.ledger || undefined, configPath: path, log })
  const fetch: Gateway = gateway(snapshot ?? { config }, {
    ...parts,
    ...store,
    budgets,
    ...(ledger && { ledger }),
    backups,
    archives: () => archivesOf(used),
    variables: process.env,
    fetchFor: createFetchFor(process.env),
  })
  const over = new AbortController()
  let watch: ReturnType<typeof watchConfig> | undefined
  return {
    fetch,
    begin() {
      fetch.watch(over.signal)
      // What runs beside a client for a while leaves that to the server that stays.
      if (!isPrivate) backups.schedule()
      if (!snapshot) return
      watch = watchConfig(
        snapshot.path,
        (next) => {
          fetch.use(next)
          if (!isPrivate) backups.schedule()
          log.info(`${source} has changed, and is in use.`)
          if (fixed(next.config) !== fixed(config))
            log.warn('What "server" says of host, port and ending, "log" and "ledger" takes a restart.')
        },
        (error) => log.error(`${explained(error).text}\nThe configuration before it stays in use.`),
        { ...options, current: snapshot },
      )
    },
    reload: async () => watch?.reload(),
    end() {
      over.abort()
      backups.end()
      watch?.close()
    },
    async close() {
      await ledger?.close()
      await budgets.close()
    },
  }
}

async function archivesOf(used: ConfigInUse): Promise<Archive[]> {
  const [{ listArchives }, { archiveFolder }] = await Promise.all([import('../ledger/archives.ts'), import('./open-ledger-store.ts')])
  return listArchives(archiveFolder(used))
}

/** What a server that runs does not change. */
const fixed = ({ server: { host, port, graceMs, leaveMs }, log, ledger }: Config): string =>
  JSON.stringify([host, port, graceMs, leaveMs, log, ledger])

async function demoWork({ server }: Config, own: readonly ClientKey[]): Promise<Work> {
  const { createDemo } = await import('../demo/demo.ts')
  const keys = [...(server.keys ?? []), ...own]
  return {
    fetch: createDemo({ delayMs: 15 }),
    serving: {
      ...defined(server, ['hosts', 'origins', 'trustedProxies']),
      ...(keys.length && { keys }),
      models: [{ id: 'demo', title: 'cc-route demo' }],
    },
  }
}

const defined = <T extends object, K extends keyof T>(fields: T, names: readonly K[]): { [Name in K]?: NonNullable<T[Name]> } =>
  Object.fromEntries(names.flatMap((name) => (fields[name] === undefined ? [] : [[name, fields[name]]]))) as {
    [Name in K]?: NonNullable<T[Name]>
  }

/** A server whose configuration names no file writes to `usual`. */
function logOptions(used: ConfigInUse, usual: string | undefined) {
  const { bodies: _bodies, file, ...log } = used.config.log ?? {}
  const path = file === undefined ? usual : logFileOf(used)
  return { ...log, ...(path !== undefined && { file: path }) }
}
