/**
 * Tools and the choice among them, written for an upstream.
 *
 * @module
 */
import type { ChatRequest, CustomTool, FunctionTool, HostedTool, Tool, ToolChoice } from '../../core/chat.ts'
import { objectOf, type JsonObject } from '../../core/json.ts'
import { strictTool } from '../../core/strict-schema.ts'
import { isAllowed, isOffered, nameable } from '../../core/tool-choice.ts'
import { spelled } from './wire.ts'
import type { Writing } from './writing.ts'

/** Sets `tools`, `tool_choice`, `parallel_tool_calls` and what asks for a search of the web. */
export function encodeTools(body: JsonObject, chat: ChatRequest, writing: Writing): void {
  const choice = nameableChoice(chat, writing)
  const offered = offeredTools(chat, choice, writing)
  const tools: JsonObject[] = []
  for (const tool of offered)
    if (tool.type === 'function') tools.push(encodeFunction(tool, writing))
    else if (tool.type === 'custom') tools.push(encodeCustom(tool, writing))
    else tools.push(...encodeHosted(body, tool, writing))
  if (tools.length) body.tools = tools
  const { parallelToolCalls: parallel } = chat
  if (!tools.length && !writing.faithful) {
    if (choice && choice.type !== 'none') writing.notes.dropped(choice, undefined, 'there are no tools to choose from')
    else if (choice) writing.notes.approximated(choice, undefined, 'no tools are offered')
    if (parallel !== undefined) writing.notes.dropped(chat, 'parallelToolCalls', 'there are no tools to call')
    return
  }
  if (choice) encodeChoice(body, chat, choice, writing)
  if (parallel === undefined) return
  const reason = writing.refusal('parallel_tool_calls')
  if (reason) writing.notes.dropped(chat, 'parallelToolCalls', reason)
  else body.parallel_tool_calls = parallel
}

/** The choice of what can be named here: tools that the client runs. */
function nameableChoice({ toolChoice: choice, tools }: ChatRequest, { faithful, dialect, notes }: Writing): ToolChoice | undefined {
  // where the list is cut down instead, nothing is named
  if (!choice || faithful || (choice.type === 'allowed' && dialect.toolChoice?.allowed === false)) return choice
  return nameable(choice, (name) => isOffered(name, tools), notes)
}

/** The tools less those that a choice which the provider cannot say leaves out. */
function offeredTools({ tools, toolChoice: asked }: ChatRequest, choice: ToolChoice | undefined, writing: Writing): Tool[] {
  const limits = writing.dialect.toolChoice
  if (choice?.type === 'none' && limits?.none === 'omit' && tools.length) {
    writing.notes.approximated(choice, undefined, 'calls are prevented by offering no tools')
    return keepTools(tools, () => false, writing)
  }
  if (choice?.type === 'allowed' && limits?.allowed === false) {
    writing.notes.approximated(choice, undefined, 'only the allowed tools are offered')
    return keepTools(tools, (tool) => isAllowed(tool, choice.names), writing)
  }
  // no choice here can leave out what the provider runs itself
  if (asked?.type === 'allowed' && !writing.faithful)
    return keepTools(tools, (tool) => tool.type !== 'hosted' || isAllowed(tool, asked.names), writing)
  if (choice?.type === 'tool' && limits?.named === 'filter') {
    writing.notes.approximated(choice, undefined, 'only the chosen tool is offered')
    return keepTools(tools, (tool) => tool.type !== 'hosted' && tool.name === choice.name, writing)
  }
  return tools
}

function keepTools(tools: Tool[], kept: (tool: Tool) => boolean, { notes }: Writing): Tool[] {
  return tools.filter((tool) => {
    const stays = kept(tool)
    if (!stays) notes.dropped(tool, undefined, 'the choice leaves this tool out')
    return stays
  })
}

function encodeChoice(body: JsonObject, chat: ChatRequest, choice: ToolChoice, writing: Writing): void {
  const limits = writing.dialect.toolChoice ?? {}
  const required = limits.required ?? 'required'
  const set = (value: unknown) => (body.tool_choice = value)
  const cannot = (what: string) => writing.notes.dropped(choice, undefined, `this provider cannot be made to call ${what}`)
  switch (choice.type) {
    case 'auto':
    case 'none':
      return void (writing.refusal('tool_choice')
        ? writing.notes.dropped(choice, undefined, 'this provider takes no tool choice')
        : set(choice.type))
    case 'required':
      return void (required ? set(required) : cannot('a tool'))
    case 'tool':
      if (limits.named === 'filter') return void (required ? set(required) : cannot('a tool'))
      return void (limits.named === false
        ? cannot('a certain tool')
        : set({ ...nameTool(chat, choice.name, writing), ...choice.extra?.openai }))
    case 'allowed': {
      if (limits.allowed === false) return void (choice.mode === 'auto' ? set('auto') : required ? set(required) : cannot('a tool'))
      // All of them allowed is what the mode alone says.
      if (chat.tools.every((tool) => tool.type !== 'hosted' && choice.names.includes(tool.name)) && !writing.faithful)
        return void set(choice.mode)
      const tools = choice.names.map((name) => nameTool(chat, name, writing))
      return void set({ type: 'allowed_tools', allowed_tools: { mode: choice.mode, tools } })
    }
  }
}

function nameTool(chat: ChatRequest, name: string, writing: Writing): JsonObject {
  const custom = writing.dialect.customTools !== false && chat.tools.some((tool) => tool.type === 'custom' && tool.name === name)
  const kind = custom ? 'custom' : 'function'
  return { type: kind, [kind]: { name: writing.toolNames.fit(name) } }
}

