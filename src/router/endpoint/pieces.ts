/**
 * Answers that come in pieces: each next one is asked for as soon as the one before has ended, and the client gets one answer.
 *
 * @module
 */
import { encodeUtf8 } from '../../core/utf8.ts'
import { isObject, tryParse, type JsonObject } from '../../core/json.ts'
import type { PieceJoiner } from '../../core/protocol.ts'
import { createEventReader, writeEvent } from '../../core/sse.ts'
import type { Fetch } from '../fetch.ts'

/** Far more than any answer has; an upstream that pauses for ever is not followed for ever. */
const MAX_PIECES = 32

/** A fetch that asks for all pieces of the answer. Where a further piece cannot be had the answer ends as the provider ended it. */
export const inPieces =
  (call: Fetch, joiner: PieceJoiner): Fetch =>
  async (input, init) => {
    const first = await call(input, init)
    if (!first.ok || !first.body) return first
    let left = MAX_PIECES
    const following = async (): Promise<Response | undefined> => {
      const request = left-- > 0 ? joiner.next() : undefined
      if (!request) return undefined
      const response = await call(input, { ...init, body: JSON.stringify(request) })
      if (response.ok && response.body) return response
      await response.body?.cancel()
      return undefined
    }
    const headers = new Headers(first.headers)
    for (const name of ['content-length', 'content-encoding']) headers.delete(name)
    const isStream = headers.get('content-type')?.includes('text/event-stream')
    const body = isStream ? streamOf(first.body, following, joiner) : await wholeOf(first, following, joiner)
    return new Response(body, { status: first.status, headers })
  }

async function wholeOf(first: Response, following: () => Promise<Response | undefined>, joiner: PieceJoiner): Promise<string> {
  const text = await first.text()
  let piece = tryParse(text)
  if (!isObject(piece)) return text
  let answer: JsonObject = joiner.whole(piece)
  for (let response = await following(); response; response = await following()) {
    piece = tryParse(await response.text())
    if (!isObject(piece)) break
    answer = joiner.whole(piece)
  }
  return JSON.stringify(answer)
}

function streamOf(
  first: ReadableStream<Uint8Array>,
  following: () => Promise<Response | undefined>,
  joiner: PieceJoiner,
): ReadableStream<Uint8Array> {
  let out = ''
  const newReader = () =>
    createEventReader((data, name) => {
      const event = tryParse(data)
      const told = isObject(event) ? joiner.event(event) : event
      if (isObject(event) && told === undefined) return
      out += writeEvent(told === event ? data : JSON.stringify(told), name)
    })
  let reader = first.getReader()
  let events = newReader()
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        while (!out) {
          const { done, value } = await reader.read()
          if (!done) {
            events.push(value)
            continue
          }
          events.end()
          const response = await following()
          if (!response?.body) {
            // only an end that was held back is still to be told
            for (const event of joiner.held())
              out += writeEvent(JSON.stringify(event), typeof event.type === 'string' ? event.type : undefined)
            if (out) controller.enqueue(encodeUtf8(out))
            return controller.close()
          }
          reader = response.body.getReader()
          events = newReader()
        }
        controller.enqueue(encodeUtf8(out))
        out = ''
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  )
}
