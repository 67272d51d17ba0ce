/**
 * Puts a configuration that was backed up in the place of the one that is there, or adds to that what it lacks.
 *
 * @module
 */
import { existsSync } from 'node:fs'
import type { Clock } from '../../core/clock.ts'
import { fail } from '../../core/failure.ts'
import { isObject } from '../../core/json.ts'
import type { Change } from '../config/change.ts'
import { loadText, readText, type LoadOptions } from '../config/load.ts'
import { ConfigError, pathText } from '../config/problem.ts'
import { inTurn, saveConfig } from '../config/save.ts'
import { formatOf, readSource, type Format } from '../config/source.ts'
import { backUp, versionsOf, versionsFolder, writePrivate } from '../config/write.ts'
import { join } from 'node:path'
import type { RestoredConfig, RestoreMode } from './backups.ts'

export interface ConfigToRestore {
  /** What was backed up. */
  text: string
  /** What it was called: its end tells the format. */
  file: string
  /** The file to change. */
  path: string
  mode: RestoreMode
  force?: boolean
  clock: Clock
  options: LoadOptions
}

/** @throws ConfigError where the result could not be used: then nothing is written. */
export async function restoreConfig(asked: ConfigToRestore): Promise<RestoredConfig> {
  const { path, mode } = asked
  return mode === 'overwrite' || !existsSync(path) ? inTurn(path, () => replace(asked)) : addTo(asked)
}

async function replace({ text, file, path, force, clock, options }: ConfigToRestore): Promise<RestoredConfig> {
  if (formatOf(file) !== formatOf(path))
    fail({
      kind: 'conflict',
      status: 422,
      message: `The backup has a configuration in ${NAMES[formatOf(file)]} (${file}), which ${path} is not. Name a file of that kind with --config, or use "keep-local", which adds what is missing in any format.`,
    })
  // What cannot be used is told before anything is lost.
  const versions = await loadText(path, text, options).then(
    ({ config }) => config.backup?.versions,
    (error: unknown) => {
      if (!force || !(error instanceof ConfigError)) throw error
      return undefined
    },
  )
  const isThere = existsSync(path)
  if (isThere && (await readText(path)) === text) return { path, changed: false, added: [] }
  const before = isThere ? { before: await backUp(path, clock.now(), versions) } : {}
  await writePrivate(path, text)
  return { path, changed: true, added: [], ...before }
}

async function addTo({ text, file, path, clock, options }: ConfigToRestore): Promise<RestoredConfig> {
  const theirs = await valueIn(text, formatOf(file), `The configuration in the backup (${file})`)
  const own = await valueIn(await readText(path), formatOf(path), path)
  const changes = missingIn(own, theirs)
  const added = changes.map((change) => pathText(change.path))
  if (!changes.length) return { path, changed: false, added }
  await saveConfig(path, changes, { ...options, clock })
  const [latest] = await versionsOf(path)
  return { path, changed: true, added, ...(latest && { before: join(versionsFolder(path), latest.file) }) }
}

const NAMES: Record<Format, string> = { json: 'JSON', toml: 'TOML', yaml: 'YAML' }

/** Sections whose entries have names: those that are not there are added one by one. */
const BY_NAME = new Set(['endpoints', 'pools', 'groups'])
/** How this machine listens, logs and keeps its records is its own. */
const OWN = new Set(['$schema', 'server', 'log', 'ledger', 'backup'])

/** What one configuration has and another lacks, as changes of the latter. Names differ in more than capitals, of endpoints and pools alike. */
export function missingIn(own: Record<string, unknown>, theirs: Record<string, unknown>): Change[] {
  const taken = new Set(['endpoints', 'pools'].flatMap((section) => Object.keys(objectOf(own[section])).map((name) => name.toLowerCase())))
  return Object.entries(theirs).flatMap(([section, value]): Change[] => {
    if (OWN.has(section)) return []
    if (!BY_NAME.has(section)) return section in own ? [] : [{ op: 'set', path: [section], value }]
    const known = section === 'groups' ? new Set(Object.keys(objectOf(own[section]))) : taken
    return Object.entries(objectOf(value))
      .filter(([name]) => !known.has(section === 'groups' ? name : name.toLowerCase()))
      .map(([name, item]) => ({ op: 'set', path: [section, name], value: item }))
  })
}

const objectOf = (value: unknown): Record<string, unknown> => (isObject(value) ? value : {})

async function valueIn(text: string, format: Format, source: string): Promise<Record<string, unknown>> {
  const { value, mistakes } = await readSource(text, format)
  if (mistakes.length || !isObject(value))
    throw new ConfigError(
      mistakes.length ? mistakes.map((mistake) => ({ path: [], ...mistake })) : [{ path: [], message: 'expected an object' }],
      source,
    )
  return value
}
