/**
 * A stream, written for a client.
 *
 * @module
 */
import type { Citation, Opaque, Part } from '../../core/chat.ts'
import { opaqueForClient } from '../../core/envelope.ts'
import type { Failure } from '../../core/failure.ts'
import { flat } from '../../core/flat.ts'
import type { JsonObject } from '../../core/json.ts'
import { escaped } from '../../core/json-strings.ts'
import type { TokenLogprob } from '../../core/logprobs.ts'
import type { ReplyContext } from '../../core/protocol.ts'
import type { Stop, StreamEvent } from '../../core/reply.ts'
import { OPENAI_TIERS, tierFor } from '../../core/service-tier.ts'
import { mergeUsage, type Usage } from '../../core/usage.ts'
import { encodeAnnotation } from './annotations.ts'
import { errorObject } from './encode-error.ts'
import { blockFields, completionId, isLegacy } from './encode-reply.ts'
import { encodeLogprobs } from './logprobs.ts'
import { detailsOf } from './reasoning-details.ts'
import { signature } from './signature.ts'
import { encodeStop } from './stop.ts'
import { encodeUsage } from './usage.ts'

/** An open part: how its deltas begin, and what is known of it at its end. */
interface Open {
  part: Part
  /** All of the delta up to the text, and from there on, its quotes included. */
  before: string
  after: string
  /** A call's place among the calls. */
  slot: number
  /** Where the text begins in the message. */
  offset: number
  citations: Citation[]
  /** What was said so far; kept of reasoning only, whose details repeat it. */
  text: string
  length: number
}

