/**
 * `init`: writes a first configuration from what is found, and asks for the rest.
 *
 * @module
 */
import { existsSync } from 'node:fs'
import { usualPath } from '../config/find.ts'
import { loadText } from '../config/load.ts'
import { PRESET_NAMES, PRESETS, presetOf, type Preset } from '../config/presets.ts'
import { didYouMean } from '../config/suggest.ts'
import { backUp, writePrivate } from '../config/write.ts'
import { addressIn, keyIn, KEY_VARIABLES } from '../environment.ts'
import { openQuestions, type Questions } from './ask.ts'
import { CLIENTS } from './clients.ts'
import { CommandError, misuse, type Call } from './command.ts'
import { findProgram } from './find-program.ts'
import { firstConfig, type FirstEndpoint } from './first-config.ts'
import { print } from './terminal.ts'

export async function run(call: Call): Promise<void> {
  const path = call.flags.config ?? usualPath({ variables: process.env })
  if (!/\.(jsonc?|json5)$/.test(path))
    throw misuse(`init writes JSON with comments: --config takes a name that ends in .jsonc, not "${path}".`)
  const mayReplace = call.flags.force !== undefined
  if (existsSync(path) && !mayReplace) throw new CommandError(`${path} is there already. Change it, or replace it with --force.`)
  const isAsking = call.flags.yes === undefined
  if (isAsking && !process.stdin.isTTY) throw misuse('There is no terminal to ask on. With --yes nothing is asked.', 'init')

  const found = PRESETS.flatMap((preset) => endpointFrom(preset))
  const clients = Object.entries(CLIENTS).filter(([program, { places }]) => findProgram(program, places))
  print(found.length ? `Keys found: ${found.map(({ name, keyFrom }) => `${name} (${keyFrom})`).join(', ')}` : 'Keys found: none')
  print(`Programs found: ${clients.map(([, { title }]) => title).join(', ') || 'none'}\n`)

  const questions = isAsking ? openQuestions(process.stdin, process.stdout) : undefined
  try {
    const endpoints = call.flags.provider === undefined && !call.flags['base-url'] ? await choose(found, questions) : [named(call)]
    const text = firstConfig(endpoints)
    // Whatever was found, what is written can be used.
    await loadText(path, text)
    if (existsSync(path)) print(`The file before is ${await backUp(path, Date.now())}.`)
    await writePrivate(path, text)
  } finally {
    questions?.close()
  }
  const flag = call.flags.config === undefined ? '' : ` --config ${path}`
  const [program] = clients[0] ?? ['claude']
  print(`Written: ${path}\n\nNext:\n`)
  print(`  cc-route doctor${flag}     try what the provider can do`)
  print(
    `  ${program === 'claude' ? `cc-route code${flag}` : `cc-route run${flag} -- ${program}`}       run ${CLIENTS[program]!.title} with it`,
  )
  print(`  cc-route start${flag}      answer other programs in the background`)
}

function endpointFrom(preset: Preset): FirstEndpoint[] {
  const key = keyIn(preset, process.env)
  const baseUrl = addressIn(preset, process.env)
  if (!key || baseUrl === undefined) return []
  return [{ name: preset.name, preset, keyFrom: key.from, ...(baseUrl !== preset.baseUrl && { baseUrl }) }]
}

/** All that were found, the one that is asked first in front; where none was, one that is asked for. */
async function choose(found: readonly FirstEndpoint[], questions: Questions | undefined): Promise<readonly FirstEndpoint[]> {
  if (!questions) {
    if (found.length) return found
    throw new CommandError(
      `No API key was found. Set ${KEY_VARIABLES.slice(0, 3).join(', ')} or another one, or name a provider: --provider ollama, or --provider my-own --protocol openai --base-url http://localhost:8080/v1`,
    )
  }
  const names = found.map(({ name }) => name)
  const [first] = names
  if (first !== undefined) {
    const asked = names.length > 1 ? await questions.ask(`Which one answers first? ${names.join(', ')}`, first) : first
    if (names.includes(asked)) return found.toSorted((a, b) => Number(b.name === asked) - Number(a.name === asked))
    throw new CommandError(`There is no key of "${asked}".${didYouMean(asked, names)}`)
  }
  const preset = presetNamed(await questions.ask(`Which provider? ${PRESETS.map(({ name }) => name).join(', ')}`, PRESETS[0]!.name))
  const baseUrl = preset.baseUrl ?? (await questions.ask('Its address', preset.example ?? ''))
  const where = preset.console ? ` (${preset.console})` : ''
  const apiKey = preset.keys.length
    ? await questions.askSecret(`Its key${where}; it is kept in the file, which nobody else may read`)
    : undefined
  if (apiKey === '') throw new CommandError(`Without a key ${preset.title} does not answer. Set ${preset.keys[0]} and run init again.`)
  return [{ name: preset.name, preset, ...(apiKey && { apiKey }), ...(baseUrl !== preset.baseUrl && { baseUrl }) }]
}

/** The one that flags describe. */
function named({ flags: { provider = 'local', 'base-url': baseUrl, protocol, model } }: Call): FirstEndpoint {
  const preset = baseUrl === undefined || protocol === undefined ? presetOf(provider) : undefined
  if (!preset && baseUrl === undefined) return { name: presetNamed(provider).name }
  const key = preset && keyIn(preset, process.env)
  return {
    name: preset?.name ?? provider,
    ...(preset ? { preset } : { protocol: protocol ?? 'openai' }),
    ...(key && { keyFrom: key.from }),
    ...(preset && protocol !== undefined && { protocol }),
    ...(baseUrl !== undefined && { baseUrl }),
    ...(model !== undefined && { model }),
  }
}

function presetNamed(name: string): Preset {
  const preset = presetOf(name)
  if (preset) return preset
  throw new CommandError(
    `There is no provider "${name}".${didYouMean(name, PRESET_NAMES)} For one that is not known by name give --base-url and --protocol.`,
  )
}
