#!/usr/bin/env node
/**
 * The command.
 *
 * @module
 */
import { readCall } from './cli/arguments.ts'
import { commandNamed, COMMANDS } from './cli/commands.ts'
import { CommandError, EXIT, misuse } from './cli/command.ts'
import { didYouMean } from './config/suggest.ts'

/** Other ways to say it. */
const SPELLINGS: Readonly<Record<string, string>> = { '-h': 'help', '--help': 'help', '-v': 'version', '--version': 'version' }

async function main([given, ...rest]: readonly string[]): Promise<number> {
  const name = given === undefined ? 'help' : (SPELLINGS[given] ?? given)
  if (name === 'help') return help(rest[0])
  const command = commandNamed(name)
  if (!command && name.startsWith('-')) throw misuse('A command is missing, such as: cc-route serve')
  if (!command)
    throw misuse(
      `There is no command "${name}".${didYouMean(
        name,
        COMMANDS.map((known) => known.name),
      )}`,
    )
  const call = readCall(command, rest)
  if (call.flags.help !== undefined) return help(name)
  return (await (await command.load()).run(call)) ?? EXIT.ok
}

async function help(about: string | undefined): Promise<number> {
  const { overview, helpOf, TOPICS } = await import('./cli/help.ts')
  const command = about === undefined ? undefined : commandNamed(about)
  const text = command ? helpOf(command) : about === undefined ? overview() : TOPICS[about]
  if (text === undefined)
    throw misuse(
      `There is no help about "${about}".${didYouMean(
        about!,
        COMMANDS.map((known) => known.name),
      )}`,
    )
  process.stdout.write(text)
  return EXIT.ok
}

// Whoever reads no further (`| head`) wants no more.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? EXIT.ok : EXIT.failed))

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  const { explained } = await import('./cli/failure.ts')
  const { text, code } = error instanceof CommandError ? { text: error.message, code: error.code } : explained(error)
  process.stderr.write(`cc-route: ${text}\n`)
  process.exitCode = code
}
