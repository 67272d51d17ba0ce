/**
 * The tools on offer, read. Namespaces are flattened: other protocols know no such thing.
 *
 * @module
 */
import type { HostedKind, HostedTool, Tool, ToolChoice } from '../../core/chat.ts'
import {
  arrayOf,
  isObject,
  numberOf,
  objectOf,
  optional,
  pointer,
  readArray,
  readObject,
  readString,
  reject,
  restOf,
  stringOf,
  type JsonObject,
  lookUp,
} from '../../core/json.ts'
import { locationIn } from '../../core/user-location.ts'
import { clientToolOf } from './client-tools.ts'
import { keep, keepIn, OWN, type Spelling } from './wire.ts'

const FUNCTION = new Set(['type', 'name', 'description', 'parameters', 'strict'])
const CUSTOM = new Set(['type', 'name', 'description', 'format'])
const CUSTOM_NAMES = { format: 'format' }

/**
 * The name by which other protocols know a tool in a namespace. The `functions` namespace is that of bare names, and a function
 * that OpenAI's tool search loaded stands in a namespace of its own name.
 */
export const flatName = (name: string, namespace: string | undefined): string =>
  !namespace || namespace === 'functions' || namespace === name ? name : `${namespace}__${name}`

/**
 * @param at JSON Pointer of the list
 * @param additional the list stands in an item of `input`
 */
export function decodeTools(value: unknown, at: string, additional = false): Tool[] {
  const tools: Tool[] = []
  const spelling: Spelling = additional ? { additional } : {}
  readArray(value, at).forEach((entry, i) => addTool(tools, readObject(entry, at, i), `${at}/${i}`, spelling))
  return tools
}

/**
 * What a namespace says of its tools. Others know no namespaces: the description of the first tool tells it. `undefined`
 * where there is nothing to tell, or no tool that could.
 */
export function aboutOf({ name, description, tools }: JsonObject): string | undefined {
  const first = objectOf(arrayOf(tools)[0])?.type
  const tells = typeof description === 'string' && description !== '' && (first === 'function' || first === 'custom')
  return tells ? `About all tools of ${String(name)}: ${description}` : undefined
}

/** Reads an entry of the list into `tools`: a tool, or all that a namespace has. */
function addTool(tools: Tool[], tool: JsonObject, at: string, spelling: Spelling, about?: string): void {
  const type = readString(tool.type, at, 'type')
  if (type === 'function' || type === 'custom') return void tools.push(decodeNamed(tool, at, spelling, about))
  if (type === 'namespace') {
    const { tools: list, ...namespace } = tool
    const children = readArray(list, at, 'tools')
    children.forEach((child, i) => {
      const place = `${at}/tools/${i}`
      addTool(tools, readObject(child, place), place, { ...spelling, namespace }, i === 0 ? aboutOf(tool) : undefined)
    })
    if (children.length) return
  }
  const ours = clientToolOf(tool)
  if (!ours) return void tools.push(decodeHosted(tool, at, spelling))
  const description = stringOf(tool.description) ?? ours.description
  const parameters = objectOf(tool.parameters) ?? ours.parameters
  tools.push({ type: 'function', name: ours.type, description, parameters, at, ...keep(undefined, { ...spelling, tool }) })
}

function decodeNamed(tool: JsonObject, at: string, spelling: Spelling, about?: string): Tool {
  const bare = readString(tool.name, at, 'name')
  const name = flatName(bare, stringOf(spelling.namespace?.name))
  const own = optional(readString, tool.description, at, 'description')
  const description = about === undefined ? own : [own, about].filter(Boolean).join('\n\n')
  const fields: JsonObject = {}
  if (description !== own || tool.description === null) fields.description = tool.description
  const kept: Spelling = Object.assign({ fields, name: bare }, spelling)
  if (tool.type === 'custom') {
    const format = optional(readObject, tool.format, at, 'format')
    if (tool.format === null) fields.format = null
    const custom: Tool = { type: 'custom', name, at, wireNames: CUSTOM_NAMES }
    if (description !== undefined) custom.description = description
    if (format) custom.format = format
    return keepIn(custom, restOf(tool, CUSTOM), kept)
  }
  const given = optional(readObject, tool.parameters, at, 'parameters')
  const parameters = given && soundSchema(given)
  if (parameters !== given || !given) fields.parameters = tool.parameters
  if (tool.strict !== false && tool.strict !== true)
    fields.strict = optional(() => reject(pointer(at, 'strict'), 'true or false', tool.strict), tool.strict, '') ?? tool.strict
  const read: Tool = { type: 'function', name, at }
  if (description !== undefined) read.description = description
  if (parameters) read.parameters = parameters
  if (typeof tool.strict === 'boolean') read.strict = tool.strict
  return keepIn(read, restOf(tool, FUNCTION), kept)
}

