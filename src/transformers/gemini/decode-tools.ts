/**
 * `tools` and `toolConfig`, read.
 *
 * @module
 */
import type { FunctionTool, HostedKind, HostedTool, Located, Tool, ToolChoice } from '../../core/chat.ts'
import { isObject, optional, readArray, readObject, readString, lookUp } from '../../core/json.ts'
import { isStrict } from '../../core/strict-schema.ts'
import { rest, restIn } from './fields.ts'
import { fromOpenApi, strayOrdering } from './schema/from-openapi.ts'

const DECLARATION = new Set(['name', 'description', 'parameters', 'parametersJsonSchema'])
const CHOICE = new Set(['mode', 'allowedFunctionNames'])
const CONFIG = new Set(['functionCallingConfig'])

const KIND_OF: Record<string, HostedKind> = {
  googleSearch: 'web-search',
  googleSearchRetrieval: 'web-search',
  enterpriseWebSearch: 'web-search',
  urlContext: 'web-fetch',
  codeExecution: 'code-execution',
  computerUse: 'computer',
  fileSearch: 'file-search',
  mcpServers: 'mcp',
}

/** Reads the tools; what only Gemini knows of their schemas goes to `groups`. `entry` in their spelling tells which entry of the list a tool stood in. */
export function decodeTools(value: unknown, at: string, groups: Located[]): Tool[] {
  const entries = isObject(value) ? [value] : readArray(value, at)
  const tools: Tool[] = []
  entries.forEach((entry, i) => {
    const place = Array.isArray(value) ? `${at}/${i}` : at
    const wire = readObject(entry, place)
    for (const key in wire) {
      const tool = wire[key]
      const under = `${place}/${key}`
      if (tool === undefined || tool === null) continue
      if (key === 'functionDeclarations') addDeclarations(tools, tool, under, i, groups)
      else tools.push(hosted(key, tool, under, i))
    }
  })
  return tools
}

function addDeclarations(tools: Tool[], value: unknown, at: string, entry: number, groups: Located[]): void {
  const list = isObject(value) ? [value] : readArray(value, at)
  list.forEach((item, n) => {
    const here = Array.isArray(value) ? `${at}/${n}` : at
    if (isObject(item) && item.parameters !== undefined) groups.push(...strayOrdering(item.parameters, `${here}/parameters`))
    tools.push(declaration(item, here, entry))
  })
}

function declaration(value: unknown, at: string, entry: number): FunctionTool {
  const wire = readObject(value, at)
  const description = optional(readString, wire.description, at, 'description')
  const json = optional(readObject, wire.parametersJsonSchema, at, 'parametersJsonSchema')
  const own = json ? undefined : optional(readObject, wire.parameters, at, 'parameters')
  const parameters = json ?? (own && fromOpenApi(own))
  const tool: FunctionTool = { type: 'function', name: readString(wire.name, at, 'name'), at }
  if (description !== undefined) tool.description = description
  if (parameters) tool.parameters = parameters
  if (own) tool.wireNames = OPENAPI
  return restIn(tool, wire, DECLARATION, { entry, declaration: value })
}

const OPENAPI = { parameters: 'parameters' }

function hosted(key: string, value: unknown, at: string, entry: number): HostedTool {
  const excluded = isObject(value) && Array.isArray(value.excludeDomains) ? value.excludeDomains.filter((d) => typeof d === 'string') : []
  return {
    type: 'hosted',
    kind: lookUp(KIND_OF, key) ?? 'other',
    protocol: 'gemini',
    value: { [key]: value },
    apart: true,
    ...(excluded.length && { options: { blockedDomains: excluded } }),
    at,
    spelling: { gemini: { entry } },
  }
}

/** Reads which tools may be called. `VALIDATED` makes the tools strict whose schemas allow it elsewhere too; they are given anew. */
export function decodeToolConfig(value: unknown, at: string, tools: Tool[]): { toolChoice?: ToolChoice; tools: Tool[]; group: Located } {
  const config = readObject(value, at)
  const choice = optional(readObject, config.functionCallingConfig, `${at}/functionCallingConfig`)
  const group: Located = { at, ...rest(config, CONFIG, choice ? undefined : config) }
  if (!choice) return { tools, group }
  const place = `${at}/functionCallingConfig`
  const mode = optional(readString, choice.mode, `${place}/mode`)?.toUpperCase() ?? 'AUTO'
  const names = (optional(readArray, choice.allowedFunctionNames, `${place}/allowedFunctionNames`) ?? []).map((name, i) =>
    readString(name, `${place}/allowedFunctionNames/${i}`),
  )
  const left = rest(choice, CHOICE, { functionCallingConfig: config.functionCallingConfig })
  const located: Located = { at: place, wireNames: { mode: 'mode' }, ...left }
  if (mode === 'VALIDATED') {
    const strict = tools.map((tool) =>
      tool.type === 'function' && tool.parameters && isStrict(tool.parameters) ? { ...tool, strict: true } : tool,
    )
    // a guarantee for some tools only is not what was asked for
    const functions = tools.flatMap((tool, i) => (tool.type === 'function' ? [strict[i] !== tool] : []))
    if (!functions.length || functions.includes(false)) located.extra = { gemini: { ...left.extra?.gemini, mode: 'VALIDATED' } }
    return {
      toolChoice: { ...(names.length ? { type: 'allowed', mode: 'auto', names } : { type: 'auto' }), ...located },
      tools: strict,
      group,
    }
  }
  return { toolChoice: { ...choiceOf(mode, names, located), ...located }, tools, group }
}

function choiceOf(mode: string, names: string[], located: Located): ToolChoice {
  const [only] = names
  switch (mode) {
    case 'ANY':
      return names.length > 1
        ? { type: 'allowed', mode: 'required', names }
        : only === undefined
          ? { type: 'required' }
          : { type: 'tool', name: only }
    case 'NONE':
      if (names.length) located.extra = { gemini: { ...located.extra?.gemini, allowedFunctionNames: names } }
      return { type: 'none' }
    default:
      if (mode !== 'AUTO' && mode !== 'MODE_UNSPECIFIED') located.extra = { gemini: { ...located.extra?.gemini, mode } }
      return names.length ? { type: 'allowed', mode: 'auto', names } : { type: 'auto' }
  }
}
