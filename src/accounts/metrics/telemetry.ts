/**
 * Spans and metrics for OpenTelemetry: one span for each request, and below it one for each call of a provider.
 *
 * @module
 */
import type { Context } from '@opentelemetry/api'
import { systemClock, type Clock } from '../../core/clock.ts'
import { urlOf } from '../../router/fetch.ts'
import type { Finished } from '../ledger/describe.ts'
import type { AttemptRecord, ExchangeRecord } from '../ledger/record.ts'
import { isFailed } from '../ledger/failed.ts'
import type { Prices } from '../prices/prices.ts'
import { once, watchExchanges, type Sink, type Watcher } from './exchanges.ts'
import { operationOf, providerName, requestAttributes, usageAttributes, type Attributes } from './gen-ai.ts'
import { createNames } from './names.ts'
import { pricedRecord } from './priced-record.ts'
import { createGenAiMetrics } from './telemetry-metrics.ts'

export interface TelemetryOptions {
  /** Tells what answers cost. Default: spans have no cost. */
  prices?: Prices
  /** The addresses of endpoints, by their names. Default: spans tell the names alone. */
  addressOf?: (endpoint: string) => string | undefined
  /** The names of models that are configured: others are labels of metrics only as far as `createMetrics` has them. */
  models?: () => Iterable<string>
  /** Takes secrets out of errors. Default: none is known. */
  redact?: (text: string) => string
  /** Told, once, of an error that keeps requests from being told of, such as a span processor's. Requests go on all the same. Default: nobody is told. */
  onError?: (error: Error) => void
  clock?: Clock
}

/** What a span's parent is. Opaque. */
export interface Traced {
  readonly context: unknown
}

export interface Telemetry extends Watcher, Sink<Traced> {}

const SCOPE = 'cc-route'

/**
 * Tells OpenTelemetry of what goes by, through the providers of traces and metrics that are registered. {@link withMetrics} shows it the requests
 * of a fetch. What people and models say is in no span.
 *
 * @throws Error (rejects) where the package `@opentelemetry/api` is not installed
 */
export async function createTelemetry(options: TelemetryOptions = {}): Promise<Telemetry> {
  const { prices, clock = systemClock, addressOf = () => undefined, redact = (text) => text, onError = () => {} } = options
  const failed = once(onError)
  const api = await import('@opentelemetry/api').catch((error: unknown) => {
    throw new Error('Telemetry needs the package @opentelemetry/api: npm install @opentelemetry/api', { cause: error })
  })
  const { context, propagation, trace, SpanKind, SpanStatusCode } = api
  const tracer = trace.getTracer(SCOPE)
  const metrics = createGenAiMetrics(api.metrics.getMeter(SCOPE), createNames(options))

  const told = (finished: Finished, record: ExchangeRecord, parent: Context): void => {
    const operation = operationOf(record.protocol)
    const { hostname, port } = urlOf(finished.request)
    const failed = isFailed(record)
    const span = tracer.startSpan(
      record.asked === undefined ? operation : `${operation} ${record.asked}`,
      {
        kind: SpanKind.SERVER,
        startTime: new Date(record.at),
        attributes: {
          ...commonOf(record, addressOf),
          ...(finished.facts && requestAttributes(finished.facts.settings)),
          ...answerOf(record),
          'http.request.method': record.method,
          'http.response.status_code': record.status,
          'url.path': record.path,
          'server.address': hostname,
          ...(port && { 'server.port': Number(port) }),
          ...own(record),
          ...(failed && { 'error.type': record.failure?.class ?? String(record.status) }),
        },
      },
      parent,
    )
    if (failed) span.setStatus({ code: SpanStatusCode.ERROR, ...(record.failure && { message: redact(record.failure.message) }) })
    const below = trace.setSpan(parent, span)
    const winner = record.attempts.findLast((attempt) => attempt.class === undefined)
    for (const attempt of record.attempts) {
      const called = tracer.startSpan(
        attempt.model === undefined ? operation : `${operation} ${attempt.model}`,
        {
          kind: SpanKind.CLIENT,
          startTime: new Date(attempt.at),
          attributes: { ...attemptOf(attempt, operation, addressOf), ...(attempt === winner && answerOf(record)) },
        },
        below,
      )
      if (attempt.class !== undefined)
        called.setStatus({ code: SpanStatusCode.ERROR, ...(attempt.message !== undefined && { message: redact(attempt.message) }) })
      called.end(new Date(endOf(record, attempt, attempt === winner)))
    }
    span.end(new Date(record.at + record.ms))
    metrics.record(record, { winner, providerOf: (endpoint) => providerOf(endpoint, addressOf), endOf })
  }

  const sink: Sink<Traced> = {
    begun({ headers }) {
      const active = context.active()
      if (trace.getSpan(active)) return { context: active }
      const getter = { keys: () => [...headers.keys()], get: (_: unknown, name: string) => headers.get(name) ?? undefined }
      return { context: propagation.extract(active, headers, getter) }
    },
    ended(finished, begun) {
      const parent = (begun?.context as Context | undefined) ?? context.active()
      void pricedRecord(finished, prices)
        .then((record) => told(finished, record, parent))
        .catch(failed)
    },
  }
  return { ...sink, ...watchExchanges(clock, sink, failed) }
}

