/**
 * What the built-in demo provider says: enough to see a whole conversation with tools, without a model.
 *
 * @module
 */
import type { ChatRequest, FunctionTool, Message, Part, ProtocolName, Tool, ToolResultPart } from '../../core/chat.ts'
import type { Reply } from '../../core/reply.ts'
import { estimateInput, estimateTokens } from '../../core/tokens.ts'
import { sampleOf } from './sample.ts'

export interface DemoContext {
  /** Who asks. */
  protocol: ProtocolName
  /** A new id for a tool call. */
  newCallId(): string
}

const PROTOCOL_TITLE: Record<ProtocolName, string> = {
  claude: 'Claude Messages',
  openai: 'OpenAI Chat Completions',
  'openai-responses': 'OpenAI Responses',
  gemini: 'Gemini',
}

/** Answers the last turn: calls a tool where the user spoke and one is fit for it, tells what a tool said, or explains itself. */
export function demoReply(chat: ChatRequest, context: DemoContext): Reply {
  const turn = chat.messages.findLast(({ role }) => role === 'user' || role === 'tool')
  const results = turn?.parts.filter((part) => part.type === 'tool-result') ?? []
  const tool = results.length ? undefined : pickTool(chat, textOf(turn))
  const text = chat.format ? formatted(chat) : results.length ? aboutResults(results, chat) : aboutItself(textOf(turn), context)

  const thought = thoughtFor(chat, tool, context)
  const said: Part = tool
    ? { type: 'tool-call', id: context.newCallId(), name: tool.name, json: JSON.stringify(argumentsFor(tool)) }
    : { type: 'text', text: cut(text, chat.maxTokens) }
  return {
    parts: [...thought, said],
    stop: { reason: tool ? 'tool-calls' : said.type === 'text' && said.text.length < text.length ? 'max-tokens' : 'end' },
    usage: {
      input: estimateInput(chat),
      output: Math.max(1, estimateTokens(said.type === 'text' ? said.text : JSON.stringify(said))),
      estimated: true,
    },
  }
}

/** Only where it was asked for: clients may not know what to do with it otherwise. */
function thoughtFor({ reasoning }: ChatRequest, tool: FunctionTool | undefined, { protocol }: DemoContext): Part[] {
  if (!reasoning || reasoning.mode === 'off' || reasoning.effort === 'none') return []
  const text = tool ? `The user asked something, and ${tool.name} looks like the tool to try.` : 'No tool is needed here, so I answer.'
  return [{ type: 'reasoning', text: reasoning.show === 'hidden' ? '' : text, opaque: { by: protocol, data: 'Y2Mtcm91dGUgZGVtbyA=' } }]
}

const isTool = (tool: Tool): tool is FunctionTool => tool.type === 'function'

/** Tools that only look are tried first; those that change something or begin work of their own, only where the user or the client asks for them. */
const LOOKS = /^(get|list|read|search|find|look|lookup|query|fetch|show|count|check|describe|view|ls|glob|grep|weather|time)$/
const ACTS = /^(delete|remove|kill|drop|send|pay|buy|transfer|deploy|write|edit|update|agent|task|workflow|schedule|spawn|placeholder)$/

function pickTool({ tools, toolChoice }: ChatRequest, text: string): FunctionTool | undefined {
  const allowed = toolChoice?.type === 'allowed' ? new Set(toolChoice.names) : undefined
  const known = tools.filter(isTool).filter(({ name }) => !allowed || allowed.has(name))
  const must = toolChoice?.type === 'required' || (toolChoice?.type === 'allowed' && toolChoice.mode === 'required')
  if (toolChoice?.type === 'none') return undefined
  if (toolChoice?.type === 'tool') return known.find(({ name }) => name === toolChoice.name)
  if (!must && /\b(no|not call any|without( any)?) tools?\b/i.test(text)) return undefined
  const has = ({ name }: FunctionTool, pattern: RegExp) => wordsOf(name).some((word) => pattern.test(word))
  return (
    known.find(({ name }) => text.includes(name)) ??
    known.find((tool) => has(tool, LOOKS) && !has(tool, ACTS)) ??
    known.find((tool) => !has(tool, ACTS)) ??
    (must ? known[0] : undefined)
  )
}

/** `ListAgents` → list, agents; `mcp__files__read_file` → mcp, files, read, file. */
const wordsOf = (name: string): string[] =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)

const argumentsFor = ({ parameters }: FunctionTool): unknown => sampleOf({ type: 'object', ...parameters })

const formatted = ({ format }: ChatRequest): string => JSON.stringify(format?.type === 'schema' ? sampleOf(format.schema) : {})

function aboutResults(results: ToolResultPart[], { messages }: ChatRequest): string {
  const calls = messages.flatMap(({ parts }) => parts.filter((part) => part.type === 'tool-call'))
  const said = results.map(({ name, callId, isError, ...result }) => {
    const called = name ?? calls.findLast(({ id }) => id === callId)?.name ?? 'The tool'
    return `${called} answered${isError ? ' with an error' : ''}: ${quote(textOf(result))}`
  })
  return `${said.join('\n')}\n\nThat is the whole round: you asked, I called a tool, your client ran it, and its answer came back to me.`
}

function aboutItself(asked: string, { protocol }: DemoContext): string {
  return [
    `Hello! This is the demo provider that is built into cc-route. No API key was found, so there is no model behind this answer.`,
    asked
      ? `You said ${quote(asked)}, in the ${PROTOCOL_TITLE[protocol]} format.`
      : `Your request came in the ${PROTOCOL_TITLE[protocol]} format.`,
    `Streaming, tool calls and reasoning work as they would with a real provider. To talk to one, set a key such as OPENAI_API_KEY and start cc-route again.`,
  ].join('\n\n')
}

const textOf = (from: Pick<Message | ToolResultPart, 'parts'> | undefined): string =>
  (from?.parts ?? [])
    .flatMap((part) => (part.type === 'text' ? part.text : []))
    .join('\n')
    .trim()

const quote = (text: string): string => (text.length > 200 ? `“${text.slice(0, 200)}…”` : `“${text}”`)

/** Four characters are about a token. */
const cut = (text: string, maxTokens: number | undefined): string =>
  maxTokens !== undefined && text.length > maxTokens * 4 ? text.slice(0, maxTokens * 4) : text
