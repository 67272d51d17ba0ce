/**
 * How a gateway fares, for Prometheus: requests, attempts, failures, tokens, money and times.
 *
 * @module
 */
import { systemClock, type Clock } from '../../core/clock.ts'
import type { ProtocolName } from '../../core/chat.ts'
import { clientProtocol } from '../../router/facts.ts'
import type { Awaitable } from '../../router/state.ts'
import type { Fetch, Handler } from '../../router/fetch.ts'
import { isFailed } from '../ledger/failed.ts'
import type { ExchangeRecord, TokenUsage } from '../ledger/record.ts'
import { withLedger } from '../ledger/with-ledger.ts'
import { formatMoney, parseMoney } from '../money.ts'
import type { Prices } from '../prices/prices.ts'
import { once, watchExchanges, type Sink, type Watcher } from './exchanges.ts'
import { createCounter, createHistogram, createSum, expositionOf, OTHER, type Family, type Sample } from './families.ts'
import { createNames } from './names.ts'
import { overheadMs } from './overhead.ts'
import { pricedRecord } from './priced-record.ts'

export interface MetricsOptions {
  /** Tells what answers cost. Default: costs are not counted. */
  prices?: Prices
  /** The names of the endpoints there are; what goes elsewhere is counted as `other`. Default: the first hundred that answered. */
  endpoints?: () => Iterable<string>
  /** The names of models that are configured. Others are counted by name once they have answered and have a price, a hundred at most, else as `other`. */
  models?: () => Iterable<string>
  /** More to tell whenever it is asked: gauges, in most cases. */
  more?: () => Awaitable<readonly Family[]>
  /** Told, once, of an error that keeps requests from being counted. Requests go on all the same. Default: nobody is told. */
  onError?: (error: Error) => void
  clock?: Clock
}

export interface Metrics extends Watcher, Sink<ProtocolName> {
  /** All of it, as Prometheus reads it: `text/plain; version=0.0.4`. */
  text(): Promise<string>
}

/** In seconds: answers take from a moment to many minutes. */
const DURATIONS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120, 300, 600]
const FIRST_TOKENS = [0.05, 0.1, 0.25, 0.5, 0.75, 1, 1.5, 2.5, 5, 10, 20, 30, 60]
const OVERHEADS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1]

/** Counts what goes by. {@link withMetrics} shows it the requests of a fetch. */
export function createMetrics(options: MetricsOptions = {}): Metrics {
  const { prices, clock = systemClock, more = () => [], onError = () => {} } = options
  const failed = once(onError)
  const names = createNames(options)
  const requests = createCounter('cc_route_requests_total', 'Requests that are over, by their status and by how the answer ended.')
  const failures = createCounter('cc_route_failures_total', 'Requests that came to nothing or broke off, by the class of the failure.')
  const attempts = createCounter('cc_route_attempts_total', 'Calls of providers, by why they were made and what came of them.')
  const tokens = createCounter('cc_route_tokens_total', 'Tokens; no token is of two kinds.')
  const toolCalls = createCounter('cc_route_server_tool_calls_total', 'Calls of tools that providers run, such as web searches.')
  const cost = createSum('cc_route_cost_dollars_total', 'US dollars that answers cost.', formatMoney)
  const unpriced = createCounter('cc_route_unpriced_requests_total', 'Requests that used tokens for which no price is known.')
  const estimated = createCounter('cc_route_estimated_requests_total', 'Requests whose tokens were guessed, at least in part.')
  const durations = createHistogram('cc_route_request_duration_seconds', "From the request to the answer's end.", DURATIONS)
  const firstTokens = createHistogram(
    'cc_route_time_to_first_token_seconds',
    'From the request to the first word of a stream.',
    FIRST_TOKENS,
  )
  const overheads = createHistogram(
    'cc_route_overhead_seconds',
    "From the request to the answer's headers, without the time that providers took and what was waited on purpose.",
    OVERHEADS,
  )
  const counted = [requests, failures, attempts, tokens, toolCalls, cost, unpriced, estimated, durations, firstTokens, overheads]
  const inFlight = new Map<string, number>()
  /** Those that wait for the price list. */
  const pending = new Set<Promise<void>>()

  const count = (record: ExchangeRecord): void => {
    const { protocol, status, ended, failure, usage } = record
    const endpoint = names.endpoint(record.endpoint)
    const model = names.model(record)
    requests.add({ endpoint, protocol, model, status: `${Math.floor(status / 100)}xx`, ended })
    if (isFailed(record)) failures.add({ endpoint, protocol, class: failure?.class ?? OTHER })
    for (const attempt of record.attempts)
      attempts.add({ endpoint: names.endpoint(attempt.endpoint), reason: attempt.reason, result: attempt.class ?? 'answered' })
    durations.observe({ endpoint, protocol }, record.ms / 1000)
    if (record.firstTokenMs !== undefined) firstTokens.observe({ endpoint, protocol }, record.firstTokenMs / 1000)
    const overhead = overheadMs(record)
    if (overhead !== undefined) overheads.observe({ protocol }, overhead / 1000)
    if (!usage) return
    for (const [kind, amount] of Object.entries(kindsOf(usage))) if (amount > 0) tokens.add({ endpoint, model, kind }, amount)
    if (usage.serverToolCalls) toolCalls.add({ endpoint, model }, usage.serverToolCalls)
    if (record.estimated) estimated.add({ endpoint, model })
    if (record.cost) cost.add({ endpoint, model }, parseMoney(record.cost.amount))
    else if (prices) unpriced.add({ endpoint, model })
  }

  const sink: Sink<ProtocolName> = {
    begun(request) {
      const protocol = clientProtocol(request)
      inFlight.set(protocol, (inFlight.get(protocol) ?? 0) + 1)
      return protocol
    },
    ended(finished, protocol) {
      if (protocol) inFlight.set(protocol, inFlight.get(protocol)! - 1)
      const counting = pricedRecord(finished, prices)
        .then(count)
        .catch(failed)
        .finally(() => pending.delete(counting))
      pending.add(counting)
    },
  }

  return {
    ...sink,
    ...watchExchanges(clock, sink, failed),
    async text() {
      await Promise.all(pending)
      const running: Family = {
        name: 'cc_route_requests_in_flight',
        help: 'Requests that are being answered.',
        type: 'gauge',
        samples: [...inFlight].map(([protocol, value]): Sample => ({ labels: { protocol }, value: String(value) })),
      }
      return expositionOf([...counted.map((each) => each.family()), running, ...(await more())])
    },
  }
}

/** The same fetch, of whose requests the metrics are counted. What it answers, and what it throws, stays as it is. */
export const withMetrics = (fetch: Fetch, metrics: Watcher): Handler => withLedger(fetch, metrics)

function kindsOf({
  input = 0,
  cacheRead = 0,
  cacheWrite,
  cacheWriteLong = 0,
  output = 0,
  reasoning = 0,
}: TokenUsage): Record<string, number> {
  return {
    input,
    cache_read: cacheRead,
    cache_write: (cacheWrite ?? cacheWriteLong) - cacheWriteLong,
    cache_write_1h: cacheWriteLong,
    output: output - reasoning,
    reasoning,
  }
}
