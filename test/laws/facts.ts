/**
 * Law 2 as functions: what a request says, as a list of facts, each with the place where its wire says it. Two requests of
 * different protocols say the same where their facts are the same, however each is written.
 */
import type { ChatRequest, Message, Part, ProtocolName, Tool, ToolChoice } from '../../src/core/chat.ts'
import { isFailureError } from '../../src/core/failure.ts'
import type { JsonObject } from '../../src/core/json.ts'
import type { Notice } from '../../src/core/notice.ts'
import { callInput } from '../../src/core/tool-call.ts'
import { protocols } from '../../src/transformers/registry.ts'
import { translate } from '../../src/transformers/translate.ts'
import { MODEL } from '../fixtures/index.ts'
import { covers } from './leaves.ts'

interface Fact {
  /** What kind of fact it is: two facts are the same where kind and value are. */
  kind: string
  value: unknown
  path: string
}

const SETTINGS = [
  'temperature',
  'topP',
  'topK',
  'seed',
  'frequencyPenalty',
  'presencePenalty',
  'maxTokens',
  'user',
  'metadata',
  'serviceTier',
  'cacheKey',
  'verbosity',
] as const

/** Names that are too long for one side are shortened, and restored in the answer. */
const name = (given: string) => given.slice(0, 40)

/** The facts of a request that `protocol` read. */
function factsOf(chat: ChatRequest, protocol: ProtocolName): Fact[] {
  const { fields } = protocols[protocol]
  const at = (object: { at?: string; wireNames?: Readonly<Record<string, string>> }, field?: string) =>
    field === undefined ? (object.at ?? '') : `${object.at ?? ''}/${object.wireNames?.[field] ?? fields[field] ?? field}`
  const facts: Fact[] = []
  const add = (kind: string, value: unknown, path: string) => void (value !== undefined && facts.push({ kind, value, path }))

  for (const field of SETTINGS) add(field, chat[field], at(chat, field))
  // what is so by default need not be said
  if (chat.candidates !== 1) add('candidates', chat.candidates, at(chat, 'candidates'))
  if (chat.parallelToolCalls === false) add('single calls', true, at(chat, 'parallelToolCalls'))
  if (chat.stop?.length) add('stop', chat.stop, at(chat, 'stop'))
  if (chat.logprobs) add('logprobs', true, at(chat, 'logprobs'))
  add('top logprobs', chat.logprobs?.top, at(chat, 'topLogprobs'))
  const { reasoning } = chat
  if (reasoning) {
    const off = reasoning.mode === 'off' || reasoning.effort === 'none'
    if (off) add('effort', 'none', at(reasoning, reasoning.mode === 'off' && reasoning.effort !== 'none' ? 'mode' : 'effort'))
    if (reasoning.effort !== 'none') add('effort', reasoning.effort, at(reasoning, 'effort'))
    add('budget', reasoning.budget, at(reasoning, 'budget'))
    if (reasoning.show === 'summary') add('show', true, at(reasoning, 'show'))
  }
  if (chat.format) {
    add('format', chat.format.type, at(chat.format))
    if (chat.format.type === 'schema')
      for (const field of ['name', 'description'] as const) add(`format ${field}`, chat.format[field], at(chat.format, field))
  }
  const { toolChoice } = chat
  if (toolChoice && choiceOf(toolChoice, chat.tools) !== 'auto') add('choice', choiceOf(toolChoice, chat.tools), at(toolChoice))

  for (const tool of chat.tools) {
    if (tool.type === 'hosted') {
      add('hosted tool', tool.kind, at(tool))
      continue
    }
    add('tool', name(tool.name), at(tool))
    if (tool.description?.trim()) add(`${name(tool.name)} says`, tool.description, at(tool, 'description'))
    if (tool.type !== 'function') continue
    for (const property of Object.keys((tool.parameters?.properties as object | undefined) ?? {}))
      add('argument', [name(tool.name), property], at(tool, 'parameters'))
  }

  const who = (role: Message['role']) => (role === 'developer' ? 'system' : role === 'tool' ? 'user' : role)
  const says = (part: Part, role: string) => {
    switch (part.type) {
      case 'text':
      case 'refusal':
        if (part.text.trim()) add(`${role} says`, part.text, at(part))
        return
      case 'reasoning':
        return add('reasoning', part.text, at(part))
      case 'tool-call':
        return add('call', [name(part.name), part.json === '' && !part.custom ? {} : callInput(part)], at(part))
      case 'tool-result':
        if (part.isError) add('failed result', true, at(part))
        return part.parts.forEach((inner) => says(inner, 'user'))
      case 'native':
        return add('native', part.value, at(part))
      default:
        // text that is attached may be said as well
        if (part.source.type === 'text') return add(`${role} says`, part.source.text, at(part))
        return add('media', part.source, at(part))
    }
  }
  for (const part of chat.system) says(part, 'system')
  for (const message of chat.messages) {
    if (message.name !== undefined) add('name', message.name, at(message, 'name'))
    for (const part of message.parts) says(part, who(message.role))
  }
  return facts
}

/** A choice among all functions on offer is none; names that no tool has mean nothing. */
function choiceOf(choice: ToolChoice, tools: readonly Tool[]): unknown {
  if (choice.type !== 'tool' && choice.type !== 'allowed') return choice.type
  const mode = choice.type === 'tool' ? 'required' : choice.mode
  const chosen = choice.type === 'tool' ? [choice.name] : choice.names
  const functions = tools.flatMap((tool) => (tool.type === 'hosted' ? [] : [tool.name]))
  if (functions.every((tool) => chosen.includes(tool))) return mode
  return [mode, ...new Set(functions.filter((tool) => chosen.includes(tool)).map(name))]
}

const SAYS = / says$/

/** The facts that are not in `after`. A text may stand within a longer one of the same speaker. */
function missing(before: Fact[], after: Fact[]): Fact[] {
  const known = new Set(after.map((fact) => `${fact.kind} ${JSON.stringify(fact.value)}`))
  const told = (kind: string, text: string) => after.some((fact) => fact.kind === kind && String(fact.value).includes(text))
  return before.filter(({ kind, value }) => {
    if (known.has(`${kind} ${JSON.stringify(value)}`)) return false
    return !(SAYS.test(kind) && told(kind, String(value).trim()))
  })
}

/** The facts that no notice is about: neither about their place, nor about one above or below it. */
const untold = (facts: Fact[], notices: readonly Notice[]): Fact[] =>
  facts.filter(
    ({ path }) =>
      !notices.some(
        (notice) => notice.action !== 'invented' && (covers(notice.path, path) || covers(path, notice.path)) && notice.path !== '',
      ),
  )

/** What is lost on one way without being told, and where it leads; `undefined` where the request is refused aloud. */
export function oneWay(body: JsonObject, from: ProtocolName, to: ProtocolName) {
  const url = { model: MODEL[from], stream: false }
  try {
    const { body: there, notices } = translate(body, { from, to, model: MODEL[to], clientModel: url.model, stream: url.stream })
    const before = factsOf(protocols[from].decodeRequest(body, url), from)
    const after = factsOf(protocols[to].decodeRequest(there, { model: MODEL[to], stream: false }), to)
    return { there, lost: untold(missing(before, after), notices) }
  } catch (error) {
    if (isFailureError(error) && error.failure.status < 500) return undefined
    throw error
  }
}
