/**
 * What a starting server tells people. Never a key.
 *
 * @module
 */
import { isLoopback } from '../safety/guard.ts'
import { KEY_VARIABLES } from '../environment.ts'
import type { Setup } from '../setup.ts'
import { version } from '../version.ts'

/** @param setup absent: the demo provider answers */
export function banner(options: { url: string; host: string; setup?: Setup; source: string }): string {
  const { url, host, setup, source } = options
  const lines = [`cc-route ${version} listens on ${url}`, '', ...(setup ? endpointLines(setup, source) : DEMO_LINES), '']
  if (!isLoopback(host)) lines.push(...exposedLines(host), '')
  lines.push(
    'Point Claude Code at it, then run claude:',
    '',
    `  export ANTHROPIC_BASE_URL=${url}`,
    '  export ANTHROPIC_AUTH_TOKEN=cc-route',
    '',
  )
  return lines.join('\n')
}

function endpointLines({ endpoints, default: first }: Setup, source: string): string[] {
  const rows = endpoints.map(({ name, protocol, baseUrl, model, keyFrom }) => [
    name === first ? `* ${name}` : `  ${name}`,
    protocol,
    withoutSecrets(baseUrl),
    model ?? "the client's model",
    keyFrom ? `key: ${keyFrom}` : 'no key',
  ])
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  return [
    `Endpoints from ${source} (* is the default):`,
    '',
    ...rows.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column]!)).join('  ')}`.trimEnd()),
    ...(endpoints.length > 1 ? ['', 'A client picks another one with a model named NAME/MODEL.'] : []),
  ]
}

const DEMO_LINES = [
  'No API key was found: the built-in demo provider answers, with tool calls but without a model.',
  `Keys are read from --config FILE, or from ${KEY_VARIABLES.slice(0, 4).join(', ')} …`,
]

const exposedLines = (host: string): string[] => [
  '!'.repeat(72),
  `WARNING: listening on ${host}, which other machines can reach. Anyone who`,
  'reaches it uses your keys: no password is asked. Use --host 127.0.0.1.',
  '!'.repeat(72),
]

function withoutSecrets(baseUrl: string): string {
  const { origin, pathname } = new URL(baseUrl)
  return origin + pathname.replace(/\/$/, '')
}
