/**
 * What was asked and what was answered, as the client has it: listened to on its way, never held back.
 *
 * @module
 */
import type { ProtocolName } from '../../core/chat.ts'
import { overhear } from '../../router/overhear.ts'
import type { Bodies } from './record.ts'
import { wholeAnswer } from './whole-answer.ts'

/** What has come of a body, up to a size. */
export interface Heard {
  /** As one answer, where it came as a stream of events. May be asked once. */
  text(protocol: ProtocolName): string
  cut(): boolean
}

/** Of a stream so many bytes are kept for each character of the answer: the rest is what stands around it. */
const STREAM_FACTOR = 16
/** Secrets are at most as long: so much more is looked at, so that one at the cut is known. */
const MARGIN = 1024

/** The same answer, and what of its body will have gone by, up to `maxLength` characters. Its text is made when it is asked for. */
export function listen(response: Response, maxLength: number): { response: Response; heard: Heard } {
  const streams = response.headers.get('content-type')?.includes('event-stream')
  const maxBytes = MARGIN + maxLength * (streams ? STREAM_FACTOR : 1)
  const chunks: (Uint8Array | string)[] = []
  let size = 0
  const see = (chunk: Uint8Array | string) => {
    if (size < maxBytes) chunks.push(chunk)
    size += chunk.length
  }
  const heard: Heard = {
    text(protocol) {
      const decoder = new TextDecoder()
      const text = chunks.map((chunk) => (typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true }))).join('')
      return streams ? wholeAnswer(text, protocol) : text
    },
    cut: () => size > maxBytes,
  }
  return { response: overhear(response, { see }), heard }
}

export interface BodiesAsked {
  /** What was asked; absent where nobody read it. */
  asked: string | undefined
  heard: Heard
  protocol: ProtocolName
  maxLength: number
  redact(text: string): string
}

/** Bodies as they are kept: secrets taken out before they are cut, so that no half of one is left. */
export function bodiesOf({ asked, heard, protocol, maxLength, redact }: BodiesAsked): Bodies {
  const answered = heard.text(protocol)
  const kept = (text: string) => redact(text.slice(0, maxLength + MARGIN)).slice(0, maxLength)
  const cut = heard.cut() || answered.length > maxLength || (asked?.length ?? 0) > maxLength
  return {
    ...(asked !== undefined && { request: kept(asked) }),
    ...(answered && { response: kept(answered) }),
    ...(cut && { cut }),
  }
}
