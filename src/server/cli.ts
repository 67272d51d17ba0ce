#!/usr/bin/env node
/**
 * The command.
 *
 * @module
 */
import { createApp } from './app.ts'
import { HELP, readArguments, UsageError, type Command } from './cli/arguments.ts'
import { banner } from './cli/banner.ts'
import { findConfig } from './config/find.ts'
import { loadConfig } from './config/load.ts'
import { ConfigError, problemText } from './config/problem.ts'
import { setupOf } from './config/setup-of.ts'
import { createDemo } from './demo.ts'
import { readEnvironment } from './environment.ts'
import { createNodeFetch } from './node-fetch.ts'
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
  const snapshot = path === undefined ? undefined : await loadConfig(path)
  for (const warning of snapshot?.warnings ?? []) process.stderr.write(`cc-route: warning: ${problemText(warning, path!)}\n`)
  const { host = '127.0.0.1', port = 3456 } = { ...snapshot?.config.server, ...given(flags) }
  const setup = snapshot ? setupOf(snapshot.config) : readEnvironment(process.env, port)
  const { fetch, models } = setup
    ? createApp(setup, { fetch: isNode ? createNodeFetch() : undefined })
    : { fetch: createDemo({ delayMs: 15 }), models: [{ id: 'demo', title: 'cc-route demo' }] }
  const served = await serve(fetch, { hostname: host, port, models })

  let asked = false
  const stop = () => {
    // Asked a second time, nobody wants to wait.
    if (asked) process.exit(130)
    asked = true
    void served.close().then(() => process.exit(0))
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
  process.stdout.write(banner({ url: served.url, host, setup, source: path ?? 'the environment' }))
}

/** The flags that were given. */
const given = ({ host, port }: { host?: string; port?: number }) => ({
  ...(host !== undefined && { host }),
  ...(port !== undefined && { port }),
})

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
