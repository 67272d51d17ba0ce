/**
 * Neutral events, written as a client's stream.
 *
 * The official SDK and Claude Code are strict: block indexes count from 0 without gaps, a block is closed before the next
 * one opens, a delta fits its block's type, thinking ends in its signature, and the end comes in one `message_delta`.
 *
 * @see https://platform.claude.com/docs/en/build-with-claude/streaming
 * @module
 */
import type { Opaque } from '../../core/chat.ts'
import { opaqueForClient } from '../../core/envelope.ts'
import { flat } from '../../core/flat.ts'
import { isObject, type JsonObject } from '../../core/json.ts'
import { escaped } from '../../core/json-strings.ts'
import { noteOddEnd, type Notes } from '../../core/notice.ts'
import type { ReplyContext } from '../../core/protocol.ts'
import type { StreamEvent, StreamPart } from '../../core/reply.ts'
import { createSequencer } from '../../core/sequence.ts'
import { writeEvent } from '../../core/sse.ts'
import type { Usage } from '../../core/usage.ts'
import { mergeUsage } from '../../core/usage.ts'
import { carrierSignature } from './carrier.ts'
import { encodeToldCitation } from './citations.ts'
import { encodeFailure } from './error.ts'
import { encodeAnswerPart, encodeCall, hidesReasoning, inputLength, messageId } from './encode-reply.ts'
import { encodeStop, type Seen } from './stop.ts'
import { encodeUsage } from './usage.ts'

/** What a character of an answer costs, in tokens, where the provider tells no counts. */
const TOKENS_PER_CHARACTER = 0.27

const DELTAS: Partial<Record<StreamPart['type'], readonly [type: string, field: string]>> = {
  text: ['text_delta', 'text'],
  refusal: ['text_delta', 'text'],
  reasoning: ['thinking_delta', 'thinking'],
  'tool-call': ['input_json_delta', 'partial_json'],
}

