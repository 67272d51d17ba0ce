/**
 * The tools on offer, written.
 *
 * @module
 */
import type { ChatRequest, FunctionTool, HostedKind, HostedTool, Tool, ToolChoice } from '../../core/chat.ts'
import type { JsonObject } from '../../core/json.ts'
import type { AskContext } from '../../core/protocol.ts'
import { strictTool } from '../../core/strict-schema.ts'
import { hostedNamed, nameable } from '../../core/tool-choice.ts'
import { compact, complete, OWN, spellingOf } from './wire.ts'

type ToolContext = Pick<AskContext, 'notes' | 'toolNames'>

/** `own`: the client spoke this protocol, too, and is taken at its word. */
type Offer = ToolContext & { own: boolean }

/** The tools as the wire has them: children of a namespace gathered in it again. */
export function encodeTools(tools: Tool[], context: Offer): JsonObject[] {
  const written: JsonObject[] = []
  let namespace: JsonObject | undefined
  let children: JsonObject[] = []
  for (const tool of tools) {
    const spelling = spellingOf(tool)
    if (spelling.additional) continue
    const wire = encodeTool(tool, context)
    if (!wire) continue
    if (!spelling.namespace) written.push(wire)
    else if (spelling.namespace === namespace) children.push(wire)
    else written.push({ ...spelling.namespace, tools: (children = [wire]) })
    namespace = spelling.namespace
  }
  return written
}

function encodeTool(tool: Tool, context: Offer): JsonObject | undefined {
  const { tool: whole, name } = spellingOf(tool)
  if (whole) return whole
  if (tool.type === 'hosted') return tool.protocol === OWN ? tool.value : encodeHosted(tool, context)
  if ('deferred' in tool && tool.deferred) {
    context.notes.dropped(tool, undefined, 'a placeholder that is never called')
    return undefined
  }
  const wire: JsonObject = { type: tool.type, name: name ?? context.toolNames.fit(tool.name) }
  if (tool.description !== undefined) wire.description = tool.description
  if (tool.type === 'custom') {
    if (tool.format) wire.format = tool.format
    return complete(wire, tool)
  }
  const parameters = name === undefined ? soundParameters(tool, context) : tool.parameters
  if (parameters) wire.parameters = parameters
  wire.strict = (context.own ? tool.strict : strictTool(tool, context.notes)) ?? false
  if (tool.cache) context.notes.approximated(tool, 'cache', 'tools take no cache marks here; long prompts are cached by themselves')
  return complete(wire, tool)
}

/** An object schema with `properties`: others are refused. The user's own schema is never changed. */
function soundParameters(tool: FunctionTool, { notes }: ToolContext): JsonObject {
  const { parameters } = tool
  if (!parameters) return { type: 'object', properties: {} }
  if (parameters.type === 'object' && parameters.properties) return parameters
  if (parameters.type === undefined && (parameters.anyOf || parameters.oneOf || parameters.allOf || parameters.$ref))
    return { type: 'object', properties: {}, ...parameters }
  if (parameters.type !== undefined && parameters.type !== 'object')
    notes.approximated(tool, 'parameters', 'arguments are always an object', '/type')
  return { ...parameters, type: 'object', properties: parameters.properties ?? {} }
}

function encodeHosted(tool: HostedTool, { notes }: ToolContext): JsonObject | undefined {
  const options = tool.options ?? {}
  switch (tool.kind) {
    case 'web-search': {
      if (options.maxUses !== undefined) notes.dropped(tool, 'maxUses', 'the number of searches cannot be limited here')
      if (options.blockedDomains) notes.dropped(tool, 'blockedDomains', 'domains cannot be blocked here, only allowed')
      notes.approximated(tool, undefined, "OpenAI's own web search takes its place")
      return compact({
        type: 'web_search',
        filters: options.allowedDomains && { allowed_domains: options.allowedDomains },
        user_location: options.userLocation && { type: 'approximate', ...options.userLocation },
        search_context_size: options.contextSize,
      })
    }
    case 'code-execution':
      notes.approximated(tool, undefined, "OpenAI's own code interpreter takes its place")
      return { type: 'code_interpreter', container: { type: 'auto' } }
    case 'image-generation':
      notes.approximated(tool, undefined, "OpenAI's own image generation takes its place")
      return { type: 'image_generation' }
    default:
      notes.dropped(tool, undefined, `only ${tool.protocol} runs this tool`)
      return undefined
  }
}

/** What a tool in the place of another provider's is chosen by. */
const CHOSEN_BY: Partial<Record<HostedKind, string>> = {
  'web-search': 'web_search',
  'code-execution': 'code_interpreter',
  'image-generation': 'image_generation',
}

function hostedChoice(name: string, tools: Tool[]): JsonObject | undefined {
  const tool = hostedNamed(name, tools)
  if (tool?.protocol === OWN) return compact({ type: tool.value.type, server_label: tool.value.server_label })
  const type = tool && CHOSEN_BY[tool.kind]
  return type === undefined ? undefined : { type }
}

/** Writes the choice among `chat.tools`; `undefined` where nothing of it can be said. */
export function encodeToolChoice(asked: ToolChoice, { tools }: ChatRequest, { notes, toolNames }: ToolContext): unknown {
  const { item } = spellingOf(asked)
  if (item) return item
  const named = (name: string): JsonObject | undefined => {
    const tool = tools.find((offered) => offered.type !== 'hosted' && offered.name === name)
    return tool ? { type: tool.type, name: toolNames.fit(name) } : hostedChoice(name, tools)
  }
  const choice = nameable(asked, (name) => named(name) !== undefined, notes)
  switch (choice?.type) {
    case 'tool':
      return named(choice.name)
    case 'allowed':
      if (tools.every((tool) => tool.type !== 'hosted' && choice.names.includes(tool.name))) return choice.mode
      return { type: 'allowed_tools', mode: choice.mode, tools: choice.names.map(named) }
    default:
      return choice?.type
  }
}
