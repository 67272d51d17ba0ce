/**
 * Items that only the Responses API has: who says them, and what they say in plain words where that is worth telling.
 *
 * @module
 */
import { arrayOf, isObject, objectOf, stringOf, type JsonObject, lookUp } from '../../core/json.ts'
import { SUMMARY_REQUEST, summaryOf } from './compaction.ts'
import { objectsOf } from './wire.ts'

/** Items that come from the client; all others come from the model or its provider. */
const FROM_CLIENT = new Set([
  'additional_tools',
  'agent_message',
  'compaction',
  'compaction_summary',
  'compaction_trigger',
  'computer_call_output',
  'configuration_update',
  'context_compaction',
  'item_reference',
  'mcp_approval_response',
])

export const nativeRole = (type: string): 'user' | 'assistant' => (FROM_CLIENT.has(type) ? 'user' : 'assistant')

const UNREADABLE = '[The earlier part of this conversation was compacted by another provider and cannot be read here.]'

/** How items are told to providers that do not have them. What is not listed here is dropped. */
const WORDS: Record<string, (item: JsonObject) => string | undefined> = {
  agent_message: (item) =>
    stringOf(item.content) ??
    objectsOf(item.content)
      .map((part) => stringOf(part.text) ?? '')
      .join('\n'),
  code_interpreter_call: (item) => `[Code was run]\n${stringOf(item.code) ?? ''}${logsOf(item)}`,
  compaction: (item) => summaryOf(item) ?? UNREADABLE,
  compaction_summary: (item) => summaryOf(item) ?? UNREADABLE,
  compaction_trigger: () => SUMMARY_REQUEST,
  context_compaction: (item) => summaryOf(item) ?? UNREADABLE,
  file_search_call: (item) => `[Files were searched for: ${listOf(item.queries)}]${resultsOf(item)}`,
  mcp_call: (item) =>
    `[${stringOf(item.server_label) ?? 'MCP'}.${stringOf(item.name) ?? ''}(${stringOf(item.arguments) ?? ''}) returned] ${stringOf(item.output) ?? stringOf(item.error) ?? ''}`,
  shell_call: (item) => `[A shell ran: ${listOf(objectOf(item.action)?.commands)}]`,
  shell_call_output: (item) => `[Its output] ${JSON.stringify(item.output ?? '')}`,
  web_search_call: (item) => {
    const { query, queries, url } = objectOf(item.action) ?? {}
    const sought = stringOf(query) ?? listOf(queries)
    return !sought && typeof url === 'string' ? `[A page was opened: ${url}]` : `[The web was searched: ${sought}]`
  },
}

export const nativeText = (item: JsonObject): string | undefined => lookUp(WORDS, stringOf(item.type) ?? '')?.(item) || undefined

/** What the web was searched for; `undefined` for all else. */
export function searchedIn({ type, action }: JsonObject): string[] | undefined {
  if (type !== 'web_search_call' || !isObject(action)) return undefined
  const queries = arrayOf(action.queries ?? [action.query])
    .filter((query) => typeof query === 'string')
    .filter(Boolean)
  return queries.length ? queries : undefined
}

const listOf = (value: unknown): string => (Array.isArray(value) ? value.join(', ') : '')
const logsOf = (item: JsonObject): string =>
  objectsOf(item.outputs)
    .map((output) => (typeof output.logs === 'string' ? `\n[Its output]\n${output.logs}` : ''))
    .join('')
const resultsOf = (item: JsonObject): string =>
  objectsOf(item.results)
    .map((result) => `\n${stringOf(result.filename) ?? ''}: ${stringOf(result.text) ?? ''}`)
    .join('')
