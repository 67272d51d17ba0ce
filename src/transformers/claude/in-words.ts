/**
 * What blocks that only Claude knows say in plain words, for providers that are asked to go on with a conversation in
 * which Claude searched, ran code or compacted.
 *
 * @module
 */
import { arrayOf, isObject, stringOf, type JsonObject } from '../../core/json.ts'

const WORDS: Record<string, (block: JsonObject) => string | undefined> = {
  compaction: (block) => stringOf(block.content),
  search_result: (block) => lines(stringOf(block.title), stringOf(block.source), textsOf(block.content)),
  browser_state: (block) => lines('Open tabs:', ...arrayOf(block.tabs).map(titleAndUrl)),
  server_tool_use: ranTool,
  mcp_tool_use: ranTool,
  mcp_tool_result: (block) => result(block, textsOf(block.content)),
  web_search_tool_result: (block) => result(block, lines(...arrayOf(block.content).map(titleAndUrl))),
  web_fetch_tool_result: (block) => {
    const fetched = isObject(block.content) ? block.content : {}
    const document = isObject(fetched.content) ? fetched.content : {}
    const source = isObject(document.source) && document.source.type === 'text' ? stringOf(document.source.data) : undefined
    return result(block, lines(stringOf(fetched.url), source))
  },
  code_execution_tool_result: ranCode,
  bash_code_execution_tool_result: ranCode,
}

/** `undefined` where there are no words for it. */
export function inWords(block: JsonObject): string | undefined {
  const type = stringOf(block.type) ?? ''
  const text = Object.hasOwn(WORDS, type) ? WORDS[type]?.(block) : undefined
  return text?.trim() ? text : undefined
}

function ranTool(block: JsonObject): string {
  return `[ran ${stringOf(block.name) ?? 'a tool'}: ${JSON.stringify(block.input ?? {})}]`
}

function ranCode(block: JsonObject): string {
  const outcome = isObject(block.content) ? block.content : {}
  return result(block, lines(stringOf(outcome.stdout), stringOf(outcome.stderr)))
}

function result(block: JsonObject, text: string): string {
  const failure = failureOf(block)
  return lines(failure === undefined ? '[result]' : `[${['failed', failure].filter(Boolean).join(': ')}]`, text)
}

/** Why a tool failed, as far as is told; `undefined` where it did not. */
function failureOf({ is_error, content }: JsonObject): string | undefined {
  const { error_code, return_code } = isObject(content) ? content : {}
  if (typeof error_code === 'string') return error_code
  if (typeof return_code === 'number' && return_code !== 0) return `exit code ${return_code}`
  return is_error === true ? '' : undefined
}

function titleAndUrl(value: unknown): string | undefined {
  if (!isObject(value)) return undefined
  return [stringOf(value.title), stringOf(value.url)].filter(Boolean).join(' ')
}

function textsOf(content: unknown): string {
  if (typeof content === 'string') return content
  return lines(...arrayOf(content).map((block) => (isObject(block) ? stringOf(block.text) : undefined)))
}

const lines = (...texts: (string | undefined)[]): string => texts.filter(Boolean).join('\n')
