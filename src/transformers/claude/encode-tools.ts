/**
 * Tools and the choice among them, written for the wire.
 *
 * @module
 */
import type { ChatRequest, CustomTool, FunctionTool, HostedTool, Tool } from '../../core/chat.ts'
import { stringOf, type JsonObject } from '../../core/json.ts'
import type { AskContext } from '../../core/protocol.ts'
import { hostedNamed, isAllowed, isOffered, nameable } from '../../core/tool-choice.ts'
import { complete, encodeCache } from './cache.ts'
import { traitsOf } from './models.ts'
import { enforceable, toolSchema } from './schema.ts'
import { wireToolset } from './toolset.ts'
import { field, ownFields } from './wire.ts'

export function encodeTools(chat: ChatRequest, context: AskContext, own: boolean): JsonObject[] {
  const offered = chat.toolChoice?.type === 'allowed' ? allowed(chat, chat.toolChoice.names, context) : chat.tools
  const tools: JsonObject[] = []
  let taken: Set<string> | undefined
  for (const tool of offered) {
    const toolset = own && tool.type === 'function' && wireToolset(tool)
    if (toolset) tools.push(...toolset)
    else if (tool.type === 'function') tools.push(encodeFunction(tool, context, own))
    else if (tool.type === 'custom') tools.push(encodeCustom(tool, context))
    else tools.push(...encodeHosted(tool, (taken ??= namesOf(offered)), context))
  }
  return tools
}

const namesOf = (tools: Tool[]): Set<string> => new Set(tools.flatMap((tool) => (tool.type === 'hosted' ? [] : tool.name)))

/** Claude cannot be shown tools that it may not call, so those are left out. */
function allowed(chat: ChatRequest, names: string[], context: AskContext): Tool[] {
  context.notes.approximated(
    chat.toolChoice ?? chat,
    undefined,
    'only the allowed tools are sent; the prompt cache does not hold across such a choice',
  )
  return chat.tools.filter((tool) => {
    if (isAllowed(tool, names)) return true
    context.notes.dropped(tool, undefined, 'not among the allowed tools')
    return false
  })
}

function encodeFunction(tool: FunctionTool, context: AskContext, own: boolean): JsonObject {
  const name = context.toolNames.fit(tool.name)
  const wire: JsonObject = { name }
  if (tool.description !== undefined) wire.description = tool.description
  if (own) {
    if (tool.parameters !== undefined) wire.input_schema = tool.parameters
    if (tool.strict !== undefined) wire.strict = tool.strict
    return complete(wire, tool, context.notes)
  }
  const { schema, changed } = toolSchema(tool.parameters)
  if (changed) context.notes.approximated(tool, 'parameters', changed)
  wire.input_schema = schema
  if (tool.strict && canEnforce(tool, schema, context)) wire.strict = true
  return tool.cache ? Object.assign(wire, encodeCache(tool, context.notes)) : wire
}

/** `strict` is refused with a schema that Claude cannot enforce: then the schema is worth more than the guarantee. */
function canEnforce(tool: FunctionTool, schema: JsonObject, context: AskContext): boolean {
  if (traitsOf(context.model).structured && enforceable(schema) === schema) return true
  context.notes.dropped(tool, 'strict', 'Claude cannot enforce this schema; the tool is offered without the guarantee')
  return false
}

/** A tool that is called with free text becomes one with a single text field. */
function encodeCustom(tool: CustomTool, context: AskContext): JsonObject {
  const grammar = tool.format?.type === 'grammar' ? String(tool.format.definition ?? '') : ''
  if (grammar) context.notes.approximated(tool, 'format', 'the grammar is told in the description; Claude does not enforce it')
  else if (tool.format && tool.format.type !== 'text') context.notes.dropped(tool, 'format', 'Claude knows no such limit of a text')
  const rule = grammar && `The input must match this ${String(tool.format?.syntax ?? '')} grammar:\n${grammar}`
  const description = [tool.description, rule].filter(Boolean).join('\n\n')
  return {
    name: context.toolNames.fit(tool.name),
    ...(description && { description }),
    input_schema: {
      type: 'object',
      properties: { input: { type: 'string', description: 'The whole input of the tool.' } },
      required: ['input'],
    },
  }
}

/** The tools that Anthropic runs, in versions that every model with tools takes. */
const TWINS: Partial<Record<HostedTool['kind'], { type: string; name: string }>> = {
  'web-search': { type: 'web_search_20250305', name: 'web_search' },
  'web-fetch': { type: 'web_fetch_20250910', name: 'web_fetch' },
  'code-execution': { type: 'code_execution_20250825', name: 'code_execution' },
}

