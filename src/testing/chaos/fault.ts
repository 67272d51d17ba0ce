/**
 * The closed list of what can go wrong with a provider, as data.
 *
 * @module
 */

/** No answer comes: fetch rejects, as Node's fetch would. */
export const CONNECTION_FAULTS = ['refuse', 'dns', 'tls', 'connect-timeout', 'reset', 'hang-up', 'hang'] as const

/** An error answer, each protocol with its vendor's own status, headers and body. */
export const STATUS_FAULTS = [
  'bad-request',
  'context-overflow',
  'bad-signature',
  'spend-limit',
  'bad-key',
  'expired-login',
  'payment-required',
  'forbidden',
  'model-not-found',
  'request-timeout',
  'conflict',
  'too-large',
  'unprocessable',
  'rate-limit',
  'insufficient-quota',
  'content-policy',
  'server-error',
  'bad-gateway',
  'unavailable',
  'gateway-timeout',
  'overloaded',
] as const

/** A 200 that is late, or of the wrong kind. */
export const ANSWER_FAULTS = ['slow-headers', 'slow-first-token', 'slow-stream', 'html', 'empty', 'wrong-form', 'refusal'] as const

/** A 200 that breaks amid its body. */
export const BODY_FAULTS = ['stall', 'cut', 'missing-terminator', 'malformed-event', 'invalid-utf8', 'error-event'] as const

/** Every fault by name. */
export const FAULTS = [...CONNECTION_FAULTS, ...STATUS_FAULTS, ...ANSWER_FAULTS, ...BODY_FAULTS] as const

export type FaultName = (typeof FAULTS)[number]
export type StatusFaultName = (typeof STATUS_FAULTS)[number]
/** The errors that a provider itself tells: the others come from what stands before it, which does not speak within a stream. */
export type InBandErrorName = Exclude<StatusFaultName, 'bad-gateway' | 'unavailable'>
export type ConnectionFaultName = (typeof CONNECTION_FAULTS)[number]

/** How a 429 tells when to come back. `native` is what the protocol's own vendor does, `none` tells nothing. */
export const RESET_SIGNALS = [
  'native',
  'retry-after',
  'retry-after-date',
  'retry-after-ms',
  'x-ratelimit-reset',
  'anthropic-ratelimit-reset',
  'anthropic-unified-reset',
  'retry-info',
  'metadata',
  'words',
  'none',
] as const
export type ResetSignal = (typeof RESET_SIGNALS)[number]

/**
 * Where in the body something happens. `headers`: before its first byte; `start`: after the events that open the answer;
 * `content`: after the first text, reasoning or arguments; `finish`: after all content, before stop reason and terminator.
 * `event` and `byte` count from the beginning; beyond the end they mean the end. A whole answer is one event: there `start`
 * means its first byte, `content` its middle, and `finish` before its last byte.
 */
export type Position = 'headers' | 'start' | 'content' | 'finish' | { event: number } | { byte: number }

interface Late {
  /** Milliseconds until the answer, or the error that stands for it, comes. Default: the provider's `latencyMs`; 10 000 for `connect-timeout`. */
  afterMs?: number
}

/** A fault with what can be told of it. Its name alone means all defaults. */
export type FaultSpec = Late &
  (
    | { type: 'refuse' | 'dns' | 'tls' | 'connect-timeout' | 'hang-up' | 'hang' | 'html' | 'empty' | 'wrong-form' | 'missing-terminator' }
    | {
        type: 'reset'
        /** While the request was being sent, or after: then nobody knows what the provider did with it. Default `waiting`. */
        when?: 'sending' | 'waiting'
      }
    | ({ type: Exclude<StatusFaultName, 'rate-limit'> } & Override)
    | ({
        type: 'rate-limit'
        /** Default `native`. */
        signal?: ResetSignal
        /** Until the limit resets. Default 20. */
        seconds?: number
      } & Override)
    | {
        type: 'slow-headers'
        /** Milliseconds until the headers come; the body follows at once. Default 30 000. */
        ms?: number
      }
    | {
        type: 'slow-first-token'
        /** Milliseconds between the headers, which come at once, and the first byte of the body. Default 30 000. */
        ms?: number
        /** Milliseconds between signs of life meanwhile. Default: none is given. */
        pingMs?: number
      }
    | {
        type: 'slow-stream'
        /** Milliseconds before each event. Default 1000. */
        ms?: number
      }
    | {
        type: 'refusal'
        /** What the model says. */
        text?: string
      }
    | {
        type: 'stall'
        /** Default `content`. */
        at?: Position
        /** Milliseconds between signs of life in the silence. Default: none is given. */
        pingMs?: number
        /** Milliseconds after which the answer goes on to its end. Default: never. */
        ms?: number
      }
    | {
        type: 'cut'
        /** Default `content`. */
        at?: Position
        /** A clean end, which a client cannot tell from the end of an answer, or a broken connection. Default `reset`. */
        how?: 'end' | 'reset'
      }
    | {
        type: 'malformed-event' | 'invalid-utf8'
        /** Where the damaged event is put in; `invalid-utf8` damages the first text itself and needs it only where there is none. Default `content`. */
        at?: Position
        /** Whether the answer goes on to its end afterwards. Default `true`. */
        goesOn?: boolean
      }
    | {
        type: 'error-event'
        /** Default `headers`: the error is all there is. */
        at?: Position
        /** Default `overloaded`. */
        error?: InBandErrorName
      }
  )

interface Override {
  status?: number
  /** Sent over the fault's own headers. */
  headers?: Readonly<Record<string, string>>
  /** Sent in place of the fault's own body: JSON, or text as it is. */
  body?: unknown
}

/** What goes wrong with one request. */
export type Fault = FaultName | FaultSpec

const KNOWN: ReadonlySet<string> = new Set(FAULTS)

/** @throws TypeError for a fault that is not in the list */
export function specOf(fault: Fault): FaultSpec {
  const spec = typeof fault === 'string' ? ({ type: fault } as FaultSpec) : fault
  if (!KNOWN.has(spec.type)) throw new TypeError(`chaosProvider: there is no fault "${spec.type}". Known: ${FAULTS.join(', ')}.`)
  return spec
}
