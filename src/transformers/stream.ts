/**
 * The stream translator: a synchronous push machine from the bytes of one protocol to the text of another.
 *
 * @module
 */
import { createAlikeParser } from '../core/alike.ts'
import { ANSWER_TOO_DEEP, bounded, fail, failureOf, STATUS, type Failure } from '../core/failure.ts'
import { unfold } from '../core/fold.ts'
import { tryParse } from '../core/json.ts'
import type { Protocol, ReplyContext, StreamDecoder } from '../core/protocol.ts'
import type { Emit } from '../core/reply.ts'
import { readAhead, type Chunk } from '../core/read-ahead.ts'
import { createEventReader } from '../core/sse.ts'
import { encodeUtf8 } from '../core/utf8.ts'
import { settleEvent, type Settlement } from './settle.ts'
import { cutStream } from './stop-sequences.ts'

export interface StreamTranslator {
  /** The upstream's bytes, cut anywhere; returns what they make of the client's stream, `''` where nothing yet. */
  push(bytes: Uint8Array): string
  /** The upstream has ended; returns the rest of the client's stream, which ends properly or in an error. */
  end(): string
  /** The upstream broke; returns the rest of the client's stream, which ends in an error unless it had ended before or lacked its terminator alone. */
  fail(failure: Failure): string
  /** Whether the client's stream has ended, well or in an error: nothing more will come of it. */
  readonly ended: boolean
  /** Whether the upstream's stream lacked nothing but its terminator. */
  readonly recovered?: boolean
}

const TRUNCATED: Failure = {
  kind: 'truncated',
  status: STATUS.truncated,
  message: 'The upstream closed its stream before the answer was complete. Try again.',
}
const MAX_WHOLE_LENGTH = 64 * 1024 * 1024
const SPACE = 0x20
const BRACE = 0x7b
const BRACKET = 0x5b

export interface StreamTranslatorOptions {
  decode: Protocol['decodeStream']
  /** See {@link Protocol.differing}. */
  differing: Protocol['differing']
  /** Reads a whole answer, for upstreams that send one where a stream was asked for. */
  decodeWhole: Protocol['decodeReply']
  encode: Protocol['encodeStream']
  context: ReplyContext
  settlement: Settlement
  /** Where the answer is cut, because the upstream could not be told. */
  stops?: readonly string[]
  /** What the upstream's stream ends with, see {@link Protocol.terminator}. */
  terminator?: string
  /** Sees each event on its way. */
  observe?: Emit
}

export function createStreamTranslator({
  decode,
  differing,
  decodeWhole,
  encode,
  context,
  settlement,
  stops,
  terminator,
  observe,
}: StreamTranslatorOptions): StreamTranslator {
  const write = encode(context)
  let out = ''
  let wasFinished = false
  let isBroken = false
  const tell: Emit = (event) => {
    if (event.type === 'finish' || event.type === 'error') {
      translator.ended = true
      wasFinished = event.type === 'finish'
    }
    observe?.(event)
    out += write(event)
  }
  const pass = stops?.length ? cutStream(tell, stops) : tell
  const emit: Emit = (event) => {
    if (!translator.ended) pass(settleEvent(event, settlement))
  }
  const decoder: StreamDecoder = decode(emit, context)
  const breakOff = (failure: Failure) => emit({ type: 'error', failure })
  const parse = createAlikeParser(differing)
  const reader = createEventReader((data, name) => {
    if (translator.ended) return
    if (data === '[DONE]') return close(true)
    let event: unknown
    try {
      event = parse(data)
    } catch {
      // One damaged event does not end an answer that goes on to its proper end; one that does not is reported as cut.
      // What a connection broke off in was never an event.
      if (!isBroken) context.notes.dropped({}, undefined, `an event of the upstream's stream was not JSON: ${data.slice(0, 80)}`)
      return
    }
    decoder.event(event, name)
  })
  const close = (done: boolean) => {
    decoder.end(done)
    translator.recovered = translator.ended && !done && Boolean(terminator)
    breakOff(TRUNCATED)
  }
  const collect = <Input>(run: (input: Input) => void, input: Input): string => {
    if (translator.ended) return ''
    try {
      bounded(run, ANSWER_TOO_DEEP, input)
    } catch (error) {
      breakOff(failureOf(error))
    }
    const text = out
    out = ''
    return text
  }
  let whole: string | undefined
  let looked = false
  // Made when wanted: it holds memory outside the heap, for as long as the stream goes on.
  let text: TextDecoder | undefined
  const read = (bytes: Uint8Array) => {
    if (!looked) {
      const first = bytes.find((byte) => byte > SPACE)
      if (first === undefined) return
      looked = true
      if (first === BRACE || first === BRACKET) whole = ''
    }
    if (whole === undefined) reader.push(bytes)
    else whole += (text ??= new TextDecoder()).decode(bytes, { stream: true })
    if (whole && whole.length > MAX_WHOLE_LENGTH)
      fail({ kind: 'bad-response', message: `The upstream's answer is longer than ${MAX_WHOLE_LENGTH} characters.` })
  }
  const readWhole = (json: string) => {
    const reply = tryParse(json)
    if (reply !== undefined) unfold(decodeWhole(reply, context), emit)
    else breakOff(TRUNCATED)
  }
  const finish = () => {
    if (whole !== undefined) return readWhole(whole + (text?.decode() ?? ''))
    reader.end()
    if (!translator.ended) close(false)
  }
  const lose = (failure: Failure) => {
    if (whole === undefined) {
      isBroken = true
      reader.end()
      if (!translator.ended) decoder.end(false)
      translator.recovered = wasFinished
    }
    breakOff(failure)
  }
  const translator = {
    ended: false,
    recovered: false,
    push: (bytes: Uint8Array) => collect(read, bytes),
    end: () => collect(finish, undefined),
    fail: (failure: Failure) => collect(lose, failure),
  }
  return translator
}

/** A translator that changes nothing. */
export function createIdentity(): StreamTranslator {
  const decoder = new TextDecoder()
  const translator = {
    ended: false,
    push: (bytes: Uint8Array) => decoder.decode(bytes, { stream: true }),
    end() {
      translator.ended = true
      return decoder.decode()
    },
    fail() {
      translator.ended = true
      return ''
    },
  }
  return translator
}

/** This many characters go out without looking for more. */
const ENOUGH = 32 * 1024

/**
 * The translator with the coat of a Web stream on. All that the upstream has ready goes out as one chunk, and nothing waits for more: a chunk
 * costs 3 us, mostly for memory of its own, where five events cost 7.
 */
export function pipeThrough(readable: ReadableStream<Uint8Array>, translator: StreamTranslator): ReadableStream<Uint8Array> {
  const source = readAhead(readable)
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        let text = ''
        try {
          for (let chunk: Chunk | undefined = await source.next(); chunk;) {
            text += chunk.done ? translator.end() : translator.push(chunk.value)
            if (translator.ended || text.length >= ENOUGH) break
            chunk = await (text ? source.ready() : source.next())
          }
        } catch (error) {
          text += translator.fail({
            kind: 'network',
            status: STATUS.network,
            message: `The connection to the upstream broke amid the answer: ${error instanceof Error ? error.message : String(error)}. Try again.`,
          })
        }
        if (text) controller.enqueue(encodeUtf8(text))
        if (!translator.ended) return
        controller.close()
        source.cancel().catch(() => {})
      },
      cancel: (reason) => source.cancel(reason),
    },
    { highWaterMark: 0 },
  )
}