type AddressOf = (endpoint: string) => string | undefined

const providerOf = (endpoint: string, addressOf: AddressOf): string => providerName(addressOf(endpoint) ?? endpoint) ?? endpoint

const commonOf = ({ protocol, asked, endpoint, session, stream }: ExchangeRecord, addressOf: AddressOf): Attributes => ({
  'gen_ai.operation.name': operationOf(protocol),
  ...(endpoint !== undefined && { 'gen_ai.provider.name': providerOf(endpoint, addressOf) }),
  ...(asked !== undefined && { 'gen_ai.request.model': asked }),
  ...(session !== undefined && { 'gen_ai.conversation.id': session }),
  ...(stream && { 'gen_ai.request.stream': true }),
})

const answerOf = ({ served, usage }: ExchangeRecord): Attributes => ({
  ...(served !== undefined && { 'gen_ai.response.model': served }),
  ...(usage && usageAttributes(usage)),
})

/** What the conventions have no words for. */
const own = ({ endpoint, route, tenant, agent, ended, attempts, cost, estimated }: ExchangeRecord): Attributes => ({
  'cc_route.ended': ended,
  'cc_route.attempts': attempts.length,
  ...(endpoint !== undefined && { 'cc_route.endpoint': endpoint }),
  ...(route !== undefined && { 'cc_route.route': route }),
  ...(tenant !== undefined && { 'cc_route.tenant': tenant }),
  ...(agent !== undefined && { 'cc_route.agent': agent }),
  ...(cost && { 'cc_route.cost_usd': Number(cost.amount) }),
  ...(estimated && { 'cc_route.estimated': true }),
})

function attemptOf(
  { endpoint, model, reason, waitedMs, status, class: failed }: AttemptRecord,
  operation: string,
  addressOf: AddressOf,
): Attributes {
  const address = addressOf(endpoint)
  const url = address !== undefined && URL.canParse(address) ? new URL(address) : undefined
  return {
    'gen_ai.operation.name': operation,
    'gen_ai.provider.name': providerOf(endpoint, addressOf),
    ...(model !== undefined && { 'gen_ai.request.model': model }),
    ...(url && { 'server.address': url.hostname, 'server.port': Number(url.port || (url.protocol === 'https:' ? 443 : 80)) }),
    ...(status !== undefined && { 'http.response.status_code': status }),
    'cc_route.endpoint': endpoint,
    'cc_route.attempt.reason': reason,
    ...(waitedMs && { 'cc_route.attempt.waited_ms': waitedMs }),
    ...(failed !== undefined && { 'error.type': failed }),
  }
}

/** A call that answered lasts as long as its answer. Milliseconds since 1970. */
const endOf = ({ at, ms }: ExchangeRecord, attempt: AttemptRecord, answered: boolean): number =>
  answered ? at + ms : attempt.at + (attempt.ms ?? Math.max(0, at + ms - attempt.at))
