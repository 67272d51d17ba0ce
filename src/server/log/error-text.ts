/**
 * What leaves in errors: no secret, whoever echoed it, and nothing that does things to a terminal.
 *
 * @module
 */
import { readText, type ByteSource } from '../../core/byte-source.ts'
import { respondText, takeSource, throughBody } from '../../core/respond.ts'
import { fail, isFailureError, kindOfStatus } from '../../core/failure.ts'
import { attachOutcome, outcomeOf } from '../../router/outcome.ts'
import { plainJson, plainText } from './text.ts'

/** The largest error that is looked through, in bytes. */
const MAX_BYTES = 1024 * 1024

/** The answer with its error cleaned. Answers that are none pass as they are, except for errors amid a stream. */
export async function cleanErrors(response: Response, redact: ((text: string) => string) | undefined): Promise<Response> {
  const type = response.headers.get('content-type') ?? ''
  const isError = response.status >= 400
  if (isError ? !/json|text|^$/.test(type) || type.includes('event-stream') : !redact || !type.includes('event-stream')) return response
  const outcome = outcomeOf(response)
  const cleaned = isError ? await cleanError(response, type, redact) : throughBody(response, (source) => cleanStream(source, redact!))
  return outcome ? attachOutcome(cleaned, outcome) : cleaned
}

async function cleanError(response: Response, type: string, redact?: (text: string) => string): Promise<Response> {
  const source = takeSource(response)
  if (!source) return response
  const { status, statusText } = response
  const headers = new Headers(response.headers)
  for (const name of ['content-length', 'content-encoding']) headers.delete(name)
  const text = await cleanText(source, type, redact).catch((error: unknown) => {
    if (isFailureError(error)) throw error
    return fail({
      kind: kindOfStatus(status),
      status,
      message: `The upstream answered with status ${status}, and broke off while it said why.`,
    })
  })
  return respondText(text, { status, statusText, headers })
}

async function cleanText(source: ByteSource, type: string, redact: (text: string) => string = (text) => text): Promise<string> {
  const text =
    source.whole ??
    (await readText(source, MAX_BYTES, () =>
      fail({ kind: 'bad-response', message: `The upstream's error is larger than ${MAX_BYTES} bytes.` }),
    ))
  return redact(type.includes('json') ? plainJson(text) : plainText(text))
}

/** Of `"error"` what is found fastest: events are full of quotes and of e, so that a search for all of it takes seven times as long. */
const SIGN = 'rror"'
/** A text to look for Node writes as bytes each time, which takes as long again. Elsewhere there may be no Buffer. */
const SIGN_BYTES = 'Buffer' in globalThis ? Buffer.from(SIGN) : undefined

/** Only chunks that speak of an error are looked through. Secrets are ASCII: bytes are looked at as they are, however characters are cut. */
function cleanStream(source: ByteSource, redact: (text: string) => string): ByteSource {
  return {
    ...source,
    start: (sink) =>
      source.start({
        write(chunk) {
          if (typeof chunk === 'string') return sink.write(chunk.includes(SIGN) ? redact(chunk) : chunk)
          sink.write(speaksOfError(chunk) ? bytesOf(redact(textOf(chunk))) : chunk)
        },
        end: () => sink.end(),
        fail: (error) => sink.fail(error),
      }),
  }
}

/** Node looks faster than a loop can. */
const speaksOfError = ({ buffer, byteOffset, byteLength }: Uint8Array): boolean =>
  SIGN_BYTES
    ? Buffer.from(buffer, byteOffset, byteLength).includes(SIGN_BYTES)
    : textOf(new Uint8Array(buffer, byteOffset, byteLength)).includes(SIGN)

/** A character for each byte, and back. */
const textOf = (bytes: Uint8Array): string => bytes.reduce((text, byte) => text + String.fromCharCode(byte), '')
const bytesOf = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0))
