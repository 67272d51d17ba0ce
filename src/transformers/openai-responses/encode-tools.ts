/**
 * The tools on offer, written.
 *
 * @module
 */
import type { ChatRequest, FunctionTool, HostedTool, Tool, ToolChoice } from '../../core/chat.ts'
import type { JsonObject } from '../../core/json.ts'
import type { AskContext } from '../../core/protocol.ts'
import { compact, complete, OWN, spellingOf } from './wire.ts'

type ToolContext = Pick<AskContext, 'notes' | 'toolNames'>

/** The tools as the wire has them: children of a namespace gathered in it again. */
export function encodeTools(tools: Tool[], context: ToolContext): JsonObject[] {
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

function encodeTool(tool: Tool, context: ToolContext): JsonObject | undefined {
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
  wire.strict = tool.strict ?? false
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

/** Writes the choice among `chat.tools`. */
export function encodeToolChoice(choice: ToolChoice, chat: ChatRequest, context: ToolContext): unknown {
  const { item } = spellingOf(choice)
  if (item) return item
  const named = (name: string) => {
    const tool = chat.tools.find((offered) => offered.type !== 'hosted' && offered.name === name)
    if (!tool && chat.tools.some((offered) => offered.type === 'hosted' && offered.kind === 'web-search') && name === 'web_search')
      return { type: 'web_search' }
    return { type: tool?.type === 'custom' ? 'custom' : 'function', name: context.toolNames.fit(name) }
  }
  switch (choice.type) {
    case 'tool':
      return named(choice.name)
    case 'allowed':
      if (chat.tools.every((tool) => tool.type !== 'hosted' && choice.names.includes(tool.name))) {
        if (!choice.names.every((name) => isOffered(name, chat)))
          context.notes.approximated(choice, undefined, 'all tools on offer are allowed')
        return choice.mode
      }
      return { type: 'allowed_tools', mode: choice.mode, tools: choice.names.map(named) }
    default:
      return choice.type
  }
}

const isOffered = (name: string, { tools }: ChatRequest): boolean => tools.some((tool) => tool.type !== 'hosted' && tool.name === name)
