/**
 * An upstream's stream, read into neutral events.
 *
 * @see https://platform.claude.com/docs/en/build-with-claude/streaming
 * @module
 */
import type { Opaque } from '../../core/chat.ts'
import { extended } from '../../core/extended.ts'
import { fail } from '../../core/failure.ts'
import { arrayOf, isObject, numberOf, restOf, stringOf, tryParse, type JsonObject } from '../../core/json.ts'
import { createLose } from '../../core/notice.ts'
import type { ReplyContext, StreamDecoder } from '../../core/protocol.ts'
import type { Emit, StreamPart } from '../../core/reply.ts'
import { callJson } from '../../core/tool-call.ts'
import { decodeCitation } from './citations.ts'
import { compacted } from './compaction.ts'
import { decodeAnswerBlock, noteUntold } from './decode-reply.ts'
import { decodeFailure } from './error.ts'
import { decodeStop } from './stop.ts'
import { decodeUsage, mergeWireUsage } from './usage.ts'

/** A block that is open on the wire. */
interface OpenBlock {
  /** The neutral part's index; -1 for a block that is told whole when it is closed. */
  index: number
  kind: 'text' | 'reasoning' | 'call' | 'native'
  block: JsonObject
  opaque?: Opaque
  /** The input that the block began with, told where no delta brings another. */
  initial?: string
  /** A native block's collected JSON input. */
  json: string
  /** How many there were. */
  citations: number
}

const MESSAGE = new Set(['id', 'type', 'role', 'model', 'content', 'stop_reason', 'stop_sequence', 'stop_details', 'usage'])

