#!/usr/bin/env node
/**
 * The command.
 *
 * @module
 */
import { HELP, readArguments, UsageError, type Command } from './cli/arguments.ts'
import { banner } from './cli/banner.ts'
import { findConfig } from './config/find.ts'
import { loadEnvironment } from './config/load-environment.ts'
import { loadConfig, type Snapshot } from './config/load.ts'
import type { Override } from './config/overlay.ts'
import { watchConfig } from './config/watch.ts'
import { createLive } from './live.ts'
import { ConfigError, problemText } from './config/problem.ts'
import { setupOf } from './config/setup-of.ts'
import { createDemo } from './demo/demo.ts'
import { createNodeFetch } from './node/fetch.ts'
import { serve } from './serve.ts'
import { version } from './version.ts'

/** Bun and Deno have a fetch of their own that is as fast as it gets. */
const isNode = !process.versions.bun && !('Deno' in globalThis)

const FAILED = 1
const MISUSED = 2

async function main(): Promise<void> {
  const command = readArguments(process.argv.slice(2))
  if (command.name === 'help') return void process.stdout.write(HELP)
  if (command.name === 'version') return void process.stdout.write(`${version}\n`)
  await start(command)
}

async function start(flags: Extract<Command, { name: 'serve' }>): Promise<void> {
  const path = findConfig(flags.config, { variables: process.env })
  const overrides = flagOverrides(flags)
  const snapshot = path === undefined ? undefined : await loadConfig(path, { flags: overrides })
  const source = path ?? 'the environment'
  const { config, warnings, isEmpty } = snapshot ? { ...snapshot, isEmpty: false } : await loadEnvironment(process.env, overrides)
  for (const warning of warnings) say(`warning: ${problemText(warning, source)}`)

  const nodeFetch = isNode ? createNodeFetch({ env: process.env }) : undefined
  const live = createLive(config, nodeFetch && { fetchFor: () => nodeFetch })
  const app = isEmpty ? { fetch: createDemo({ delayMs: 15 }), models: [{ id: 'demo', title: 'cc-route demo' }] } : live
  const { host = '127.0.0.1', port = 3456, keys, hosts, origins, trustedProxies, limits, graceMs, leaveMs } = config.server
  const given = defined({ keys, hosts, origins, trustedProxies, limits, graceMs, leaveMs })
  const served = await serve(app.fetch, { ...given, hostname: host, port, models: app.models })
  if (snapshot) {
    const use = (next: Snapshot) => {
      live.use(next.config)
      say(`${path} has changed, and is in use.`)
    }
    watchConfig(path!, use, (error) => say(`${explain(error).text}\nThe configuration before it stays in use.`), {
      flags: overrides,
      current: snapshot,
    })
  }

  let asked = false
  const stop = () => {
    // Asked a second time, nobody wants to wait.
    if (asked) process.exit(130)
    asked = true
    void served.close().then(() => process.exit(0))
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
  process.stdout.write(banner({ url: served.url, host, setup: isEmpty ? undefined : setupOf(config), source }))
}

const say = (text: string): void => void process.stderr.write(`cc-route: ${text}\n`)

/** What flags say over the file. */
const flagOverrides = ({ host, port }: { host?: string; port?: number }): Override[] => [
  ...(host === undefined ? [] : [{ path: ['server', 'host'], value: host, origin: '--host' }]),
  ...(port === undefined ? [] : [{ path: ['server', 'port'], value: port, origin: '--port' }]),
]

const defined = <T extends object>(fields: T): T =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T

/** An error in words, and the exit code that scripts can tell it by. */
function explain(error: unknown): { text: string; code: number } {
  if (error instanceof UsageError) return { text: `${error.message}\nTry: cc-route --help`, code: MISUSED }
  const { code, address, port } = error as NodeJS.ErrnoException & { address?: string; port?: number }
  const place = address ? ` (${address}:${port})` : ''
  if (code === 'EADDRINUSE')
    return { text: `The port is in use${place}, perhaps by another cc-route. Stop that, or take another with --port.`, code: FAILED }
  if (code === 'EACCES')
    return { text: `Listening is not permitted${place}. Ports below 1024 need special rights: take another with --port.`, code: FAILED }
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return { text: `The address is not one of this machine${place}. Take 127.0.0.1 with --host.`, code: FAILED }
  if (error instanceof ConfigError || error instanceof TypeError) return { text: error.message, code: FAILED }
  return { text: error instanceof Error ? (error.stack ?? error.message) : String(error), code: FAILED }
}

main().catch((error: unknown) => {
  const { text, code } = explain(error)
  process.stderr.write(`cc-route: ${text}\n`)
  process.exitCode = code
})
