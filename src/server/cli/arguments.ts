/**
 * What the command line asks for.
 *
 * @module
 */
import { parseArgs } from 'node:util'

export type Command = { name: 'help' } | { name: 'version' } | { name: 'serve'; config?: string; host?: string; port?: number }

/** A command line that cannot be understood; its message says how it is meant. */
export class UsageError extends Error {
  override name = 'UsageError'
}

export const HELP = `cc-route: use any LLM provider from any client

Usage
  cc-route serve [--config FILE] [--host HOST] [--port PORT]

  --config FILE   endpoints and routes, as JSON, TOML or YAML; without it,
                  ~/.config/cc-route/config.*, else the API keys in the
                  environment, or a demo provider where there are none
  --host HOST     address to listen on (default 127.0.0.1)
  --port PORT     port to listen on (default 3456; 0 takes a free one)

  -h, --help      this text
  -v, --version   the version

Configuration file (see docs/config.md)
  {
    "endpoints": {
      "openai": { "apiKey": "$OPENAI_API_KEY" },
      "local": { "protocol": "openai", "baseUrl": "http://localhost:8080/v1" }
    },
    "routes": { "default": "openai" }
  }
  "protocol" is claude, openai, openai-responses or gemini.
`

/** Reads a command line. @throws UsageError */
export function readArguments(args: readonly string[]): Command {
  const { values, positionals } = parse(args)
  if (values.help) return { name: 'help' }
  if (values.version) return { name: 'version' }
  const [command, ...rest] = positionals
  if (command === undefined && !args.length) return { name: 'help' }
  if (command === 'help' || command === 'version') return { name: command }
  if (command !== 'serve')
    throw new UsageError(command === undefined ? 'A command is missing: cc-route serve' : `There is no command "${command}".`)
  if (rest.length) throw new UsageError(`serve takes no argument "${rest[0]}".`)
  return { name: 'serve', config: values.config, host: readHost(values.host), port: readPort(values.port) }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        config: { type: 'string', short: 'c' },
        host: { type: 'string' },
        port: { type: 'string', short: 'p' },
        help: { type: 'boolean', short: 'h' },
        version: { type: 'boolean', short: 'v' },
      },
    })
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}

function readPort(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Infinity
  if (port > 65_535) throw new UsageError(`--port takes a number from 0 to 65535, not "${text}".`)
  return port
}

function readHost(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  const host = text.replace(/^\[(.*)\]$/, '$1')
  if (!/^[\w.:-]+$/.test(host)) throw new UsageError(`--host takes a host name or an address, not "${text}".`)
  return host
}