function encodeHosted(tool: HostedTool, taken: Set<string>, context: AskContext): JsonObject[] {
  if (tool.protocol === 'claude') return [tool.value]
  const twin = TWINS[tool.kind]
  if (!twin || taken.has(twin.name)) {
    context.notes.dropped(
      tool,
      undefined,
      twin ? `another tool is called ${twin.name}` : `Claude has no counterpart of this ${tool.kind} tool`,
    )
    return []
  }
  taken.add(twin.name)
  const { options = {} } = tool
  if (options.contextSize !== undefined)
    context.notes.dropped(tool, 'contextSize', 'Claude decides itself how much it reads of what it finds')
  context.notes.approximated(tool, undefined, `Claude's own ${tool.kind} tool stands in`)
  if (tool.kind === 'code-execution') return [{ ...twin }]
  return [
    {
      ...twin,
      ...field('max_uses', options.maxUses),
      ...field('allowed_domains', options.allowedDomains),
      ...field('blocked_domains', options.blockedDomains),
      ...(tool.kind === 'web-search' && options.userLocation && { user_location: { type: 'approximate', ...options.userLocation } }),
    },
  ]
}

/** The name under which a tool is offered; `undefined` where it is not. */
function offeredName(name: string, tools: Tool[], { toolNames }: AskContext): string | undefined {
  if (isOffered(name, tools)) return toolNames.fit(name)
  const tool = hostedNamed(name, tools)
  if (tool?.protocol === 'claude') return stringOf(tool.value.name)
  const twin = tool && TWINS[tool.kind]
  return twin && !namesOf(tools).has(twin.name) ? twin.name : undefined
}

const CHOICES = { auto: 'auto', required: 'any', none: 'none' } as const

/**
 * `tool_choice`; `undefined` where nothing is to be said. It is refused without tools, and a forced call by some models
 * and beside thinking with a budget.
 */
export function encodeToolChoice(
  chat: ChatRequest,
  context: AskContext,
  hasTools: boolean,
  thinksByBudget: boolean,
): JsonObject | undefined {
  const { toolChoice: asked, parallelToolCalls, tools } = chat
  if (!asked && parallelToolCalls !== false) return undefined
  if (!hasTools) {
    if (asked)
      context.notes.dropped(
        asked.at === undefined ? chat : asked,
        asked.at === undefined ? 'toolChoice' : undefined,
        'there are no tools to choose from',
      )
    if (parallelToolCalls === false) context.notes.dropped(chat, 'parallelToolCalls', 'there are no tools to call')
    return undefined
  }
  const nameOf = (name: string) => offeredName(name, tools, context)
  // allowed tools are not named but sent alone
  const toolChoice = asked?.type === 'tool' ? nameable(asked, (name) => nameOf(name) !== undefined, context.notes) : asked
  if (!toolChoice && parallelToolCalls !== false) return undefined
  let choice: JsonObject =
    toolChoice?.type === 'tool'
      ? { type: 'tool', name: nameOf(toolChoice.name) }
      : { type: CHOICES[toolChoice?.type === 'allowed' ? toolChoice.mode : (toolChoice?.type ?? 'auto')] }
  if ((choice.type === 'any' || choice.type === 'tool') && (thinksByBudget || !traitsOf(context.model).forcedTools)) {
    context.notes.approximated(
      toolChoice ?? chat,
      undefined,
      `${thinksByBudget ? 'beside thinking with a budget' : 'with this model'} Claude decides itself whether to call a tool`,
    )
    choice = { type: 'auto' }
  }
  if (parallelToolCalls === false) {
    if (choice.type === 'none') context.notes.dropped(chat, 'parallelToolCalls', 'no tool may be called')
    else choice.disable_parallel_tool_use = true
  }
  return choice
}

/** The choice of a request that came in this protocol. */
export function encodeOwnToolChoice({ toolChoice, parallelToolCalls }: ChatRequest, context: AskContext): JsonObject | undefined {
  if (!toolChoice) return undefined
  const choice: JsonObject =
    toolChoice.type === 'tool'
      ? { type: 'tool', name: context.toolNames.fit(toolChoice.name) }
      : { type: CHOICES[toolChoice.type === 'allowed' ? toolChoice.mode : toolChoice.type] }
  return { ...choice, ...(parallelToolCalls !== undefined && { disable_parallel_tool_use: !parallelToolCalls }), ...ownFields(toolChoice) }
}
