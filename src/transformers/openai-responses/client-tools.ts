/**
 * Tools of a kind of their own that the client runs itself: other protocols know them as functions with typed arguments.
 * @see https://platform.openai.com/docs/guides/tools-shell
 * @see https://platform.openai.com/docs/guides/tools-apply-patch
 *
 * @module
 */
import { isObject, stringOf, type JsonObject } from '../../core/json.ts'
import { objectsOf } from './wire.ts'

export interface ClientTool {
  /** The type of the tool, and its name as a function. */
  type: string
  /** The types of its items. */
  call: string
  output: string
  /** The field of the call's item that holds the arguments. */
  field: 'action' | 'operation' | 'arguments'
  description: string
  parameters: JsonObject
}

const strings = { type: 'array', items: { type: 'string' } }

const CLIENT_TOOLS: ClientTool[] = [
  {
    type: 'local_shell',
    call: 'local_shell_call',
    output: 'local_shell_call_output',
    field: 'action',
    description: "Runs a command on the user's machine and returns its output.",
    parameters: {
      type: 'object',
      properties: {
        command: { ...strings, description: 'The command and its arguments.' },
        working_directory: { type: 'string' },
        timeout_ms: { type: 'integer' },
        env: { type: 'object', additionalProperties: { type: 'string' } },
        user: { type: 'string' },
      },
      required: ['command'],
    },
  },
  {
    type: 'shell',
    call: 'shell_call',
    output: 'shell_call_output',
    field: 'action',
    description: "Runs shell commands on the user's machine, in parallel, and returns their output.",
    parameters: {
      type: 'object',
      properties: { commands: strings, timeout_ms: { type: 'integer' }, max_output_length: { type: 'integer' } },
      required: ['commands'],
    },
  },
  {
    type: 'apply_patch',
    call: 'apply_patch_call',
    output: 'apply_patch_call_output',
    field: 'operation',
    description: 'Creates, updates or deletes one file. The diff is in V4A format; a deletion has none.',
    parameters: {
      type: 'object',
      properties: {
        type: { type: 'string', enum: ['create_file', 'update_file', 'delete_file'] },
        path: { type: 'string' },
        diff: { type: 'string' },
      },
      required: ['type', 'path'],
    },
  },
  {
    type: 'tool_search',
    call: 'tool_search_call',
    output: 'tool_search_output',
    field: 'arguments',
    description: 'Searches for tools that can be loaded.',
    parameters: { type: 'object', properties: { query: { type: 'string' } }, required: ['query'] },
  },
]

const BY_TYPE = new Map(CLIENT_TOOLS.map((tool) => [tool.type, tool]))
const BY_CALL = new Map(CLIENT_TOOLS.map((tool) => [tool.call, tool]))
const BY_OUTPUT = new Map(CLIENT_TOOLS.map((tool) => [tool.output, tool]))

/** The kind of a tool that the client runs; `undefined` for functions, custom tools, and tools that OpenAI runs. */
export function clientToolOf(tool: JsonObject): ClientTool | undefined {
  const found = BY_TYPE.get(stringOf(tool.type) ?? '')
  if (found?.type === 'tool_search') return tool.execution === 'client' ? found : undefined
  return found && isElsewhere(tool) ? undefined : found
}

/** Whether a shell, or a call of it, is that of a container which OpenAI keeps, and not of the client's machine. */
export const isElsewhere = ({ environment }: JsonObject): boolean => isObject(environment) && environment.type !== 'local'

/** The kind of tool that an item calls, where the client runs it. */
export const calledTool = (item: JsonObject): ClientTool | undefined =>
  item.execution === 'server' || isElsewhere(item) ? undefined : BY_CALL.get(stringOf(item.type) ?? '')

/** The kind of tool that an item answers, where the client ran it. */
export const answeredTool = (item: JsonObject): ClientTool | undefined =>
  item.execution === 'server' ? undefined : BY_OUTPUT.get(stringOf(item.type) ?? '')

/** A call's item, without its ids. */
export function clientCallFields(tool: ClientTool, input: JsonObject): JsonObject {
  if (tool.type === 'tool_search') return { type: tool.call, execution: 'client', arguments: input }
  if (tool.type === 'local_shell') return { type: tool.call, action: { env: {}, ...input, type: 'exec' } }
  return { type: tool.call, [tool.field]: input }
}

/** What an answer's item says, as the text of a function's result. */
export function clientOutputText(tool: ClientTool, item: JsonObject): string {
  if (tool.type === 'tool_search')
    return `Tools loaded: ${
      objectsOf(item.tools)
        .map((loaded) => stringOf(loaded.name) ?? stringOf(loaded.type))
        .join(', ') || 'none'
    }`
  if (typeof item.output === 'string') return item.output
  if (item.output === undefined || item.output === null) return stringOf(item.status) ?? ''
  return JSON.stringify(item.output)
}

/** The arguments of a call's item. */
export function clientCallInput(tool: ClientTool, item: JsonObject): unknown {
  const value = item[tool.field]
  if (tool.type !== 'local_shell' || !isObject(value)) return value
  const { type: _exec, ...input } = value
  return input
}
