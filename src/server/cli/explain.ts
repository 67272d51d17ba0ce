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

/** A line of the log, by its time. */
const LOGGED = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/

export async function run(call: Call): Promise<void> {
  const used = await readConfigInUse(call)
  if (used.isEmpty) throw new CommandError('There is neither a configuration nor a key. Write one: cc-route init')
  const source = call.args[0]!
  const request = LOGGED.test(source) ? await loggedRequest(logFileOf(used), source, call) : requestFor(await readBody(source), call)
  const { fetch } = compose(used.config, { fetchFor: createFetchFor(process.env) })
  const found = await explain(fetch, request)
  if (call.flags.json !== undefined) return printJson(found)
  print(explanationLines(found).join('\n'))
  print('\nThis is what a server that has just started would do: one that runs may have an endpoint rest, or keep a session where it is.')
}

/** The JSON of a file, or of standard input. @throws CommandError */
async function readBody(source: string): Promise<JsonObject> {
  const text = await (source === '-' ? readAll(process.stdin) : readFile(source, 'utf8')).catch((error: unknown) => {
    const { code, message } = error as NodeJS.ErrnoException
    throw new CommandError(code === 'ENOENT' ? `There is no file "${source}".` : `${source} cannot be read: ${message}`)
  })
  return objectIn(text, source === '-' ? 'Standard input' : source)
}

function objectIn(text: string, name: string): JsonObject {
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch (error) {
    throw new CommandError(`${name} is no JSON: ${(error as Error).message}`)
  }
  if (isObject(body)) return body
  throw new CommandError(`${name} is not the body of a request: that is a JSON object.`)
}

/** The log holds what was asked only where it was told to. @throws CommandError where it does not */
async function loggedRequest(file: string, time: string, call: Call): Promise<Request> {
  const lines = entriesOf(await readEntries(file)).filter((entry) => new Date(entry.time).toISOString() === time)
  if (!lines.length) throw new CommandError(`The log ${file} has no line of ${time}.`)
  for (const { message, fields } of lines) {
    const [, path] = /^POST (\S+): bodies$/.exec(message) ?? []
    if (path !== undefined && typeof fields.asked === 'string') return requestTo(path, objectIn(fields.asked, 'What was asked'), call)
  }
  throw new CommandError(
    `What the log has of it:\n${lines.map((line) => textOf(line, false)).join('\n')}\nIt does not hold what was asked, which takes "log": { "bodies": true }. Give the request as a file.`,
  )
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

function requestFor(body: JsonObject, call: Call): Request {
  const { flags } = call
  const protocol = (flags.protocol as ProtocolName | undefined) ?? protocolOf(body)
  const asked = flags.model === undefined || protocol === 'gemini' ? body : { ...body, model: flags.model }
  const { model: _model, ...bodyOfGemini } = asked
  return requestTo(PATHS[protocol](body, flags.model), protocol === 'gemini' ? bodyOfGemini : asked, call)
}

function requestTo(path: string, body: JsonObject, { flags }: Call): Request {
  const headers = new Headers({ 'content-type': 'application/json' })
  for (const line of flags.header?.split('\n') ?? []) {
    const [, name, value] = /^([^:\s]+):\s*(.*)$/.exec(line) ?? []
    if (name === undefined) throw misuse(`--header takes NAME:VALUE, not "${line}".`, 'explain')
    headers.append(name, value!)
  }
  return new Request(new URL(path, 'http://127.0.0.1'), { method: 'POST', headers, body: JSON.stringify(body) })
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
