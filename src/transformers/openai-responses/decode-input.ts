/**
 * The `input` of a request, read.
 *
 * @module
 */
import type { Located, Message, Tool } from '../../core/chat.ts'
import { fail, type Failure } from '../../core/failure.ts'
import { arrayOf, isObject, readArray, readObject, stringOf, type JsonObject } from '../../core/json.ts'
import { isElsewhere } from './client-tools.ts'
import { decodeItem, native } from './decode-items.ts'
import { aboutOf, decodeTools } from './decode-tools.ts'
import { returnCarried } from './reasoning.ts'
import { GENERATED, keep, OWN, STRICT, type Spelling } from './wire.ts'

export interface Input {
  messages: Message[]
  /** Tools that items brought along. */
  tools: Tool[]
  updates: JsonObject[]
}

/** Reads the conversation, and sets apart the items that are no part of it. */
export function readInput(body: JsonObject, spelling: Spelling, groups: Located[]): Input {
  const { input } = body
  if (input === undefined || input === null) {
    spelling.noInput = true
    return { messages: [], tools: [], updates: [] }
  }
  if (typeof input === 'string') {
    const message: Message = {
      role: 'user',
      bare: true,
      parts: [{ type: 'text', text: input, at: '/input' }],
      ...keep(undefined, { bare: 'input' }),
    }
    return { messages: [message], tools: [], updates: [] }
  }
  const read: Input = { messages: [], tools: [], updates: [] }
  const inserted: NonNullable<Spelling['inserted']> = []
  /** Calls of shells that OpenAI keeps. */
  let elsewhere: Set<unknown> | undefined
  const items = readArray(input, '/input')
  for (let index = 0; index < items.length; index++) {
    const at = `/input/${index}`
    const item = readObject(items[index], at)
    const loaded = item.type === 'additional_tools' || item.type === 'tool_search_output'
    if (loaded && Array.isArray(item.tools)) {
      read.tools.push(...decodeTools(item.tools, `${at}/tools`, true))
      groups.push(...namespacesOf(item.tools, `${at}/tools`))
    }
    if (item.type === 'additional_tools' || item.type === 'configuration_update') {
      inserted.push({ index, item })
      const { type: _type, tools: _tools, reasoning: _reasoning, text: _text, ...rest } = item
      groups.push({ at, ...keep(rest) })
      if (item.type === 'configuration_update') read.updates.push(item)
      continue
    }
    if (item.type === 'shell_call' && isElsewhere(item)) (elsewhere ??= new Set()).add(item.call_id)
    // what a shell of OpenAI's own told is no result of a call that the client made
    const isTold = item.type === 'shell_call_output' && elsewhere?.has(item.call_id)
    read.messages.push(isTold ? { role: 'assistant', parts: [native(item, at)] } : decodeItem(item, at, STRICT))
  }
  if (inserted.length) spelling.inserted = inserted
  const known = read.messages.length
  read.messages = returnCarried(withoutBorrowedIds(read.messages, body.store === false))
  // An envelope that was opened is gone from the list: what stood at fixed places moves up.
  if (read.messages.length < known) for (const entry of inserted) entry.index = Math.min(entry.index, read.messages.length)
  return read
}

/**
 * The ids of items belong together with the encrypted reasoning that their provider checks them against. Where a turn's
 * reasoning came from another provider, or cannot be found because nothing is stored, its ids mean nothing any more and are refused.
 */
function withoutBorrowedIds(messages: Message[], stateless: boolean): Message[] {
  const foreign = (message: Message) =>
    message.parts.some((part) => part.type === 'reasoning' && part.opaque !== undefined && part.opaque.by !== OWN)
  if (!messages.some(foreign)) return messages
  const lost = (message: Message) =>
    foreign(message) || (stateless && message.parts.some((part) => part.type === 'reasoning' && part.opaque?.form === 'plain'))
  let start = 0
  for (let i = 0; i <= messages.length; i++) {
    if (i < messages.length && messages[i]!.role === 'assistant') continue
    const turn = messages.slice(start, i)
    if (turn.some(lost)) turn.forEach(stripIds)
    start = i + 1
  }
  return messages
}

function stripIds(message: Message): void {
  for (const part of [message, ...message.parts]) {
    const spelling = part.spelling?.[OWN] as Spelling | undefined
    // an image is refused without one
    if (spelling?.item && 'id' in spelling.item && spelling.item.type !== GENERATED) {
      const { id: _id, ...item } = spelling.item
      spelling.item = item
    }
    const extra = part.extra?.[OWN]
    if (extra && part !== message) delete extra.id
  }
}

/** What is said of namespaces themselves: their tools carry only the name and the description. */
export function namespacesOf(tools: unknown, at: string): Located[] {
  const namespaces: Located[] = []
  arrayOf(tools).forEach((tool, i) => {
    if (!isObject(tool) || tool.type !== 'namespace') return
    const { type: _type, name: _name, tools: _tools, description, ...rest } = tool
    if (aboutOf(tool) === undefined && description !== undefined) rest.description = description
    namespaces.push({ at: `${at}/${i}`, ...keep(rest) })
  })
  return namespaces
}

/** Of tools with the same name the first counts: those in `tools` come before those that items bring. */
export function withoutRepeats(tools: Tool[]): Tool[] {
  const names = new Set<string>()
  return tools.filter((tool) => {
    if (tool.type === 'hosted') return true
    const repeated = names.has(tool.name) && (tool.spelling?.[OWN] as Spelling | undefined)?.additional === true
    names.add(tool.name)
    return !repeated
  })
}

/** What this request needs that only its own provider holds; other providers must not answer without it. */
export function boundOf(body: JsonObject, messages: Message[]): Failure | undefined {
  const source = { protocol: OWN, body: undefined } as const
  const previous = stringOf(body.previous_response_id)
  if (previous !== undefined && body.conversation != null)
    fail({
      kind: 'invalid-request',
      message: "Mutually exclusive parameters: use either 'previous_response_id' or 'conversation'.",
      param: 'previous_response_id',
    })
  const refused = (message: string, code: string, param: string): Failure => ({
    kind: 'not-found',
    status: 400,
    message,
    code,
    param,
    retryable: false,
    source,
  })
  if (previous !== undefined)
    return refused(`Previous response with id '${previous}' not found.`, 'previous_response_not_found', 'previous_response_id')
  const conversation = stringOf(body.conversation) ?? (isObject(body.conversation) ? stringOf(body.conversation.id) : undefined)
  if (conversation !== undefined)
    return refused(`Conversation with id '${conversation}' not found.`, 'conversation_not_found', 'conversation')
  if (isObject(body.prompt)) return refused(`Prompt with id '${stringOf(body.prompt.id) ?? ''}' not found.`, 'prompt_not_found', 'prompt')
  for (const message of messages)
    for (const part of message.parts)
      if (
        part.type === 'native' &&
        (part.value.type === 'item_reference' || part.value.type == null) &&
        part.value.role === undefined &&
        typeof part.value.id === 'string'
      )
        return refused(`Item with id '${part.value.id}' not found.`, 'item_not_found', 'input')
  return undefined
}