export function encodeStream(context: ReplyContext): (event: StreamEvent) => string {
  const { chat, notes } = context
  const legacy = isLegacy(context)
  const open: (Open | undefined)[] = []
  let head = ''
  let tail = ''
  let calls = 0
  let thoughts = 0
  let written = 0
  let refused = false
  let usage: Usage | undefined

  /** Tokens that the next chunk tells. */
  let tokens: TokenLogprob[] = []

  const takeTokens = (): string => {
    const told = JSON.stringify(encodeLogprobs(tokens))
    tokens = []
    return told
  }
  const chunk = (delta: string, end = `null${tail}`) =>
    `${head}${delta}},"logprobs":${tokens.length ? takeTokens() : 'null'},"finish_reason":${end}`
  const field = (name: string, value: unknown) => chunk(`"${name}":${JSON.stringify(value)}`)

  const start = (id: string | undefined, own: boolean, created: number | undefined): string => {
    const frame = {
      id: own && id !== undefined ? id : completionId(id, context),
      object: 'chat.completion.chunk',
      created: created ?? Math.floor(context.now() / 1000),
      model: context.model,
    }
    const json = JSON.stringify(frame).slice(0, -1)
    head = flat(`data: ${json},"choices":[{"index":0,"delta":{`)
    tail = chat.includeUsage ? '}],"usage":null}\n\n' : '}]}\n\n'
    return chunk('"role":"assistant","content":"","refusal":null')
  }

  /** What stands behind a delta's text: its quote, what closes the delta, and the rest of the chunk. */
  const rest = (closing: string): string => flat(`"${closing},"logprobs":null,"finish_reason":null${tail}`)

  const begin = (index: number, part: Part): string => {
    const at: Open = {
      part,
      before: '',
      after: rest('}'),
      slot: -1,
      offset: written,
      citations: [],
      text: '',
      length: 0,
    }
    open[index] = at
    switch (part.type) {
      case 'text':
        at.before = flat(`${head}"content":"`)
        return part.text ? grow(at, part.text) : ''
      case 'reasoning':
        at.before = flat(`${head}"reasoning_content":"`)
        return part.text ? grow(at, part.text) : ''
      case 'refusal':
        at.before = flat(`${head}"refusal":"`)
        refused = true
        return part.text ? grow(at, part.text) : ''
      case 'tool-call':
        return beginCall(at, part.id, part.name, part.custom === true)
      case 'tool-result':
        return ''
      default:
        return Object.entries(blockFields(part, context)).reduce((text, [name, value]) => text + field(name, value), '')
    }
  }
  const beginCall = (at: Open, id: string, name: string, custom: boolean): string => {
    const n = calls++
    at.slot = n
    if (legacy && n > 0) {
      notes.dropped(at.part, undefined, 'a client that knows functions takes one call')
      return ''
    }
    if (legacy) {
      at.before = flat(`${head}"function_call":{"arguments":"`)
      at.after = rest('}}')
      return field('function_call', { name, arguments: '' })
    }
    at.before = flat(`${head}"tool_calls":[{"index":${n},${custom ? '"custom":{"input":"' : '"function":{"arguments":"'}`)
    at.after = rest('}}]}')
    const inner = custom ? { type: 'custom', custom: { name, input: '' } } : { type: 'function', function: { name, arguments: '' } }
    return field('tool_calls', [{ index: n, id, ...inner }])
  }
  const grow = (at: Open, text: string): string => {
    if (!at.before) return ''
    at.length += text.length
    if (at.part.type === 'text') written += text.length
    else if (at.part.type === 'reasoning') at.text += text
    if (tokens.length && at.part.type === 'text') return chunk(`${at.before.slice(head.length)}${escaped(text)}"`)
    return at.before + escaped(text) + at.after
  }

  const close = (index: number, opaque: Opaque | undefined): string => {
    const at = open[index]
    if (!at) return ''
    open[index] = undefined
    switch (at.part.type) {
      case 'text':
        return annotations(at) + (opaque ? field('extra_content', signature(opaqueForClient(opaque, 'openai'))) : '')
      case 'reasoning': {
        const details = detailsOf({ ...at.part, text: at.text, opaque }, thoughts++)
        const hidden = opaque?.by === 'openai' && opaque.form === 'opaque' ? field('reasoning_opaque', opaque.data) : ''
        return (details.length ? field('reasoning_details', details) : '') + hidden
      }
      case 'tool-call': {
        const none = at.length || at.part.custom || !at.before ? '' : grow(at, '{}')
        return none + (opaque && at.before && !legacy ? signCall(at, opaque) : '')
      }
      default:
        return ''
    }
  }
  /** Clients that check the shape of each event want the call's own object beside what is new. */
  const signCall = ({ slot, part }: Open, opaque: Opaque): string => {
    const inner = part.type === 'tool-call' && part.custom ? { custom: { input: '' } } : { function: { arguments: '' } }
    return field('tool_calls', [{ index: slot, ...inner, extra_content: signature(opaqueForClient(opaque, 'openai')) }])
  }
  const annotations = ({ citations, offset, length }: Open): string => {
    const list = citations.flatMap((citation): JsonObject[] => {
      const annotation = encodeAnnotation(citation, { offset, length })
      if (!annotation) notes.dropped(citation, undefined, 'a source without a link cannot be named here')
      return annotation ? [annotation] : []
    })
    return list.length ? field('annotations', list) : ''
  }

  const finish = (stop: Stop): string => {
    const refusal = stop.reason === 'refusal' && stop.detail && !refused ? field('refusal', stop.detail) : ''
    const word = encodeStop(stop, { calls: calls > 0, legacy }, notes)
    const sequence = stop.sequence === undefined ? '' : `,"stop_reason":${JSON.stringify(stop.sequence)}`
    const tier = tierFor('openai', OPENAI_TIERS, usage, notes)
    const served = tier === undefined ? '' : `,"service_tier":${JSON.stringify(tier)}`
    const total =
      chat.includeUsage && usage
        ? `${head.slice(0, head.indexOf('"choices":'))}"choices":[]${served},"usage":${JSON.stringify(encodeUsage(usage))}}\n\n`
        : ''
    return `${refusal}${chunk('', `"${word}"${sequence}}]${served}${tail.slice(2)}`)}${total}data: [DONE]\n\n`
  }
  const fail = (failure: Failure): string => `data: ${JSON.stringify({ error: errorObject(failure) })}\n\n`

  return (event) => {
    switch (event.type) {
      case 'delta': {
        const at = open[event.index]
        return at ? grow(at, event.text) : ''
      }
      case 'start':
        usage = event.usage
        return start(event.id, event.extra?.openai !== undefined, event.created)
      case 'part-start':
        return begin(event.index, event.part)
      case 'logprobs':
        tokens = tokens.concat(event.logprobs)
        return ''
      case 'citation':
        open[event.index]?.citations.push(event.citation)
        return ''
      case 'part-end':
        return close(event.index, event.opaque)
      case 'usage':
        usage = mergeUsage(usage, event.usage)
        return ''
      case 'finish':
        usage = mergeUsage(usage, event.usage)
        return finish(event.stop)
      case 'error':
        return fail(event.failure)
    }
  }
}
