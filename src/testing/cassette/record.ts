/**
 * Records what goes through a fetch, and changes nothing of it.
 *
 * @module
 */
import { systemClock, type Clock } from '../../core/clock.ts'
import { requestOf, type Fetch } from '../../router/fetch.ts'
import { attachOutcome, outcomeOf } from '../../router/outcome.ts'
import { bodyOf } from './body-of.ts'
import { packBytes } from './bytes.ts'
import { cassetteOf, type Cassette, type RecordedEnd, type RecordedExchange } from './cassette.ts'
import { packError } from './errors.ts'
import { createRedactor, type RedactOptions, type Redactor } from './redact.ts'

export interface RecordOptions extends RedactOptions {
  /** Default: the system's. */
  clock?: Clock
}

export interface Recorder extends Fetch {
  /** What was recorded so far, without secrets. Later exchanges do not change what it gave. */
  cassette(): Cassette
}

/** An exchange as it is kept until a cassette is taken: nothing is redacted yet, and nothing leaves. */
interface Take {
  at: number
  request: Request
  body?: Uint8Array
  response?: { at: number; status: number; statusText: string; headers: Headers; chunks: { at: number; bytes: Uint8Array }[] }
  end?: { at: number; how: RecordedEnd['how']; error?: unknown }
}

/**
 * Makes a fetch that records every exchange of `fetch`: bodies in the pieces and at the times in which they are read.
 *
 * Credentials never reach a cassette: headers and parameters that hold them are redacted by name, and their values, as those in
 * `secrets`, are masked in bodies, addresses and errors. A secret that a model spells out over several events of a stream is not
 * found.
 *
 * @throws TypeError for a secret of less than four characters
 */
export function record(fetch: Fetch, { clock = systemClock, ...redaction }: RecordOptions = {}): Recorder {
  const redactor = createRedactor(redaction)
  const takes: Take[] = []

  const recorder = async (input: Request | URL | string, init?: RequestInit): Promise<Response> => {
    const at = clock.now()
    const request = requestOf(input, init)
    const take: Take = { at, request }
    takes.push(take)
    redactor.learn(request.url, request.headers)
    const signal = init?.signal ?? request.signal
    try {
      take.body = await bodyOf(request)
      // A body that is a stream was taken by the request; everything else goes on as it came, options of other fetches too.
      const response = await (init?.body instanceof ReadableStream ? fetch(request) : fetch(input, init))
      const { status, statusText, headers } = response
      redactor.learn(request.url, headers)
      take.response = { at: clock.now(), status, statusText, headers: new Headers(headers), chunks: [] }
      if (response.body) return tapped(response, response.body, take, signal)
      take.end = { at: clock.now(), how: 'complete' }
      return response
    } catch (error) {
      take.end = { at: clock.now(), how: signal.aborted ? 'aborted' : 'broken', error }
      throw error
    }
  }

  /** The same response, each chunk noted as it is read. */
  const tapped = (response: Response, from: ReadableStream<Uint8Array>, take: Take, signal: AbortSignal): Response => {
    const reader = from.getReader()
    const ended = (how: RecordedEnd['how'], error?: unknown) => void (take.end ??= { at: clock.now(), how, error })
    const body = new ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          try {
            const { done, value } = await reader.read()
            if (done) {
              ended('complete')
              return controller.close()
            }
            take.response?.chunks.push({ at: clock.now(), bytes: value.slice() })
            controller.enqueue(value)
          } catch (error) {
            ended(signal.aborted ? 'aborted' : 'broken', error)
            controller.error(error)
          }
        },
        cancel(reason) {
          ended('aborted')
          return reader.cancel(reason)
        },
      },
      { highWaterMark: 0 },
    )
    const { status, statusText, headers } = response
    const copy = new Response(body, { status, statusText, headers })
    const outcome = outcomeOf(response)
    return outcome ? attachOutcome(copy, outcome) : copy
  }

  const cassette = (): Cassette => {
    const first = takes[0]?.at ?? 0
    return cassetteOf(takes.map((take) => exchangeOf(take, first, clock.now(), redactor)))
  }
  return Object.assign(recorder, { cassette })
}

function exchangeOf({ at, request, body, response, end }: Take, first: number, now: number, redactor: Redactor): RecordedExchange {
  const redacted = (headers: Headers) => [...headers].map(([name, value]): [string, string] => [name, redactor.header(name, value)])
  const packed = body && redactor.chunks([body])[0]
  const bytes = redactor.chunks(response?.chunks.map((chunk) => chunk.bytes) ?? [])
  return {
    at: at - first,
    request: {
      method: request.method,
      url: redactor.url(request.url),
      headers: Object.fromEntries(redacted(request.headers)),
      ...(packed && { body: packBytes(packed) }),
    },
    ...(response && {
      response: {
        afterMs: response.at - at,
        status: response.status,
        ...(response.statusText && { statusText: response.statusText }),
        headers: redacted(response.headers),
        chunks: response.chunks.map((chunk, index) => ({ afterMs: chunk.at - at, ...packBytes(bytes[index]!) })),
      },
    }),
    end: {
      how: end?.how ?? 'open',
      afterMs: (end?.at ?? now) - at,
      ...(end?.error !== undefined && { error: packError(end.error, redactor.text) }),
    },
  }
}
