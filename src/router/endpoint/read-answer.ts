/**
 * What can be read of an answer that somebody else gives a client: its counts, and whether it came to its end.
 *
 * @module
 */
import { encodeUtf8 } from '../../core/utf8.ts'
import type { ProtocolName } from '../../core/chat.ts'
import type { Failure } from '../../core/failure.ts'
import { tryParse } from '../../core/json.ts'
import { estimateStreamed } from '../../core/tokens.ts'
import { mergeUsage, type Usage } from '../../core/usage.ts'
import { protocols } from '../../transformers/registry.ts'
import type { Ending } from '../outcome.ts'
import { BYTES_PER_TOKEN, plainContext } from './answer.ts'
import { createPassThrough } from './passthrough.ts'

export interface AnswerReader {
  push(chunk: Uint8Array | string): void
  /** All has come; gives how it ended, and which model it names where nobody else knows. */
  end(): Ending & { model?: string }
}

/** A whole answer that is larger is not read. */
const MAX_BYTES = 16 * 1024 * 1024

/** @param type the answer's content type */
export function createAnswerReader(protocol: ProtocolName, type: string): AnswerReader {
  return type.includes('event-stream') ? streamReader(protocol) : wholeReader(protocol)
}

function streamReader(protocol: ProtocolName): AnswerReader {
  const upstream = protocols[protocol]
  let usage: Usage | undefined
  let failure: Failure | undefined
  let answeredBy: string | undefined
  let bytes = 0
  const passage = createPassThrough({
    upstream,
    context: plainContext(upstream, { name: upstream.name }),
    tell: () => '',
    observe(event) {
      if ('usage' in event && event.usage) usage = mergeUsage(usage, event.usage)
      if (event.type === 'start') answeredBy = event.model || answeredBy
      if (event.type === 'error') failure = event.failure
    },
  })
  return {
    push(chunk) {
      const piece = typeof chunk === 'string' ? encodeUtf8(chunk) : chunk
      bytes += piece.length
      passage.push(piece)
    },
    end() {
      passage.end()
      const how = !failure ? (passage.recovered ? 'recovered' : 'complete') : failure.kind === 'truncated' ? 'truncated' : 'error'
      const isTold = usage?.output !== undefined && !failure
      return {
        ...(!isTold && { streamed: estimateStreamed(passage.said?.(), bytes, BYTES_PER_TOKEN[protocol]) }),
        how,
        ...(usage && { usage }),
        ...(answeredBy !== undefined && { answeredBy }),
        ...(failure && { failure }),
      }
    },
  }
}

function wholeReader(protocol: ProtocolName): AnswerReader {
  const upstream = protocols[protocol]
  const decoder = new TextDecoder()
  let text = ''
  return {
    push(chunk) {
      if (text.length <= MAX_BYTES) text += typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true })
    },
    end() {
      try {
        const { usage, model } = upstream.decodeReply(tryParse(text), plainContext(upstream, { name: upstream.name }))
        return { how: 'complete', ...(usage && { usage }), ...(model && { answeredBy: model }) }
      } catch {
        return { how: 'complete' } // an answer in a form of its own is still an answer
      }
    },
  }
}
