/**
 * How much one server takes on: bounds that no honest client comes near.
 *
 * @module
 */
import type { ByteSource } from '../../core/byte-source.ts'
import { throughBody } from '../../core/respond.ts'
import type { Failure } from '../../core/failure.ts'
import { attachOutcome, outcomeOf } from '../../router/outcome.ts'
import { connectionOf } from './connection.ts'
import { isLoopback } from './guard.ts'

export interface Limits {
  /** The largest request body in bytes, before and after it is unpacked. Default 32 MiB. */
  bodyBytes?: number
  /** How deep the JSON of a body may be nested. Default 512. */
  depth?: number
  /** Characters of a URL. Default 8192. */
  urlLength?: number
  /** Requests that are being answered at a time: more get a 503. Default 4096 in `serve`, any number in a mounted gateway. */
  streams?: number
  /**
   * Of these, those of one address: more get a 429. Default 256 in `serve`, any number in a mounted gateway. The programs of this machine
   * share an address and are not counted.
   */
  streamsPerClient?: number
  /** How many times larger a compressed body may become, above 1 MiB. Default 100. */
  expansion?: number
}

const MAX_URL_LENGTH = 8192

/** Returns why a URL is refused. */
export function createUrlLimit({ urlLength = MAX_URL_LENGTH }: Limits = {}): (request: Request) => Failure | undefined {
  return ({ url }) =>
    url.length <= urlLength
      ? undefined
      : { kind: 'invalid-request', status: 414, message: `The URL is longer than ${urlLength} characters, the most that is taken here.` }
}

/** A place among the requests that are answered at a time. */
export interface Place {
  /** The answer; its end gives the place back. */
  hold(response: Response): Response
  /** There is no answer. */
  release(): void
}

export interface GateOptions extends Limits {
  addressOf(request: Request): string | undefined
}

/** Returns what gives each request a place, or why there is none; `undefined` where nothing is limited. */
export function createGate(options: GateOptions): ((request: Request) => Place | Failure) | undefined {
  const { streams = Infinity, streamsPerClient = Infinity, addressOf } = options
  if (streams === Infinity && streamsPerClient === Infinity) return undefined
  const perClient = new Map<string, number>()
  let total = 0
  return (request) => {
    if (total >= streams) return full
    const address = streamsPerClient === Infinity ? undefined : addressOf(request)
    const counted = address !== undefined && !isLoopback(address)
    const mine = counted ? (perClient.get(address) ?? 0) : 0
    if (mine >= streamsPerClient) return tooMany(streamsPerClient)
    total++
    if (counted) perClient.set(address, mine + 1)
    let held = true
    const release = () => {
      if (!held) return
      held = false
      total--
      if (!counted) return
      const left = perClient.get(address)! - 1
      if (left) perClient.set(address, left)
      else perClient.delete(address)
    }
    const whenClosed = connectionOf(request)?.whenClosed
    whenClosed?.(release)
    return { release, hold: (response) => (whenClosed ? response : untilRead(response, release)) }
  }
}

const full: Failure = {
  kind: 'overloaded',
  status: 503,
  message: 'This server answers as many requests as it can. Try again in a moment.',
  retryAfter: 1,
}

const tooMany = (limit: number): Failure => ({
  kind: 'rate-limit',
  status: 429,
  message: `${limit} requests of this address are being answered, the most for one client. Try again when one of them has ended.`,
  retryAfter: 1,
})

/** The same answer. `run` is called when its body has been read, or nobody wants it any more. */
function untilRead(response: Response, run: () => void): Response {
  const outcome = outcomeOf(response)
  let isWatched = false
  const watched = throughBody(response, (source) => {
    // What is at hand as a whole costs nothing any more.
    isWatched = source.whole === undefined
    return isWatched ? watchEnd(source, run) : source
  })
  if (!isWatched) run()
  return outcome ? attachOutcome(watched, outcome) : watched
}

const watchEnd = (source: ByteSource, run: () => void): ByteSource => ({
  start: (sink) =>
    source.start({
      write: (chunk) => sink.write(chunk),
      end() {
        run()
        sink.end()
      },
      fail(error) {
        run()
        sink.fail(error)
      },
    }),
  pause: () => source.pause(),
  resume: () => source.resume(),
  cancel(reason) {
    run()
    source.cancel(reason)
  },
})
