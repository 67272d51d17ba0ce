/**
 * A body that pushes its bytes: what a ReadableStream is, without a promise for each chunk, for where both ends are in this process.
 *
 * @module
 */
import { encodeUtf8 } from './utf8.ts'

export interface ByteSource {
  /** Starts the flow into the one sink. */
  start(sink: ByteSink): void
  /** The sink is full; chunks on their way may still come. */
  pause(): void
  resume(): void
  /** The consumer is gone: nothing is called any more. */
  cancel(reason?: unknown): void
  /** All of the body, where it is at hand as text: then there is no need to start. */
  readonly whole?: string
}

export interface ByteSink {
  /** A chunk: bytes, or text to be sent as UTF-8. Never empty. */
  write(chunk: Uint8Array | string): void
  end(): void
  /** The body broke: it must not look complete to whoever reads it. */
  fail(error: unknown): void
}

/** A source as a stream, with back-pressure: nothing flows before somebody reads. */
export function streamOf(source: ByteSource): ReadableStream<Uint8Array> {
  let started = false
  return new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        if (started) return source.resume()
        started = true
        source.start({
          write(chunk) {
            controller.enqueue(typeof chunk === 'string' ? encodeUtf8(chunk) : chunk)
            if ((controller.desiredSize ?? 0) <= 0) source.pause()
          },
          end: () => controller.close(),
          fail: (error) => controller.error(error),
        })
      },
      cancel: (reason) => source.cancel(reason),
    },
    { highWaterMark: 0 },
  )
}

const whole = new TextDecoder()

/** All of a source as text. Rejects with the source's error, or with what `tooLarge` throws once there are more than `maxBytes` bytes. */
export function readText(source: ByteSource, maxBytes: number, tooLarge: () => never): Promise<string> {
  return new Promise((resolve, reject) => {
    // Mostly all comes at once: then no decoder has to be made that remembers the half of a character.
    let decoder: TextDecoder | undefined
    let text = ''
    let last: Uint8Array | undefined
    let size = 0
    const decode = (chunk: Uint8Array) => (text += (decoder ??= new TextDecoder()).decode(chunk, { stream: true }))
    source.start({
      write(chunk) {
        size += chunk.length
        if (last) decode(last)
        last = undefined
        if (typeof chunk === 'string') text += chunk
        else if (text || decoder) decode(chunk)
        else last = chunk
        if (size <= maxBytes) return
        source.cancel()
        try {
          tooLarge()
        } catch (error) {
          reject(error)
        }
      },
      end: () => resolve(last ? whole.decode(last) : text + (decoder?.decode() ?? '')),
      fail: reject,
    })
  })
}

/** A stream as a source. */
export function sourceOf(stream: ReadableStream<Uint8Array>): ByteSource {
  const reader = stream.getReader()
  let sink: ByteSink | undefined
  let paused = false
  let pumping = false
  const pump = async () => {
    if (pumping || !sink) return
    pumping = true
    try {
      while (!paused) {
        const { done, value } = await reader.read()
        if (!sink) return
        if (done) {
          const { end } = sink
          sink = undefined
          return end()
        }
        if (value.length) sink.write(value)
      }
    } catch (error) {
      const { fail } = sink ?? {}
      sink = undefined
      reader.cancel(error).catch(() => {})
      fail?.(error)
    } finally {
      pumping = false
    }
  }
  return {
    start(to) {
      sink = to
      void pump()
    },
    pause: () => void (paused = true),
    resume() {
      paused = false
      void pump()
    },
    cancel(reason) {
      sink = undefined
      reader.cancel(reason).catch(() => {})
    },
  }
}
