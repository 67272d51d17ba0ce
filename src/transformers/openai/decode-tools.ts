/**
 * The tools of a request and the choice among them, read.
 *
 * @module
 */
import type { FunctionTool, HostedKind, HostedTool, Tool, ToolChoice } from '../../core/chat.ts'
import {
  arrayOf,
  isObject,
  numberOf,
  objectOf,
  optional,
  readArray,
  readBoolean,
  readObject,
  readString,
  reject,
  restOf,
  stringOf,
  type JsonObject,
  lookUp,
} from '../../core/json.ts'
import { mapped } from '../../core/mapped.ts'
import { locationIn } from '../../core/user-location.ts'
import { mergeExtra, nullsOf, readMark } from './decode-parts.ts'
import { keep } from './wire.ts'

export function decodeTools(body: JsonObject): Tool[] {
  const tools = optional(readArray, body.tools, '/tools') ?? []
  const functions = optional(readArray, body.functions, '/functions') ?? []
  const search = optional(readObject, body.web_search_options, '/web_search_options')
  const read = mapped(tools, (tool, i) => decodeTool(readObject(tool, '/tools', i), `/tools/${i}`))
  functions.forEach((tool, i) => read.push(readFunction(readObject(tool, '/functions', i), `/functions/${i}`)))
  if (search) read.push(searchTool(search))
  return read
}

function decodeTool(tool: JsonObject, at: string): Tool {
  if (tool.type === 'custom' && isObject(tool.custom)) return customTool(tool, tool.custom, at)
  const type = optional(readString, tool.type, at, 'type') ?? 'function'
  if (type === 'function') return wrappedFunction(tool, readObject(tool.function, at, 'function'), at)
  if (isObject(tool.function)) reject(`${at}/type`, '"function"', tool.type)
  return hostedTool(tool, type, at)
}

function wrappedFunction(tool: JsonObject, inner: JsonObject, at: string): Tool {
  const { cache, spelling: mark } = readMark(tool, at)
  const read = functionTool(inner, `${at}/function`)
  read.at = at
  read.wireNames = WRAPPED
  if (cache) read.cache = cache
  const nulls = nullsOf(inner)
  const spelling: JsonObject = { ...nullsOf(tool), ...mark }
  if (tool.type !== 'function') spelling.type = tool.type
  if (nulls) spelling.function = nulls
  return keep(read, mergeExtra(restOf(tool, OUTER), 'function', restOf(inner, FUNCTION)), spelling)
}
const OUTER = new Set(['type', 'function', 'custom', 'cache_control', 'prompt_cache_breakpoint'])
const WRAPPED = { name: 'function/name', description: 'function/description', parameters: 'function/parameters', strict: 'function/strict' }

/** A function of the time before tools. */
const readFunction = (tool: JsonObject, at: string): Tool => keep(functionTool(tool, at), restOf(tool, FUNCTION), nullsOf(tool))

function functionTool(tool: JsonObject, at: string): FunctionTool {
  const description = optional(readString, tool.description, at, 'description')
  const parameters = optional(readObject, tool.parameters, at, 'parameters')
  const strict = optional(readBoolean, tool.strict, at, 'strict')
  const read: FunctionTool = { type: 'function', name: readString(tool.name, at, 'name'), at }
  if (description !== undefined) read.description = description
  if (parameters) read.parameters = parameters
  if (strict !== undefined) read.strict = strict
  return read
}
const FUNCTION = new Set(['name', 'description', 'parameters', 'strict'])

/** Chat nests a grammar one level deeper than the neutral model and Responses do. */
function customTool(tool: JsonObject, custom: JsonObject, at: string): Tool {
  const description = optional(readString, custom.description, `${at}/custom/description`)
  const format = optional(readObject, custom.format, `${at}/custom/format`)
  const grammar = format?.type === 'grammar' ? objectOf(format.grammar) : undefined
  return keep(
    {
      type: 'custom',
      name: readString(custom.name, `${at}/custom/name`),
      at,
      wireNames: CUSTOM,
      ...(description !== undefined && { description }),
      ...(format && { format: grammar ? { type: 'grammar', ...grammar } : format }),
    },
    mergeExtra(restOf(tool, OUTER), 'custom', restOf(custom, CUSTOM_KNOWN)),
    nullsOf(tool),
  )
}
const CUSTOM = { name: 'custom/name', description: 'custom/description', format: 'custom/format' }
const CUSTOM_KNOWN = new Set(['name', 'description', 'format'])

