/**
 * Reads command lines.
 *
 * @module
 */
import { parseArgs } from 'node:util'
import { didYouMean } from '../config/suggest.ts'
import { COMMON_FLAGS } from './commands.ts'
import { misuse, type Call, type Command, type Flag } from './command.ts'

export const flagsOf = (command: Command): Readonly<Record<string, Flag>> => ({ ...command.flags, ...COMMON_FLAGS })

/** Reads what stands behind a command's name. @throws CommandError for what cannot be understood */
export function readCall(command: Command, given: readonly string[]): Call {
  const known = flagsOf(command)
  const own = command.passes ? ownPart(given, known) : given.length
  const { tokens } = parseArgs({
    args: given.slice(0, own),
    strict: false,
    tokens: true,
    options: Object.fromEntries(
      Object.entries(known).map(([name, { takes, short }]) => [name, { type: takes ? 'string' : 'boolean', ...(short && { short }) }]),
    ),
  })
  const flags: Record<string, string | undefined> = {}
  const args: string[] = []
  for (const token of tokens) {
    if (token.kind === 'positional') args.push(token.value)
    if (token.kind !== 'option') continue
    const { name, rawName, value, inlineValue } = token
    const flag = Object.hasOwn(known, name) ? known[name]! : undefined
    if (!flag) throw misuse(`${command.name} has no flag ${rawName}.${suggestion(rawName, known)}`, command.name)
    if (!flag.takes && value !== undefined) throw misuse(`${rawName} takes no value.`, command.name)
    if (flag.takes && (!value || (!inlineValue && /^-./.test(value))))
      throw misuse(`${rawName} takes a value: ${flag.takes}.`, command.name)
    if (flag.choices && !flag.choices.includes(value!))
      throw misuse(`${rawName} takes ${flag.choices.join(', ')}, not "${value}".${didYouMean(value!, flag.choices)}`, command.name)
    if (flags[name] !== undefined && flag.takes && !flag.many) throw misuse(`${rawName} was given twice.`, command.name)
    flags[name] = flag.many && flags[name] !== undefined ? `${flags[name]}\n${value}` : (value ?? '')
  }
  const passed = given.slice(own + (given[own] === '--' ? 1 : 0))
  const [least, most] = command.passes ? [0, Infinity] : (command.arity ?? [0, 0])
  if (flags.help === undefined && args.length < least) throw misuse(`${command.name} takes an argument: ${command.args}.`, command.name)
  if (args.length > most)
    throw misuse(`${command.name} takes ${most ? `no more arguments: "${args[most]}"` : `no argument "${args[0]}"`}.`, command.name)
  return { flags, args: command.passes ? passed : args }
}

/** How many of the arguments are our own, before those of a program: our flags by their long names, with their values. */
function ownPart(given: readonly string[], known: Readonly<Record<string, Flag>>): number {
  let at = 0
  while (at < given.length) {
    const [, name, value] = /^--([\w-]+)(=.*)?$/.exec(given[at]!) ?? []
    if (name === undefined || !Object.hasOwn(known, name)) break
    at += known[name]!.takes && value === undefined ? 2 : 1
  }
  return Math.min(at, given.length)
}

function suggestion(asked: string, known: Readonly<Record<string, Flag>>): string {
  const found = didYouMean(asked.replace(/^-+/, ''), Object.keys(known))
  return found.replace('"', '"--')
}

/** A whole number in a range. @throws CommandError */
export function numberFlag(call: Call, name: string, least: number, most: number): number | undefined {
  const text = call.flags[name]
  if (text === undefined) return undefined
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
  if (!(value >= least && value <= most)) throw misuse(`--${name} takes a number from ${least} to ${most}, not "${text}".`)
  return value
}

/** `--port` and `--host` of what listens. @throws CommandError */
export function listenFlags(call: Call): { host?: string; port?: number } {
  const host = call.flags.host?.replace(/^\[(.*)\]$/, '$1')
  if (host !== undefined && !/^[\w.:-]+$/.test(host)) throw misuse(`--host takes a host name or an address, not "${host}".`)
  const port = numberFlag(call, 'port', 0, 65_535)
  return { ...(host !== undefined && { host }), ...(port !== undefined && { port }) }
}
