/**
 * `tools` and `toolConfig`, written.
 * @see https://ai.google.dev/api/caching#Tool
 *
 * @module
 */
import type { ChatRequest, CustomTool, FunctionTool, HostedTool } from '../../core/chat.ts'
import { addFields, arrayOf, isObject, type JsonObject } from '../../core/json.ts'
import type { AskContext } from '../../core/protocol.ts'
import { isAllowed } from '../../core/tool-choice.ts'
import { encodeChoice } from './encode-choice.ts'
import { spellingOf } from './fields.ts'
import type { ModelTraits } from './models.ts'
import { overBudget, withoutLimits, type Limit } from './schema/budget.ts'
import { toJsonSchema } from './schema/to-json-schema.ts'
import { toOpenApi } from './schema/to-openapi.ts'

export interface WireTools extends JsonObject {
  tools?: JsonObject[]
  toolConfig?: JsonObject
}

/** The tools and how they may be used. */
export function encodeTools(chat: ChatRequest, traits: ModelTraits, context: AskContext): WireTools {
  const own = chat.tools.length > 0 && chat.tools.every((tool) => spellingOf(tool) !== undefined)
  if (own) return { tools: ownTools(chat), ...toolConfigOf(chat, encodeChoice(chat, true, context)) }
  const declarations = declarationsOf(chat, context)
  const builtIns = builtInsOf(chat, declarations.length > 0, traits, context)
  const tools = [...(declarations.length ? [{ functionDeclarations: declarations }] : []), ...builtIns]
  const both = declarations.length > 0 && builtIns.length > 0 && context.dialect.name !== 'vertex'
  const choice = encodeChoice(chat, declarations.length > 0, context)
  // Gemini 3 runs its own tools beside the client's only if both are checked
  const mode = isObject(choice?.functionCallingConfig) ? choice.functionCallingConfig.mode : undefined
  const checked = both && (mode === undefined || mode === 'AUTO') ? { functionCallingConfig: { mode: 'VALIDATED' } } : undefined
  if (checked)
    for (const tool of chat.tools)
      if (tool.type === 'function' && tool.strict === false)
        context.notes.approximated(tool, 'strict', 'beside its own tools Gemini checks all calls')
  return {
    ...(tools.length && { tools }),
    ...toolConfigOf(chat, both ? { ...choice, ...checked, includeServerSideToolInvocations: true } : choice),
  }
}

function toolConfigOf(chat: ChatRequest, choice: JsonObject | undefined): WireTools {
  const group = chat.groups?.find(({ at }) => at?.match(/\/tool_?config$/i))
  const toolConfig = { ...choice, ...group?.extra?.gemini, ...spellingOf(group) }
  return group || Object.keys(toolConfig).length ? { toolConfig } : {}
}

/** Tools that were read from Gemini's wire, entry by entry as they stood there. */
function ownTools(chat: ChatRequest): JsonObject[] {
  const entries = new Map<unknown, JsonObject>()
  for (const tool of chat.tools) {
    const spelled = spellingOf(tool)
    const entry = entries.get(spelled?.entry) ?? {}
    entries.set(spelled?.entry, entry)
    if (tool.type === 'hosted') addFields(entry, tool.value)
    else entry.functionDeclarations = [...arrayOf(entry.functionDeclarations), spelled?.declaration]
  }
  return [...entries.values()]
}

function declarationsOf(chat: ChatRequest, context: AskContext): JsonObject[] {
  const { notes, toolNames } = context
  const names = new Set<string>()
  const limits: (Limit & { tool: FunctionTool })[] = []
  const declarations: JsonObject[] = []
  for (const tool of chat.tools) {
    if (tool.type === 'hosted') continue
    const name = toolNames.fit(tool.name)
    if (names.has(name)) {
      notes.dropped(tool, undefined, `Gemini refuses a second tool called ${name}`)
      continue
    }
    names.add(name)
    declarations.push(
      tool.type === 'custom' ? customTool(tool, name, context) : functionTool(tool, name, context, declarations.length, limits),
    )
  }
  const doomed = overBudget(limits)
  for (const { tool, at } of doomed as typeof limits)
    notes.approximated(tool, 'parameters', 'Gemini bounds the sum of all maxItems; the description tells this one', `${at}/maxItems`)
  for (const index of new Set(doomed.map(({ schema }) => schema))) {
    const declaration = declarations[index]!
    const key = declaration.parameters ? 'parameters' : 'parametersJsonSchema'
    const places = doomed.filter(({ schema }) => schema === index).map(({ at }) => at)
    declarations[index] = { ...declaration, [key]: withoutLimits(declaration[key] as JsonObject, places) }
  }
  return declarations
}