const KINDS: Record<string, HostedKind> = {
  'openrouter:web_search': 'web-search',
  'openrouter:web_fetch': 'web-fetch',
  browser_search: 'web-search',
  web_search: 'web-search',
  code_interpreter: 'code-execution',
  mcp: 'mcp',
}

/** A tool that the provider runs. @see https://openrouter.ai/docs/guides/features/server-tools */
function hostedTool(tool: JsonObject, type: string, at: string): HostedTool {
  const options = objectOf(tool.parameters)
  return {
    type: 'hosted',
    kind: lookUp(KINDS, type) ?? 'other',
    protocol: 'openai',
    value: tool,
    at,
    ...(options && { options: searchOptions(options) }),
  }
}

function searchTool(options: JsonObject): HostedTool {
  return {
    type: 'hosted',
    kind: 'web-search',
    protocol: 'openai',
    value: { web_search_options: options },
    at: '/web_search_options',
    apart: true,
    options: searchOptions(options),
  }
}

function searchOptions(options: JsonObject): NonNullable<HostedTool['options']> {
  const place = objectOf(options.user_location)
  const where = place && (objectOf(place.approximate) ?? place)
  const words = (value: unknown) => (Array.isArray(value) ? arrayOf(value).filter((word) => typeof word === 'string') : undefined)
  const read = {
    maxUses: numberOf(options.max_uses),
    allowedDomains: words(options.allowed_domains),
    blockedDomains: words(options.excluded_domains),
    contextSize: stringOf(options.search_context_size),
    userLocation: where && locationIn(where),
  }
  return Object.fromEntries(Object.entries(read).filter(([, value]) => value !== undefined))
}

const WORDS: Record<string, 'auto' | 'required' | 'none'> = { auto: 'auto', required: 'required', none: 'none', any: 'required' }

/** Reads `tool_choice`, or the `function_call` of the time before tools. `spelling` is what has to be written back as it was. */
export function decodeToolChoice(body: JsonObject): { choice?: ToolChoice; spelling?: JsonObject } {
  const field = body.tool_choice !== undefined && body.tool_choice !== null ? 'tool_choice' : 'function_call'
  const value = body[field]
  const at = `/${field}`
  if (value === undefined || value === null) return {}
  const legacy = field === 'function_call' ? { [field]: value } : undefined
  if (typeof value === 'string') {
    const type = lookUp(WORDS, value)
    if (!type) reject(at, `one of ${Object.keys(WORDS).join(', ')}, or an object`, value)
    return { choice: { type, at }, spelling: legacy ?? (value === type ? undefined : { [field]: value }) }
  }
  const choice = readObject(value, at)
  if (legacy)
    return { choice: { type: 'tool', name: readString(choice.name, `${at}/name`), at, wireNames: { name: 'name' } }, spelling: legacy }
  if (choice.type === 'allowed_tools') return { choice: allowedTools(choice, at), spelling: { [field]: value } }
  const kind = readKind(choice, at)
  const inner = readObject(choice[kind], `${at}/${kind}`)
  const named: ToolChoice = { type: 'tool', name: readString(inner.name, `${at}/${kind}/name`), at, wireNames: { name: `${kind}/name` } }
  return { choice: keep(named, restOf(choice, OUTER)), spelling: { [field]: value } }
}

function allowedTools(choice: JsonObject, at: string): ToolChoice {
  const allowed = readObject(choice.allowed_tools, `${at}/allowed_tools`)
  const names = readArray(allowed.tools, `${at}/allowed_tools/tools`).map((item, i) => {
    const tool = readObject(item, `${at}/allowed_tools/tools/${i}`)
    const where = `${at}/allowed_tools/tools/${i}`
    const kind = readKind(tool, where)
    return readString((objectOf(tool[kind]) ?? tool).name, `${where}/${kind}/name`)
  })
  const mode = readString(allowed.mode, `${at}/allowed_tools/mode`)
  if (mode !== 'auto' && mode !== 'required') reject(`${at}/allowed_tools/mode`, '"auto" or "required"', mode)
  return { type: 'allowed', mode, names, at, wireNames: { mode: 'allowed_tools/mode' } }
}

function readKind(object: JsonObject, at: string): 'function' | 'custom' {
  const type = optional(readString, object.type, `${at}/type`) ?? 'function'
  return type === 'function' || type === 'custom' ? type : reject(`${at}/type`, '"function" or "custom"', type)
}
