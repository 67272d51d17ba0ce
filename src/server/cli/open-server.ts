/**
 * A server at work, as `serve` and `code` run it: the configuration, its changes, and the log.
 *
 * @module
 */
import { randomBytes, randomUUID } from 'node:crypto'
import { watchConfig } from '../config/watch.ts'
import type { Config } from '../config/settle.ts'
import { createLive } from '../live.ts'
import { logBodies } from '../log/bodies.ts'
import { openLog, type Log, type LogOptions } from '../log/log.ts'
import { createRedactor } from '../log/redact.ts'
import type { ClientKey } from '../safety/auth.ts'
import { serve, type Served } from '../serve.ts'
import type { ConfigInUse } from './config-in-use.ts'
import { explained } from './failure.ts'
import { createFetchFor } from './fetch-for.ts'
import { logFileOf } from './state-folder.ts'

export interface OpenServer extends Served {
  /** Tells it from every other server, at `/health`. */
  instance: string
  /** A key that is known to this machine's user alone; absent where the server asks for none. */
  token?: string
  log: Log
  /** Reads the configuration again. */
  reload(): Promise<void>
}

export interface OpenServerOptions {
  /** Where the log goes where the configuration does not say. Default: standard error. */
  logFile?: string
  /** Only who has the token may use it. */
  isPrivate?: boolean
}

export async function openServer(used: ConfigInUse, { logFile, isPrivate = false }: OpenServerOptions = {}): Promise<OpenServer> {
  const { config, path, snapshot, options, isEmpty } = used
  const redact = createRedactor()
  learnSecrets(config, redact.add)
  const log = openLog({ ...logOptions(used, logFile), redact })
  const live = createLive(config, { fetchFor: createFetchFor(process.env) })
  const app = isEmpty ? await demoApp() : live
  const instance = randomUUID()
  const token = config.server.keys || isPrivate ? `ccr_${randomBytes(32).toString('base64url')}` : undefined
  if (token !== undefined) redact.add('token', token)
  const keys: ClientKey[] | undefined =
    token === undefined ? undefined : [...(isPrivate ? [] : config.server.keys!), { name: 'local', key: token }]
  const { host = '127.0.0.1', port = 3456, hosts, origins, trustedProxies, limits, graceMs, leaveMs } = config.server
  const given = defined({ keys, hosts, origins, trustedProxies, limits, graceMs, leaveMs })
  const answer = config.log?.bodies ? logBodies(app.fetch, log) : app.fetch
  const served = await serve(answer, { ...given, hostname: host, port, models: app.models, instance, log, redact })

  const stopped = new AbortController()
  live.watch(stopped.signal)
  const watch =
    snapshot &&
    watchConfig(
      path!,
      (next) => {
        learnSecrets(next.config, redact.add)
        live.use(next.config)
        log.info(`${used.source} has changed, and is in use.`)
        if (!sameServer(config, next.config)) log.warn('"server" and "log" have changed: that takes a restart.')
      },
      (error) => log.error(`${explained(error).text}\nThe configuration before it stays in use.`),
      { ...options, current: snapshot },
    )
  return {
    ...served,
    instance,
    ...(token !== undefined && { token }),
    log,
    reload: async () => watch?.reload(),
    async close() {
      watch?.close()
      stopped.abort()
      await served.close()
      await log.close()
    },
  }
}

/** A server whose configuration names no file writes to `usual`. */
function logOptions(used: ConfigInUse, usual: string | undefined): LogOptions {
  const { bodies: _bodies, file, ...log } = used.config.log ?? {}
  return defined({ ...log, file: file === undefined ? usual : logFileOf(used) })
}

const sameServer = (a: Config, b: Config): boolean => JSON.stringify([a.server, a.log]) === JSON.stringify([b.server, b.log])

function learnSecrets({ endpoints, server }: Config, add: (name: string, secret: string) => void): void {
  for (const [name, { keys, headers = {} }] of Object.entries(endpoints)) {
    keys.forEach(({ key }, index) => add(keys.length > 1 ? `${name} key-${index + 1}` : `${name} key`, key))
    for (const [header, value] of Object.entries(headers)) add(`${name} ${header}`, value)
  }
  for (const { name, key } of server.keys ?? []) add(`key of ${name}`, key)
}

async function demoApp() {
  const { createDemo } = await import('../demo/demo.ts')
  return { fetch: createDemo({ delayMs: 15 }), models: [{ id: 'demo', title: 'cc-route demo' }] }
}

const defined = <T extends object>(fields: T): T =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T
