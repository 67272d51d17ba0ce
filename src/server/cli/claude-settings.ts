/**
 * Claude Code's own settings may hold an environment, which is stronger than that of its process: many a gateway has written its address
 * there. Settings that are given on the command line are stronger still.
 * @see https://code.claude.com/docs/en/settings
 *
 * @module
 */
import { randomUUID } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { isObject, tryParse } from '../../core/json.ts'
import type { EnvironmentChange } from './clients.ts'
import { stateFolder } from './state-folder.ts'
import { say } from './terminal.ts'

/**
 * Where settings say otherwise than `change`: arguments that have Claude Code do as it says, and what to call in the end. The key stands in
 * a file that nobody else can read, since everybody can read command lines.
 */
export function settingsOver({ set, unset }: EnvironmentChange, given: readonly string[]): { args: string[]; remove(): void } | undefined {
  const folder = process.env.CLAUDE_CONFIG_DIR ?? join(homedir(), '.claude')
  const files = [join(folder, 'settings.json'), ...['settings.json', 'settings.local.json'].map((name) => resolve('.claude', name))]
  const ours = { ...Object.fromEntries(unset.map((name) => [name, ''])), ...set }
  const against = files.filter((file) => Object.keys(environmentIn(file)).some((name) => Object.hasOwn(ours, name)))
  if (!against.length) return undefined
  if (given.some((arg) => /^--settings(=|$)/.test(arg))) {
    say(`${against.join(', ')}: "env" there leads Claude Code elsewhere. Take those variables out, or do without --settings.`)
    return undefined
  }
  const path = join(stateFolder(), 'settings', `${randomUUID()}.json`)
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  writeFileSync(path, JSON.stringify({ env: ours }), { mode: 0o600, flag: 'wx' })
  return { args: ['--settings', path], remove: () => rmSync(path, { force: true }) }
}

function environmentIn(file: string): object {
  try {
    const settings = tryParse(readFileSync(file, 'utf8'))
    return isObject(settings) && isObject(settings.env) ? settings.env : {}
  } catch {
    return {}
  }
}
