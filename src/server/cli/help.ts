/**
 * Help, made from the table of commands. Every page fits a screen of 80 by 24.
 *
 * @module
 */
import { COMMANDS } from './commands.ts'
import { flagsOf } from './arguments.ts'
import type { Command, Flag } from './command.ts'

/** Topics that are no commands. */
export const TOPICS: Readonly<Record<string, string>> = {
  config: `The configuration is the first of these that is there:

  1. --config FILE
  2. the file that CC_ROUTE_CONFIG names
  3. ~/.config/cc-route/config.jsonc, .json, .toml, .yaml or .yml
  4. the same in /etc/cc-route
  5. the API keys in the environment, an endpoint for each
  6. a demo provider, which needs no key

"cc-route init" writes the third. It says, in short:

  {
    "endpoints": {
      "openai": { "apiKey": "$OPENAI_API_KEY" },
      "local": { "protocol": "openai", "baseUrl": "http://localhost:8080/v1" }
    },
    "routes": { "default": "openai" }
  }
`,
}

export function overview(): string {
  const row = (name: string, summary: string) => `  ${name.padEnd(10)}${summary}`
  const [daily, minor] = [false, true].map((is) => COMMANDS.filter(({ isMinor = false }) => isMinor === is))
  const rows = [...daily!.map(({ name, summary }) => row(name, summary)), row('also', minor!.map(({ name }) => name).join(', '))]
  return `cc-route: use any LLM provider from any client

Usage: cc-route COMMAND [FLAGS]        cc-route COMMAND --help tells more

${rows.join('\n')}
`
}

export function helpOf(command: Command): string {
  // Short flags are those of the program that is run.
  const flags = Object.entries(flagsOf(command)).map(([name, flag]) => [flagText(name, flag, command.passes), flag] as const)
  const width = Math.max(...flags.map(([text]) => text.length)) + 2
  return [
    `cc-route ${command.name}: ${command.summary}`,
    '',
    `Usage: cc-route ${command.name} [FLAGS]${command.args === undefined ? '' : ` ${command.args}`}`,
    '',
    ...flags.flatMap(([text, { summary, choices }]) => wrapped(text, width, choices ? `${choices.join(', ')}; ${summary}` : summary)),
    ...(command.notes ? ['', ...command.notes.flatMap((note) => wrapped('', 0, note))] : []),
    '',
  ].join('\n')
}

function flagText(name: string, { short, takes }: Flag, isLong = false): string {
  return `  ${isLong ? '' : short ? `-${short}, ` : '    '}--${name}${takes ? ` ${takes}` : ''}`
}

const SCREEN = 80

function wrapped(head: string, width: number, text: string): string[] {
  const lines = ['']
  for (const word of text.split(' ')) {
    const line = lines.at(-1)!
    if (line && width + line.length + 1 + word.length > SCREEN) lines.push(word)
    else lines[lines.length - 1] = line ? `${line} ${word}` : word
  }
  return lines.map((line, index) => (index ? ' '.repeat(width) : head.padEnd(width)) + line)
}