export function createStreamDecoder(emit: Emit, context: ReplyContext): StreamDecoder {
  const lose = createLose(context.notes)
  const open = new Map<number, OpenBlock>()
  let next = 0
  let started = false
  let finished = false
  let hasCalls = false
  let extra: JsonObject | undefined
  let usage: JsonObject | undefined
  let end: JsonObject | undefined

  const finish = () => {
    if (finished || !end) return
    finished = true
    for (const wireIndex of open.keys()) close(wireIndex)
    noteUntold(extra, context)
    emit({ type: 'finish', stop: decodeStop(end, hasCalls), usage: decodeUsage(usage), ...(extra && { extra: { claude: extra } }) })
  }

  const start = (message: JsonObject) => {
    if (started) {
      // some proxies repeat the start; once an answer has begun, a second one beside it cannot be told apart
      if (next === 0 && open.size === 0) return
      fail({
        kind: 'bad-response',
        message: 'The upstream began a second message before the first was complete. Try again.',
        retryable: true,
      })
    }
    started = true
    usage = mergeWireUsage(usage, message.usage)
    extra = restOf(message, MESSAGE)
    emit({
      type: 'start',
      id: stringOf(message.id),
      model: stringOf(message.model),
      usage: decodeUsage(usage),
      ...(extra && { extra: { claude: extra } }),
    })
    // an answer that goes on where code of the provider's own called a tool starts with that call
    arrayOf(message.content).forEach((block, i) => (isObject(block) ? whole(block, i) : undefined))
    if (stringOf(message.stop_reason) !== undefined) end = message
  }

  const whole = (block: JsonObject, wireIndex: number) => {
    const part = decodeAnswerBlock(block, `/content/${wireIndex}`)
    if (part.type === 'tool-result') return
    const index = next++
    const opaque = 'opaque' in part ? part.opaque : undefined
    if (part.type === 'tool-call') hasCalls = true
    emit({ type: 'part-start', index, part: hollow(part) })
    const text = part.type === 'tool-call' ? callJson(part) : part.type === 'text' || part.type === 'reasoning' ? part.text : ''
    if (text) emit({ type: 'delta', index, text })
    if (part.type === 'text') for (const citation of part.citations ?? []) emit({ type: 'citation', index, citation })
    emit({ type: 'part-end', index, ...(opaque && { opaque }) })
  }

  const openBlock = (wireIndex: number, block: JsonObject) => {
    if (!started) start({})
    if (open.has(wireIndex)) close(wireIndex)
    const part = decodeAnswerBlock(block, `/content/${wireIndex}`)
    const entry: OpenBlock = { index: -1, kind: 'native', block, json: '', citations: 0 }
    open.set(wireIndex, entry)
    if (part.type !== 'text' && part.type !== 'tool-call' && (part.type !== 'reasoning' || part.redacted)) return
    const index = (entry.index = next++)
    emit({ type: 'part-start', index, part: hollow(part) })
    if (part.type === 'tool-call') {
      entry.kind = 'call'
      hasCalls = true
      if (isObject(part.input) && Object.keys(part.input).length) entry.initial = JSON.stringify(part.input)
      return
    }
    entry.kind = part.type
    if (part.type === 'reasoning') entry.opaque = part.opaque
    if (part.text) emit({ type: 'delta', index, text: part.text })
    if (part.type === 'text') for (const citation of part.citations ?? []) emit({ type: 'citation', index, citation })
  }

  const grow = (wireIndex: number, delta: JsonObject) => {
    let entry = open.get(wireIndex)
    if (!entry) {
      // look-alikes leave the start of a block out now and then
      if (delta.type === 'text_delta') openBlock(wireIndex, { type: 'text', text: '' })
      else if (delta.type === 'thinking_delta') openBlock(wireIndex, { type: 'thinking', thinking: '' })
      entry = open.get(wireIndex)
      if (!entry) return
    }
    switch (delta.type) {
      case 'text_delta':
        if (entry.kind === 'text' && delta.text) emit({ type: 'delta', index: entry.index, text: String(delta.text) })
        break
      case 'thinking_delta':
        if (entry.kind === 'reasoning' && delta.thinking) emit({ type: 'delta', index: entry.index, text: String(delta.thinking) })
        break
      case 'input_json_delta':
        if (!delta.partial_json) break
        if (entry.kind === 'call') {
          entry.initial = undefined
          emit({ type: 'delta', index: entry.index, text: String(delta.partial_json) })
        } else entry.json += String(delta.partial_json)
        break
      case 'signature_delta':
        if (entry.kind === 'native') entry.block = { ...entry.block, signature: delta.signature }
        else entry.opaque = { by: 'claude', form: 'signature', data: String(delta.signature ?? '') }
        break
      case 'citations_delta': {
        const citation = decodeCitation(delta.citation, `/content/${wireIndex}/citations/${entry.citations++}`)
        if (citation && entry.kind === 'text') emit({ type: 'citation', index: entry.index, citation })
        break
      }
      case 'compaction_delta':
        entry.block = compacted(entry.block, delta)
        break
      default:
        lose(`/content/${wireIndex}`, `a delta of the unknown type ${String(delta.type)} was not read`)
    }
  }

  const close = (wireIndex: number) => {
    const entry = open.get(wireIndex)
    if (!entry) return
    open.delete(wireIndex)
    if (entry.index < 0) return whole(entry.json ? { ...entry.block, input: tryParse(entry.json) ?? entry.json } : entry.block, wireIndex)
    if (entry.initial !== undefined) emit({ type: 'delta', index: entry.index, text: entry.initial })
    emit({ type: 'part-end', index: entry.index, ...(entry.opaque && { opaque: entry.opaque }) })
  }

  return {
    event(data, name) {
      if (finished || !isObject(data)) return
      const wireIndex = numberOf(data.index) ?? 0
      switch (data.type ?? name) {
        case 'content_block_delta':
          if (isObject(data.delta)) grow(wireIndex, data.delta)
          break
        case 'content_block_start':
          if (isObject(data.content_block)) openBlock(wireIndex, data.content_block)
          break
        case 'content_block_stop':
          close(wireIndex)
          break
        case 'message_start':
          start(isObject(data.message) ? data.message : {})
          break
        case 'message_delta': {
          if (!started) start({})
          const { delta, type: _, usage: counts, ...more } = data
          usage = mergeWireUsage(usage, counts)
          if (isObject(delta)) end = { ...end, ...delta }
          const kept = { ...(isObject(delta) && restOf(delta, MESSAGE)), ...more }
          if (Object.keys(kept).length) extra = { ...extra, ...kept }
          break
        }
        case 'message_stop':
          end ??= {}
          if (started) finish()
          break
        case 'error':
          finished = true
          emit({ type: 'error', failure: decodeFailure({ body: data, status: undefined }) })
          break
        case 'ping':
          break
        default:
          if (!data.type && isObject(data.error)) emit({ type: 'error', failure: decodeFailure({ body: data, status: undefined }) })
          else lose('', `an event of the unknown type ${String(data.type ?? name)} was not read`)
      }
    },
    end() {
      if (started && stringOf(end?.stop_reason) !== undefined) finish()
    },
  }
}

/** A part as a stream opens it: what it says follows. */
function hollow(part: ReturnType<typeof decodeAnswerBlock>): StreamPart {
  switch (part.type) {
    case 'text':
      return extended(part, { text: '', citations: undefined })
    case 'reasoning':
      return extended(part, { text: '', opaque: undefined })
    case 'tool-call':
      return extended(part, { input: undefined })
    default:
      return part as StreamPart
  }
}
