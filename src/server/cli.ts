#!/usr/bin/env node
/**
 * The command.
 *
 * @module
 */
import { readFileSync } from 'node:fs'
import { createApp } from './app.ts'
import { HELP, readArguments, UsageError, type Command } from './cli/arguments.ts'
import { banner } from './cli/banner.ts'
import { ConfigError, parseConfig } from './config.ts'
import { createDemo } from './demo.ts'
import { readEnvironment } from './environment.ts'
import { createNodeFetch } from './node-fetch.ts'
import { serve } from './serve.ts'
import type { Setup } from './setup.ts'
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

async function start({ config, host, port }: Extract<Command, { name: 'serve' }>): Promise<void> {
  const setup = config === undefined ? readEnvironment(process.env, port) : readConfigFile(config)
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
  process.stdout.write(banner({ url: served.url, host, setup, source: config ?? 'the environment' }))
}

function readConfigFile(path: string): Setup {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    throw new ConfigError([`it cannot be read: ${(error as Error).message}`], path)
  }
  return parseConfig(text, { source: path, variables: process.env })
}

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