function encodeFunction(tool: FunctionTool, writing: Writing): JsonObject {
  const inner: JsonObject = { name: writing.toolNames.fit(tool.name) }
  if (tool.description !== undefined) inner.description = tool.description
  const parameters = writing.faithful ? tool.parameters : withProperties(tool.parameters)
  if (parameters) inner.parameters = parameters
  const strict = strictOf(tool, writing)
  if (strict !== undefined) inner.strict = strict
  // nearly all tools have nothing else to say
  if (!tool.cache && !tool.extra?.openai && !spelled(tool)) return { type: 'function', function: inner }
  const { function: more, ...extra } = tool.extra?.openai ?? {}
  const { function: exact, ...spelling } = spelled(tool) ?? {}
  const mark = writing.faithful ? undefined : toolMark(tool, writing)
  return { type: 'function', function: { ...inner, ...objectOf(more), ...objectOf(exact) }, ...mark, ...extra, ...spelling }
}

/** OpenAI refuses an object schema without `properties`. */
const withProperties = (schema: JsonObject = { type: 'object' }): JsonObject =>
  (schema.type === 'object' || schema.type === undefined) && !schema.properties && !REFERRING.some((word) => word in schema)
    ? { type: 'object', ...schema, properties: {} }
    : schema
const REFERRING = ['$ref', 'anyOf', 'oneOf', 'allOf']

function strictOf(tool: FunctionTool, { faithful, dialect, notes }: Writing): boolean | undefined {
  if (tool.strict === undefined || faithful) return tool.strict
  if (dialect.strict === false) {
    if (tool.strict) notes.dropped(tool, 'strict', 'this provider gives no guarantee that calls fit the schema')
    return undefined
  }
  return strictTool(tool, notes)
}

function toolMark(tool: FunctionTool, { dialect, notes }: Writing): JsonObject | undefined {
  if (!tool.cache) return undefined
  if (dialect.cacheMarks === 'cache_control')
    return { cache_control: { type: 'ephemeral', ...(tool.cache.ttl !== undefined && { ttl: tool.cache.ttl }) } }
  notes.dropped(tool, 'cache', 'tools take no cache mark here')
  return undefined
}

function encodeCustom(tool: CustomTool, writing: Writing): JsonObject {
  const { custom: more, ...extra } = tool.extra?.openai ?? {}
  const name = writing.toolNames.fit(tool.name)
  if (writing.dialect.customTools !== false) {
    const { type, ...grammar } = tool.format ?? {}
    const format = tool.format && (type === 'grammar' ? { type, grammar } : tool.format)
    const inner = { name, ...(tool.description !== undefined && { description: tool.description }), ...(format && { format }) }
    return { type: 'custom', custom: { ...inner, ...objectOf(more) }, ...extra, ...spelled(tool) }
  }
  writing.notes.approximated(tool, undefined, 'a tool called with free text became one with a single argument of text')
  const limits =
    tool.format?.type === 'grammar'
      ? `The input must follow this ${String(tool.format.syntax)} grammar:\n${String(tool.format.definition)}`
      : undefined
  const description = [tool.description, limits].filter(Boolean).join('\n\n')
  const parameters = { type: 'object', properties: { input: { type: 'string' } }, required: ['input'], additionalProperties: false }
  return { type: 'function', function: { name, ...(description && { description }), parameters } }
}

function encodeHosted(body: JsonObject, tool: HostedTool, writing: Writing): JsonObject[] {
  if (tool.protocol === 'openai') {
    if (!('web_search_options' in tool.value)) return [tool.value]
    body.web_search_options = tool.value.web_search_options
    return []
  }
  const search = tool.kind === 'web-search' ? searchOf(body, tool, writing) : undefined
  if (search) return search
  writing.notes.dropped(
    tool,
    undefined,
    `this provider has no tool of its own like ${String(tool.value.type ?? tool.value.name ?? tool.kind)}`,
  )
  return []
}

/** A search of the web; `undefined` where there is none. */
function searchOf(body: JsonObject, tool: HostedTool, { dialect, facts, notes }: Writing): JsonObject[] | undefined {
  const { options = {} } = tool
  const place = options.userLocation && { type: 'approximate', ...options.userLocation }
  const size = options.contextSize
  const lost = (...fields: (keyof typeof options)[]) => {
    for (const field of fields) if (options[field] !== undefined) notes.dropped(tool, field, 'the search cannot be told this here')
  }
  switch (dialect.webSearch) {
    case 'openrouter': {
      const said = {
        max_uses: options.maxUses,
        allowed_domains: options.allowedDomains,
        excluded_domains: options.blockedDomains,
        user_location: place,
        search_context_size: size,
      }
      const parameters = Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined))
      return [{ type: 'openrouter:web_search', ...(Object.keys(parameters).length && { parameters }) }]
    }
    case 'browser-search':
      lost('maxUses', 'allowedDomains', 'blockedDomains', 'userLocation', 'contextSize')
      return [{ type: 'browser_search' }]
    case 'search-parameters':
      lost('maxUses', 'userLocation', 'contextSize')
      body.search_parameters = {
        mode: 'auto',
        ...((options.allowedDomains ?? options.blockedDomains) && {
          sources: [
            {
              type: 'web',
              ...(options.allowedDomains ? { allowed_websites: options.allowedDomains } : { excluded_websites: options.blockedDomains }),
            },
          ],
        }),
      }
      return []
    case 'none':
      return undefined
    default:
      if (!facts.search) return undefined
      lost('maxUses', 'allowedDomains', 'blockedDomains')
      body.web_search_options = {
        ...(size && { search_context_size: size }),
        ...(options.userLocation && { user_location: { type: 'approximate', approximate: options.userLocation } }),
      }
      return []
  }
}
