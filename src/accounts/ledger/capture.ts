/**
 * What was asked and what was answered, as the client has it: listened to on its way, never held back.
 *
 * @module
 */
import { throughBody, type ByteSource } from '../../core/byte-source.ts'
import { attachOutcome, outcomeOf } from '../../router/outcome.ts'
import type { Bodies } from './record.ts'

/** What has come of a body, up to a size. */
export interface Heard {
  text(): string
  readonly cut: boolean
}

/** The same answer, and what of its body will have gone by, up to `maxBytes`. Its text is made when it is asked for. */
export function listen(response: Response, maxBytes: number): { response: Response; heard: Heard } {
  let chunks: (Uint8Array | string)[] = []
  let size = 0
  const take = (chunk: Uint8Array | string) => {
    if (size < maxBytes) chunks.push(chunk)
    size += chunk.length
  }
  const heard: Heard = {
    text() {
      const decoder = new TextDecoder()
      const text = chunks.map((chunk) => (typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true }))).join('')
      chunks = []
      return text
    },
    get cut() {
      return size > maxBytes
    },
  }
  const outcome = outcomeOf(response)
  const heardResponse = throughBody(response, (source) => through(source, take))
  return { response: outcome ? attachOutcome(heardResponse, outcome) : heardResponse, heard }
}

const through = (source: ByteSource, take: (chunk: Uint8Array | string) => void): ByteSource => ({
  start: (sink) =>
    source.start({
      write(chunk) {
        take(chunk)
        sink.write(chunk)
      },
      end: () => sink.end(),
      fail: (error) => sink.fail(error),
    }),
  pause: () => source.pause(),
  resume: () => source.resume(),
  cancel: (reason) => source.cancel(reason),
})

/** Bodies as they are kept: secrets taken out before they are cut, so that no half of one is left. */
export function bodiesOf(asked: string | undefined, heard: Heard, maxBytes: number, redact: (text: string) => string): Bodies {
  const request = asked === undefined ? undefined : redact(asked)
  const response = redact(heard.text())
  const cut = heard.cut || response.length > maxBytes || (request?.length ?? 0) > maxBytes
  return {
    ...(request !== undefined && { request: request.slice(0, maxBytes) }),
    ...(response && { response: response.slice(0, maxBytes) }),
    ...(cut && { cut }),
  }
}