function functionTool(
  tool: FunctionTool,
  name: string,
  { notes, dialect }: AskContext,
  schema: number,
  limits: (Limit & { tool: FunctionTool })[],
): JsonObject {
  if (tool.cache) notes.dropped(tool, 'cache', 'Gemini caches by itself')
  const declaration: JsonObject = { name }
  if (tool.description !== undefined) declaration.description = tool.description
  if (!tool.parameters) return declaration
  const sink = {
    lose: (below: string, reason: string) => notes.approximated(tool, 'parameters', reason, below),
    limit: (at: string, maxItems: number) => void limits.push({ schema, at, maxItems, tool }),
  }
  if (dialect.schemas !== 'openapi') declaration.parametersJsonSchema = toJsonSchema(tool.parameters, sink)
  else {
    const parameters = toOpenApi(tool.parameters, sink)
    if (parameters) declaration.parameters = parameters
  }
  return declaration
}

/** Free text travels as the only argument. */
function customTool(tool: CustomTool, name: string, { notes }: AskContext): JsonObject {
  notes.approximated(tool, 'type', 'Gemini calls tools with JSON; the text is its only argument')
  if (tool.format && tool.format.type !== 'text')
    notes.approximated(tool, 'format', 'Gemini knows no grammars; the description of the argument tells it')
  const grammar = tool.format?.type === 'grammar' ? ` It must follow this grammar: ${JSON.stringify(tool.format)}` : ''
  return {
    name,
    ...(tool.description !== undefined && { description: tool.description }),
    parametersJsonSchema: {
      type: 'object',
      properties: { input: { type: 'string', description: `The tool's whole input, as it is.${grammar}` } },
      required: ['input'],
    },
  }
}

const TWIN_OF: Partial<Record<HostedTool['kind'], string>> = {
  'web-search': 'googleSearch',
  'web-fetch': 'urlContext',
  'code-execution': 'codeExecution',
}

/** Google's own tools in place of another provider's. */
function builtInsOf(chat: ChatRequest, functions: boolean, traits: ModelTraits, { notes }: AskContext): JsonObject[] {
  const built: Record<string, JsonObject> = {}
  for (const tool of chat.tools) {
    if (tool.type !== 'hosted') continue
    const twin = TWIN_OF[tool.kind]
    const { toolChoice: choice } = chat
    if (tool.protocol !== 'gemini' && !twin) notes.dropped(tool, undefined, 'Gemini has no such tool')
    else if (choice?.type === 'allowed' && !isAllowed(tool, choice.names)) notes.dropped(tool, undefined, 'not among the allowed tools')
    else if (choice?.type === 'none') notes.dropped(tool, undefined, 'no tool may be called, and Gemini cannot forbid its own')
    else if (functions && traits.generation < 3) notes.dropped(tool, undefined, 'this model takes no tool of its own beside functions')
    else if (tool.protocol === 'gemini') addFields(built, tool.value)
    else if (twin) built[twin] = twinOf(tool, twin, notes)
  }
  return Object.entries(built).map(([key, value]) => ({ [key]: value }))
}

function twinOf(tool: HostedTool, twin: string, notes: AskContext['notes']): JsonObject {
  const blocked = tool.options?.blockedDomains
  if (tool.options?.allowedDomains) notes.dropped(tool, 'allowedDomains', 'Gemini can be kept from domains, not held to them')
  if (tool.options?.userLocation) notes.dropped(tool, 'userLocation', 'Gemini is not told where the user is')
  const excluded = twin === 'googleSearch' && blocked?.length ? { excludeDomains: blocked } : {}
  notes.approximated(
    tool,
    undefined,
    `Gemini uses its own ${twin}${Object.keys(excluded).length ? ', without the blocked domains' : ''}; other settings are not told`,
  )
  return excluded
}
