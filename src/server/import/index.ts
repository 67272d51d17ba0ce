/**
 * Makes a configuration of cc-route from that of another gateway.
 *
 * `cc-route import FILE [--from NAME] [--out FILE]` calls {@link importConfig} once: it reads, tells what the file is, translates, checks that
 * the result can be loaded, and gives its text. Writing is the caller's: `writePrivate(out, text)`, for there are keys in it.
 *
 * @module
 */
import { readConfig } from '../config/read.ts'
import type { ConfigInput } from '../config/schema.ts'
import { formatOf, type Format } from '../config/source.ts'
import type { Variables } from '../config/variables.ts'
import { compose } from '../compose.ts'
import { ImportError } from './import-error.ts'
import { systemFiles, readContents, type Files } from './read-contents.ts'
import type { Note } from './section.ts'
import { SEEDS, type SeedName } from './seeds.ts'
import { textOf } from './text-of.ts'
import { variablesIn } from './variables-in.ts'

export interface ImportOptions {
  /** Whose file it is. Default: told by what stands in it. */
  from?: SeedName | undefined
  /** Where the text will be written: its extension tells the format. Default: YAML. */
  out?: string | undefined
  /** The environment, to tell which variables are missing. Default: that of the process. */
  variables?: Variables
  /** Default: the file system. */
  files?: Files
}

export interface ImportResult {
  from: SeedName
  /** The other program's name, for people. */
  title: string
  config: ConfigInput
  /** What could not be carried over, or is otherwise now: where, why, and what to do. */
  notes: readonly Note[]
  /** Variables of the environment that the configuration needs and that are not set. */
  missing: readonly string[]
  format: Format
  /** The configuration with comments, ready to be written. */
  text: string
}

/**
 * Reads another gateway's configuration: a file, or the folder it lies in.
 *
 * @throws ImportError for a file that cannot be read, is nobody's, or has nothing in it that could be used; its message says what to do
 */
export async function importConfig(path: string, options: ImportOptions = {}): Promise<ImportResult> {
  const { out, variables = process.env, files = systemFiles } = options
  const { seed, contents } = await readContents(path, options.from, files)
  const { config, notes, comments } = seed.read(contents)
  check(path, seed.title, config, notes)
  const format = out === undefined ? 'yaml' : formatOf(out)
  const missing = variablesIn(config).filter((name) => !variables[name]?.trim())
  const text = await textOf(format, { config, notes, comments, title: seed.title, path })
  return { from: seed.name, title: seed.title, config, notes, missing, format, text }
}

/** Stands for every variable: it may be an address as well as a key. */
const ANY_VARIABLE: Variables = new Proxy({}, { get: () => 'https://variable.example/v1' })

/** Whatever was in the old file: what is given to users can be served. */
function check(path: string, title: string, config: ConfigInput, notes: readonly Note[]): void {
  const endpoints = Object.values(config.endpoints)
  const list = notes.map(({ path: at, reason }) => `\n  ${at}: ${reason}`).join('')
  if (!endpoints.length) throw new ImportError(`${path}: there is no provider in this configuration of ${title}.${list}`)
  if (endpoints.every(({ enabled }) => enabled === false))
    throw new ImportError(`${path}: none of the providers in this configuration of ${title} can be used.${list}`)
  try {
    // Nothing is called: whatever is asked for can be had.
    compose(readConfig(config, { variables: ANY_VARIABLE }), { fetchFor: () => globalThis.fetch })
  } catch (error) {
    throw new ImportError(`${path}: what was made of it cannot be used. ${(error as Error).message}`)
  }
}

export { ImportError, SEEDS, type Files, type SeedName, type Note }