/** Some clients send `type: null` or `required: null`, which every other provider refuses. */
function soundSchema(schema: JsonObject): JsonObject {
  const sound = schema.type === undefined || typeof schema.type === 'string' || Array.isArray(schema.type)
  if (sound && schema.required !== null && schema.properties !== null) return schema
  const { type, required, properties, ...rest } = schema
  return { ...rest, type: type ?? 'object', properties: properties ?? {}, ...(Array.isArray(required) && { required }) }
}

const HOSTED: Record<string, HostedKind> = {
  web_search: 'web-search',
  file_search: 'file-search',
  code_interpreter: 'code-execution',
  computer: 'computer',
  computer_use_preview: 'computer',
  image_generation: 'image-generation',
  mcp: 'mcp',
}

function decodeHosted(tool: JsonObject, at: string, spelling: Spelling): HostedTool {
  const type = String(tool.type)
  const kind = lookUp(HOSTED, type) ?? (type.startsWith('web_search') ? 'web-search' : 'other')
  const options = kind === 'web-search' ? webSearchOptions(tool) : {}
  return {
    type: 'hosted',
    kind,
    protocol: OWN,
    value: tool,
    at,
    ...(Object.keys(options).length > 0 && { options }),
    ...keep(undefined, spelling),
  }
}

function webSearchOptions(tool: JsonObject): NonNullable<HostedTool['options']> {
  const allowed = arrayOf(objectOf(tool.filters)?.allowed_domains).filter((domain) => typeof domain === 'string')
  const blocked = arrayOf(objectOf(tool.filters)?.blocked_domains).filter((domain) => typeof domain === 'string')
  const contextSize = stringOf(tool.search_context_size)
  const maxUses = numberOf(tool.max_uses)
  const location = locationIn(objectOf(tool.user_location))
  return {
    ...(allowed.length > 0 && { allowedDomains: allowed }),
    ...(blocked.length > 0 && { blockedDomains: blocked }),
    ...(Object.keys(location).length > 0 && { userLocation: location }),
    ...(contextSize !== undefined && { contextSize }),
    ...(maxUses !== undefined && { maxUses }),
  }
}

/** Tools that are chosen by their type. */
const CHOOSABLE =
  /^(?:web_search.*|file_search|code_interpreter|computer.*|image_generation|mcp|shell|local_shell|apply_patch|tool_search|programmatic_tool_calling)$/

/** Reads `tool_choice`; what names a tool by its type (`web_search`, `apply_patch`) chooses the tool of that name. */
export function decodeToolChoice(value: unknown, at: string): ToolChoice {
  if (value === 'auto' || value === 'required' || value === 'none') return { type: value, at }
  if (!isObject(value)) return reject(at, '"auto", "required", "none" or an object', value)
  const kept = { at, ...keep(undefined, { item: value }) }
  if (value.type === 'allowed_tools') {
    const mode = value.mode ?? 'auto'
    if (mode !== 'auto' && mode !== 'required') reject(pointer(at, 'mode'), '"auto" or "required"', mode)
    const tools = readArray(value.tools ?? [], at, 'tools')
    const names = tools.map((tool, i) => allowedName(tool, `${at}/tools/${i}`))
    return { type: 'allowed', mode, names, wireNames: { mode: 'mode' }, ...kept }
  }
  const type = readString(value.type, at, 'type')
  if (type === 'function' || type === 'custom') readString(value.name, at, 'name')
  else if (!CHOOSABLE.test(type)) reject(pointer(at, 'type'), 'the type of a tool', type)
  return { type: 'tool', name: chosenName(value), ...kept }
}

function allowedName(value: unknown, at: string): string {
  const tool = readObject(value, at)
  const type = tool.type ?? 'function'
  if (type !== 'function' && type !== 'custom' && !CHOOSABLE.test(String(type))) reject(pointer(at, 'type'), 'the type of a tool', type)
  // one tool of a server: the server is what is on offer
  return chosenName(type === 'mcp' && tool.server_label !== undefined ? { ...tool, name: undefined } : tool)
}

const chosenName = (choice: JsonObject): string =>
  flatName(stringOf(choice.name) ?? stringOf(choice.server_label) ?? String(choice.type), stringOf(choice.namespace))
