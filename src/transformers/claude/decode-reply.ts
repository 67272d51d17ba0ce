/**
 * An upstream's whole answer, read into the neutral model.
 *
 * @see https://platform.claude.com/docs/en/api/messages
 * @module
 */
import type { Part } from '../../core/chat.ts'
import { fail } from '../../core/failure.ts'
import { isObject, objectOf, pointer, restOf, stringOf, type JsonObject } from '../../core/json.ts'
import type { ReplyContext } from '../../core/protocol.ts'
import type { Reply } from '../../core/reply.ts'
import { decodeCitations } from './citations.ts'
import { withCaller } from './decode-blocks.ts'
import { decodeFailure } from './error.ts'
import { decodeStop } from './stop.ts'
import { decodeUsage } from './usage.ts'
import { familyName } from './toolset.ts'
import { isOwn, locate, spell } from './wire.ts'

const KNOWN = new Set(['id', 'type', 'role', 'model', 'content', 'stop_reason', 'stop_sequence', 'stop_details', 'usage'])
/** Fields that are written as `null` where an answer lacks them: an own answer keeps its form. */
const SPELLED = ['stop_reason', 'stop_sequence', 'stop_details', 'container', 'diagnostics', 'usage', 'type', 'role'] as const

/** @throws FailureError `bad-response` where it is no answer, or the failure where it is an error with a status of success */
export function decodeReply(body: unknown, context: ReplyContext): Reply {
  if (isObject(body) && (body.type === 'error' || (isObject(body.error) && !Array.isArray(body.content))))
    fail(decodeFailure({ body, status: undefined }))
  if (!isObject(body) || !Array.isArray(body.content))
    fail({
      kind: 'bad-response',
      message: 'The upstream answered with something that is not a Claude message.',
      source: { protocol: 'claude', body },
    })
  const parts = body.content.flatMap((block, i) => (isObject(block) ? decodeAnswerBlock(block, pointer('/content', i)) : []))
  const extra = restOf(body, KNOWN)
  const usage = decodeUsage(body.usage)
  const id = stringOf(body.id)
  const model = stringOf(body.model)
  const stop = decodeStop(
    body,
    parts.some((part) => part.type === 'tool-call'),
  )
  const reply: Reply = { parts, stop, at: '', spelling: { claude: Object.fromEntries(SPELLED.map((key) => [key, body[key]])) } }
  if (id !== undefined) reply.id = id
  if (model !== undefined) reply.model = model
  if (usage) reply.usage = usage
  if (extra) reply.extra = { claude: extra }
  noteUntold(extra, context)
  return reply
}

/** Notes what other clients are not told: where code ran, what was cleared of a long history. */
export function noteUntold(extra: JsonObject | undefined, { chat, notes }: ReplyContext): void {
  if (isOwn(chat)) return
  for (const key in extra)
    if (extra[key] !== null) notes.dropped({ at: pointer('', key) }, undefined, `only Claude tells of ${key.replaceAll('_', ' ')}`)
}

/** A block of an answer. What the provider did itself stays its own: other clients must not take it for calls of theirs. */
export function decodeAnswerBlock(block: JsonObject, at: string): Part {
  switch (block.type) {
    case 'text': {
      const citations = decodeCitations(block.citations, at)
      const located = locate(block, at, new Set(['type', 'text', 'citations']))
      const part: Part = { type: 'text', text: stringOf(block.text) ?? '', ...located, ...(citations.length && { citations }) }
      return citations.length ? part : spell(part, { citations: block.citations })
    }
    case 'thinking': {
      const data = stringOf(block.signature) ?? ''
      const located = locate(block, at, new Set(['type', 'thinking', 'signature']))
      const opaque = { by: 'claude' as const, form: data ? 'signature' : 'plain', data }
      return spell({ type: 'reasoning', text: stringOf(block.thinking) ?? '', opaque, ...located }, { signature: block.signature })
    }
    case 'redacted_thinking': {
      const opaque = { by: 'claude' as const, form: 'redacted', data: stringOf(block.data) ?? '' }
      return { type: 'reasoning', text: '', redacted: true, opaque, ...locate(block, at, new Set(['type', 'data'])) }
    }
    case 'tool_use': {
      const located = locate(block, at, new Set(['type', 'id', 'name', 'input', 'caller', 'toolset_name']))
      const call = {
        type: 'tool-call' as const,
        id: stringOf(block.id) ?? '',
        name: familyName(stringOf(block.name) ?? '', block.toolset_name),
        input: block.input ?? {},
        ...located,
      }
      return withCaller(call, block)
    }
    default: {
      const query = block.type === 'server_tool_use' && block.name === 'web_search' ? stringOf(objectOf(block.input)?.query) : undefined
      return { type: 'native', protocol: 'claude', value: block, at, ...(query !== undefined && { searched: [query] }) }
    }
  }
}
