/**
 * Tools and the choice among them, read into the neutral model.
 *
 * @see https://platform.claude.com/docs/en/agents-and-tools/tool-use/overview
 * @module
 */
import type { ChatRequest, FunctionTool, HostedKind, HostedTool, Located, Tool } from '../../core/chat.ts'
import {
  arrayOf,
  isEmpty,
  isObject,
  numberOf,
  optional,
  readBoolean,
  readObject,
  readString,
  reject,
  type JsonObject,
} from '../../core/json.ts'
import { locationIn } from '../../core/user-location.ts'
import { decodeCache } from './cache.ts'
import { toolsetTools } from './toolset.ts'
import { vendorTool } from './vendor-tools.ts'
import { locate, locateIn, spell } from './wire.ts'

/** Which tools of the provider's own a type's beginning names. */
const HOSTED: readonly (readonly [string, HostedKind])[] = [
  ['web_search', 'web-search'],
  ['web_fetch', 'web-fetch'],
  ['code_execution', 'code-execution'],
  ['mcp_toolset', 'mcp'],
  ['browser_toolset', 'computer'],
]

/**
 * Claude Code lists this tool so that the list is never empty of deferred tools; it must never be called. As a tool of
 * the provider's own it stays with Claude, and other providers drop it with a notice.
 */
const PLACEHOLDER = 'DeferredToolPlaceholder'

/** The mark of a tool of this protocol that needs no spelling; shared, since there are many of them. */
const AS_IS: Located['spelling'] = Object.freeze({ claude: Object.freeze({}) })

const FUNCTION = new Set(['type', 'name', 'description', 'input_schema', 'strict', 'cache_control', 'allowed_callers'])

/** An entry of `tools` is one tool, or the members of a toolset. */
export function decodeTools(entries: unknown[]): Tool[] {
  const tools: Tool[] = []
  entries.forEach((entry, i) => {
    const at = `/tools/${i}`
    const wire = readObject(entry, at)
    const members = toolsetTools(wire, at)
    if (members) tools.push(...members)
    else tools.push(decodeTool(wire, at))
  })
  return tools
}

function decodeTool(wire: JsonObject, at: string): Tool {
  const type = optional(readString, wire.type, at, 'type')
  if (type !== undefined && type !== 'custom' && !isObject(wire.input_schema)) return vendorTool(wire, type, at) ?? hosted(wire, type, at)
  if (wire.name === PLACEHOLDER && wire.defer_loading === true)
    return { type: 'hosted', kind: 'other', protocol: 'claude', value: wire, at }
  const { cache, unknown } = decodeCache(wire)
  const tool = locateIn<FunctionTool>({ type: 'function', name: readString(wire.name, at, 'name'), at }, wire, FUNCTION)
  const description = optional(readString, wire.description, at, 'description')
  const strict = optional(readBoolean, wire.strict, at, 'strict')
  if (description !== undefined) tool.description = description
  if (wire.input_schema !== undefined && wire.input_schema !== null) tool.parameters = readObject(wire.input_schema, at, 'input_schema')
  if (strict !== undefined) tool.strict = strict
  if (cache) tool.cache = cache
  const extra: JsonObject = { ...tool.extra?.claude, ...unknown }
  const callers = arrayOf(wire.allowed_callers)
  if (callers.some((caller) => caller !== 'direct')) extra.allowed_callers = wire.allowed_callers
  if (type !== undefined && type !== 'custom') extra.type = type
  if (!isEmpty(extra)) tool.extra = { claude: extra }
  const spelled: JsonObject = {}
  if (type === 'custom') spelled.type = type
  if (wire.allowed_callers !== undefined && !extra.allowed_callers) spelled.allowed_callers = wire.allowed_callers
  if (type === undefined && !tool.spelling && !spelled.allowed_callers) tool.spelling = AS_IS
  return tool.spelling === AS_IS ? tool : spell(tool, spelled)
}

function hosted(wire: JsonObject, type: string, at: string): HostedTool {
  const kind = HOSTED.find(([start]) => type.startsWith(start))?.[1] ?? 'other'
  const options = optionsOf(wire)
  return { type: 'hosted', kind, protocol: 'claude', value: wire, at, ...(options && { options }) }
}

function optionsOf(wire: JsonObject): HostedTool['options'] {
  const options: NonNullable<HostedTool['options']> = {}
  const maxUses = numberOf(wire.max_uses)
  if (maxUses !== undefined) options.maxUses = maxUses
  if (Array.isArray(wire.allowed_domains)) options.allowedDomains = wire.allowed_domains.filter((domain) => typeof domain === 'string')
  if (Array.isArray(wire.blocked_domains)) options.blockedDomains = wire.blocked_domains.filter((domain) => typeof domain === 'string')
  if (isObject(wire.user_location)) options.userLocation = locationIn(wire.user_location)
  return Object.keys(options).length ? options : undefined
}

const CHOICES = { auto: 'auto', any: 'required', none: 'none' } as const

/** `tool_choice` also says whether several tools may be called at once. */
export function decodeToolChoice(value: unknown): Pick<ChatRequest, 'toolChoice' | 'parallelToolCalls'> {
  const wire = optional(readObject, value, '/tool_choice')
  if (!wire) return {}
  const type = readString(wire.type, '/tool_choice/type')
  const located = locate(wire, '/tool_choice', new Set(['type', 'name', 'disable_parallel_tool_use']))
  const single = optional(readBoolean, wire.disable_parallel_tool_use, '/tool_choice/disable_parallel_tool_use')
  const parallel = single === undefined ? {} : { parallelToolCalls: !single }
  if (type === 'tool') return { toolChoice: { type, name: readString(wire.name, '/tool_choice/name'), ...located }, ...parallel }
  if (type !== 'auto' && type !== 'any' && type !== 'none') reject('/tool_choice/type', '"auto", "any", "tool" or "none"', type)
  return { toolChoice: { type: CHOICES[type], ...located }, ...parallel }
}
