/**
 * `explain`: where a request would go, and why.
 *
 * @module
 */
import { readFile } from 'node:fs/promises'
import { text as readAll } from 'node:stream/consumers'
import type { ProtocolName } from '../../core/chat.ts'
import { isObject, type JsonObject } from '../../core/json.ts'
import { explain, type Explanation } from '../../router/explain.ts'
import { compose } from '../compose.ts'
import { CommandError, misuse, type Call } from './command.ts'
import { readConfigInUse } from './config-in-use.ts'
import { createFetchFor } from './fetch-for.ts'
import { entriesOf, readEntries, textOf } from './log-entries.ts'
import { logFileOf } from './state-folder.ts'
import { painter, print, printJson } from './terminal.ts'

export async function run(call: Call): Promise<void> {
  const used = await readConfigInUse(call)
  const isJson = call.flags.json !== undefined
  const body = await readBody(call.args[0]!, () => tellLogged(logFileOf(used), call.args[0]!, isJson))
  if (body === undefined) return
  if (used.isEmpty) throw new CommandError('There is neither a configuration nor a key. Write one: cc-route init')
  const { fetch } = compose(used.config, { fetchFor: createFetchFor(process.env) })
  const found = await explain(fetch, requestFor(body, call))
  if (isJson) return printJson(found)
  print(explanationLines(found).join('\n'))
  print('\nThis is what a server that has just started would do: one that runs may have an endpoint rest, or keep a session where it is.')
}

/** The JSON of a file, or of standard input; where there is no such file, `otherwise`. */
async function readBody(source: string, otherwise: () => Promise<void>): Promise<JsonObject | undefined> {
  let text: string
  try {
    text = source === '-' ? await readAll(process.stdin) : await readFile(source, 'utf8')
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code !== 'ENOENT') throw new CommandError(`${source} cannot be read: ${message}`)
    await otherwise()
    return undefined
  }
  const name = source === '-' ? 'Standard input' : source
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch (error) {
    throw new CommandError(`${name} is no JSON: ${(error as Error).message}`)
  }
  if (isObject(body)) return body
  throw new CommandError(`${name} is not the body of a request: that is a JSON object.`)
}

/** The log does not hold requests; what it holds of one is shown, and what it lacks said. @throws CommandError where it has no such line */
async function tellLogged(file: string, id: string, isJson: boolean): Promise<void> {
  const entry = entriesOf(await readEntries(file)).findLast(({ fields }) => fields.id === id || fields.requestId === id)
  if (!entry) throw new CommandError(`There is no file "${id}", and no request with that id in the log ${file}.`)
  if (isJson) return printJson({ logged: { time: new Date(entry.time).toISOString(), message: entry.message, ...entry.fields } })
  print(textOf(entry, false))
  print('\nThis is what was done. The log does not hold what was asked: to have it explained anew, give the request as a file.')
}

const PATHS: Readonly<Record<ProtocolName, (body: JsonObject, model: string | undefined) => string>> = {
  claude: () => '/v1/messages',
  openai: () => '/v1/chat/completions',
  'openai-responses': () => '/v1/responses',
  gemini: (body, model) => {
    const name = model ?? (typeof body.model === 'string' ? body.model : undefined)
    if (name === undefined) throw misuse('The body of a Gemini request names no model. Give it with --model.', 'explain')
    return `/v1beta/models/${encodeURIComponent(name)}:generateContent`
  },
}

function requestFor(body: JsonObject, { flags }: Call): Request {
  const protocol = (flags.protocol as ProtocolName | undefined) ?? protocolOf(body)
  const asked = flags.model === undefined || protocol === 'gemini' ? body : { ...body, model: flags.model }
  const headers = new Headers({ 'content-type': 'application/json' })
  for (const line of flags.header?.split('\n') ?? []) {
    const [, name, value] = /^([^:\s]+):\s*(.*)$/.exec(line) ?? []
    if (name === undefined) throw misuse(`--header takes NAME:VALUE, not "${line}".`, 'explain')
    headers.append(name, value!)
  }
  const { model: _model, ...bodyOfGemini } = asked
  return new Request(new URL(PATHS[protocol](body, flags.model), 'http://127.0.0.1'), {
    method: 'POST',
    headers,
    body: JSON.stringify(protocol === 'gemini' ? bodyOfGemini : asked),
  })
}

/** The two that have `messages` are told apart by what only one of them has. */
function protocolOf(body: JsonObject): ProtocolName {
  if (body.contents !== undefined) return 'gemini'
  if (body.input !== undefined || body.previous_response_id !== undefined) return 'openai-responses'
  if (!Array.isArray(body.messages))
    throw misuse('The body has no "messages", "input" or "contents". Name its protocol with --protocol.', 'explain')
  if (body.system !== undefined || body.thinking !== undefined || body.stop_sequences !== undefined) return 'claude'
  const tools = Array.isArray(body.tools) ? body.tools.filter(isObject) : []
  if (tools.some((tool) => tool.input_schema !== undefined)) return 'claude'
  if (tools.some((tool) => tool.function !== undefined) || typeof body.max_completion_tokens === 'number') return 'openai'
  const messages = body.messages.filter(isObject)
  if (messages.some(({ role }) => role === 'tool' || role === 'system' || role === 'developer')) return 'openai'
  if (typeof body.model === 'string' && /claude/i.test(body.model)) return 'claude'
  return body.max_tokens === undefined ? 'openai' : 'claude'
}

/** The explanation as a tree: what is asked first stands first. */
export function explanationLines(found: Explanation, depth = 0): string[] {
  const paint = painter()
  const indent = '  '.repeat(depth)
  const model = found.model === undefined ? '' : ` asks for ${found.model}`
  const skipped = found.skipped === undefined ? '' : paint(` (not now: ${found.skipped})`, 'yellow')
  const facts = Object.entries(found.facts ?? {}).filter(([, value]) => value !== undefined && value !== false && value !== '')
  return [
    `${indent}${found.kind} ${paint(found.name, 'bold')}${model}${skipped}`,
    ...(facts.length ? [`${indent}  known: ${facts.map(([name, value]) => `${name} ${factText(value)}`).join(', ')}`] : []),
    ...(found.rules ?? []).map(
      ({ rule, matched, to }) =>
        `${indent}  ${matched ? paint('✓', 'green') : paint('–', 'grey')} ${rule}${to === undefined ? '' : ` → ${to}`}`,
    ),
    ...(found.candidates ?? []).flatMap((candidate) => explanationLines(candidate, depth + 1)),
  ]
}

const factText = (value: unknown): string => (value === true ? 'yes' : typeof value === 'object' ? JSON.stringify(value) : String(value))