export function createStreamEncoder(context: ReplyContext): (event: StreamEvent) => string {
  const hidden = hidesReasoning(context)
  const seen: Seen = { calls: false }
  let out = ''
  let block = -1
  let usage: Usage | undefined
  let characters = 0

  // the part that is open: events come in sequence
  let part: StreamPart | undefined
  let begun = false
  let said = false
  let custom = ''
  let prefix = ''

  const write = (name: string, data: JsonObject) => {
    out += writeEvent(JSON.stringify({ type: name, ...data }), name)
  }
  const usageNow = (notes?: Notes) => {
    const input = usage?.input === undefined ? inputLength(context) : 0
    const output = usage?.output === undefined ? Math.max(1, Math.round(characters * TOKENS_PER_CHARACTER)) : 0
    return encodeUsage(usage, { input, output }, notes)
  }

  const openBlock = (content: JsonObject) => {
    block++
    write('content_block_start', { index: block, content_block: content })
  }
  const closeBlock = () => write('content_block_stop', { index: block })
  const delta = (value: JsonObject) => write('content_block_delta', { index: block, delta: value })

  const carry = (opaque: Opaque | undefined, of: 'call' | 'text') => {
    const signature = carrierSignature(opaque, of)
    if (signature === undefined) return
    openBlock({ type: 'thinking', thinking: '', signature: '' })
    delta({ type: 'signature_delta', signature })
    closeBlock()
  }

  /** Opens the block of the part: only once it has something to say, since an empty text would be refused when it comes back. */
  const begin = () => {
    if (begun || !part) return
    begun = true
    switch (part.type) {
      case 'text':
        carry(part.opaque, 'text')
        openBlock({ type: 'text', text: '', ...part.extra?.claude })
        break
      case 'refusal':
        openBlock({ type: 'text', text: '' })
        break
      case 'reasoning':
        openBlock({ type: 'thinking', thinking: '', signature: '' })
        break
      case 'tool-call':
        carry(part.opaque, 'call')
        openBlock(encodeCall(part, {}, context))
    }
    const [type, key] = DELTAS[part.type] ?? ['', '']
    prefix = flat(`event: content_block_delta\ndata: {"type":"content_block_delta","index":${block},"delta":{"type":"${type}","${key}":"`)
  }

  const end = (opaque: Opaque | undefined) => {
    if (!part) return
    switch (part.type) {
      case 'reasoning':
        if (opaque?.by === 'claude' && opaque.form === 'redacted') {
          openBlock({ type: 'redacted_thinking', data: opaque.data })
          break
        }
        if (!said && !opaque?.data) return
        begin()
        delta({ type: 'signature_delta', signature: opaque ? opaqueForClient(opaque, 'claude') : '' })
        break
      case 'tool-call':
        if (part.custom) delta({ type: 'input_json_delta', partial_json: JSON.stringify({ input: custom }) })
        if (opaque && !part.opaque) context.notes.dropped(part, 'opaque', 'the signature of a tool call came after the call had been told')
        break
      case 'text':
        if (opaque?.data && !part.opaque) context.notes.dropped(part, 'opaque', 'the signature of a text came after the text had been told')
    }
    if (begun || part.type === 'reasoning') closeBlock()
  }

  const sequenced = createSequencer((event) => {
    switch (event.type) {
      case 'delta': {
        if (!part) return
        const { text } = event
        characters += text.length
        said = true
        if (part.type === 'reasoning' && hidden) return
        if (part.type === 'refusal') seen.refusal = (seen.refusal ?? '') + text
        else if (part.type === 'tool-call' && part.custom) {
          custom += text
          return
        }
        if (!begun) begin()
        out += prefix + escaped(text) + '"}}\n\n'
        return
      }
      case 'part-start':
        part = event.part
        begun = said = false
        custom = ''
        if (part.type === 'tool-call') {
          seen.calls = true
          begin()
        } else if (!DELTAS[part.type]) tellWhole(part)
        return
      case 'citation': {
        const citation = part?.type === 'text' ? encodeToldCitation(event.citation, context.notes) : undefined
        if (!citation) return
        begin()
        return delta({ type: 'citations_delta', citation })
      }
      case 'part-end':
        end(event.opaque)
        part = undefined
        return
      case 'start': {
        usage = mergeUsage(usage, event.usage)
        return write('message_start', {
          message: {
            id: messageId(event.id, event.extra?.claude !== undefined, context),
            type: 'message',
            role: 'assistant',
            model: context.model,
            content: [],
            container: null,
            diagnostics: null,
            stop_reason: null,
            stop_sequence: null,
            stop_details: null,
            usage: usageNow(),
            ...event.extra?.claude,
          },
        })
      }
      case 'usage':
        usage = mergeUsage(usage, event.usage)
        return
      case 'finish': {
        usage = mergeUsage(usage, event.usage)
        if (!usage?.spelling?.claude) noteOddEnd(event.stop, context.notes)
        const { container = null, ...more } = event.extra?.claude ?? {}
        write('message_delta', {
          delta: Object.assign(encodeStop(event.stop, seen), { container }),
          usage: usageNow(context.notes),
          ...more,
        })
        return write('message_stop', {})
      }
      case 'error':
        out += writeEvent(JSON.stringify(encodeFailure(event.failure).body), 'error')
    }
  })

  /** A part that is whole from the start: what Claude's own tools did, or what a Claude client cannot be told. */
  const tellWhole = (whole: StreamPart) => {
    for (const content of encodeAnswerPart(whole, context)) {
      const { input, text } = content
      const grows = isObject(input) && Object.keys(input).length > 0 ? 'input' : content.type === 'compaction' ? 'content' : undefined
      if (grows === 'input') {
        openBlock({ ...content, input: {} })
        delta({ type: 'input_json_delta', partial_json: JSON.stringify(input) })
      } else if (grows === 'content') {
        openBlock({ ...content, content: null })
        delta({ type: 'compaction_delta', content: content.content })
      } else if (content.type === 'text') {
        openBlock({ ...content, text: '' })
        delta({ type: 'text_delta', text })
      } else openBlock(content)
      closeBlock()
    }
  }

  return (event) => {
    out = ''
    sequenced(event)
    return out
  }
}
