import { createEventReader } from '../core/sse.ts'

/** A stream of `bytes` in pieces of `size` bytes, cut inside characters too. */
export function cutStream(bytes: Uint8Array | string, size: number): ReadableStream<Uint8Array> {
  if (!(size >= 1)) throw new RangeError(`cutStream: size must be at least 1, got ${size}`)
  const whole = typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes
  let at = 0
  return new ReadableStream({
    pull(controller) {
      if (at >= whole.length) return controller.close()
      controller.enqueue(whole.subarray(at, at + size))
      at += size
    },
  })
}

export interface ReadEvent {
  /** The event's name, where it has one. */
  event?: string
  /** The event's data: parsed where it is JSON, otherwise the text. */
  data: unknown
}

/** All server-sent events of a stream, or of a response's body. */
export async function readEvents(from: Response | ReadableStream<Uint8Array>): Promise<ReadEvent[]> {
  const events: ReadEvent[] = []
  const reader = createEventReader((data, event) => events.push({ ...(event !== undefined && { event }), data: parsed(data) }))
  const stream = from instanceof Response ? from.body : from
  if (stream)
    for (const body = stream.getReader(); ;) {
      const { done, value } = await body.read()
      if (done) break
      reader.push(value)
    }
  reader.end()
  return events
}

function parsed(data: string): unknown {
  try {
    return JSON.parse(data)
  } catch {
    return data
  }
}
