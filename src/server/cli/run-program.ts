/**
 * Runs a client's program with a server: one that is running, or one of its own, which ends with it.
 *
 * @module
 */
import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { basename } from 'node:path'
import { serverFor } from './choose-server.ts'
import { settingsOver } from './claude-settings.ts'
import { CLIENTS, environmentFor, NO_KEY, type Address } from './clients.ts'
import { CommandError, EXIT, type Call } from './command.ts'
import { readConfigInUse } from './config-in-use.ts'
import { findProgram } from './find-program.ts'
import { geminiAdvice } from './gemini-settings.ts'
import { openServer } from './open-server.ts'
import { logFileOf } from './state-folder.ts'
import { say } from './terminal.ts'

/** Resolves with the program's exit code, as a shell has it. @throws CommandError where it is not there */
export async function runProgram(call: Call, program: string, args: readonly string[]): Promise<number> {
  const name = basename(program).replace(/\.(exe|cmd|bat)$/i, '')
  const client = Object.hasOwn(CLIENTS, name) ? CLIENTS[name] : undefined
  const path = findProgram(program, client?.places)
  if (path === undefined)
    throw new CommandError(
      `${client?.title ?? program} was not found: no program "${program}" is on the PATH.${client ? ` Install it: ${client.install}` : ''}`,
      EXIT.noProgram,
    )
  const there = await serverFor(call)
  const own = there ? undefined : await ownServer(call)
  const address: Address = { url: (there ?? own)!.url, key: (there ?? own)!.token ?? NO_KEY }
  const change = environmentFor(name, address, process.env)
  const advice = name === 'gemini' ? geminiAdvice() : undefined
  if (advice) say(advice)
  const settings = name === 'claude' ? settingsOver(change, args) : undefined
  try {
    const env: NodeJS.ProcessEnv = { ...process.env, ...change.set }
    for (const name of change.unset) delete env[name]
    return await spawned(path, [...(client?.args?.(address) ?? []), ...(settings?.args ?? []), ...args], env)
  } finally {
    settings?.remove()
    await own?.close()
  }
}

/** On a port of its own, for nobody else, and silent: the screen is the program's. */
async function ownServer(call: Call) {
  const used = await readConfigInUse(call)
  if (used.isEmpty) say('No API key was found: the built-in demo provider answers. See: cc-route init')
  const server = { ...used.config.server, host: '127.0.0.1', port: 0, leaveMs: 0, graceMs: 0 }
  return openServer({ ...used, config: { ...used.config, server } }, { logFile: logFileOf(used), isPrivate: true })
}

const PASSED_ON = ['SIGTERM', 'SIGHUP', 'SIGQUIT'] as const

function spawned(path: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  return new Promise((resolve, reject) => {
    const { file, given, verbatim } = commandLine(path, args)
    const child = spawn(file, given, { stdio: 'inherit', env, windowsVerbatimArguments: verbatim })
    const pass = (signal: NodeJS.Signals) => void child.kill(signal)
    // A terminal tells the program itself.
    const ignore = () => {}
    process.on('SIGINT', ignore)
    for (const signal of PASSED_ON) process.on(signal, pass)
    const over = () => {
      process.off('SIGINT', ignore)
      for (const signal of PASSED_ON) process.off(signal, pass)
    }
    child.once('error', (error) => {
      over()
      reject(new CommandError(`${path} cannot be run: ${error.message}`, EXIT.noProgram))
    })
    child.once('exit', (code, signal) => {
      over()
      resolve(code ?? EXIT.signalled + (signal ? constants.signals[signal] : 0))
    })
  })
}

/** Windows runs scripts by its shell alone. */
function commandLine(path: string, args: readonly string[]): { file: string; given: readonly string[]; verbatim: boolean } {
  if (process.platform !== 'win32' || !/\.(cmd|bat)$/i.test(path)) return { file: path, given: args, verbatim: false }
  const quoted = [path, ...args].map((arg) => `"${arg.replaceAll('"', '""')}"`).join(' ')
  return { file: process.env.ComSpec ?? 'cmd.exe', given: ['/d', '/s', '/c', `"${quoted}"`], verbatim: true }
}
