/**
 * What a gateway tells of itself to those who watch over it: `GET /metrics` for Prometheus, and OpenTelemetry where that is set up.
 *
 * @module
 */
import { once, watchExchanges, type Sink, type Watcher } from '../../accounts/metrics/exchanges.ts'
import type { Metrics } from '../../accounts/metrics/metrics.ts'
import type { Clock } from '../../core/clock.ts'
import type { Failure } from '../../core/failure.ts'
import type { BudgetStore } from '../../accounts/budgets/store.ts'
import type { Standing } from '../admin/administered.ts'
import type { Config } from '../config/settle.ts'
import { livePrices } from '../prices.ts'
import { createAuth } from '../safety/auth.ts'
import { loadOnce } from '../load-once.ts'

export interface WatchingOptions {
  now(): Standing
  clock: Clock
  redact(text: string): string
  /** When the gateway was made: milliseconds since 1970. */
  startedAt: number
  /** Where it is kept what is used up of budgets. */
  budgets(): Promise<BudgetStore>
  /** Told once of what keeps OpenTelemetry from being told. */
  onWarning(warning: string): void
}

export interface Watching {
  /** Told of each request; what it returns is told of the answer. */
  watch: (request: Request) => ((response: Response) => void) | undefined
  /** Answers `GET /metrics`. */
  answer(): Promise<Response>
}

type Admit = (request: Request) => Request | Failure

/** Who may ask for metrics: whoever has their key, and whoever may use the admin API; `undefined` where there are none. */
export function metricsDoor(
  { metrics, adminKey }: Pick<Config['server'], 'metrics' | 'adminKey'>,
  { admin, addressOf, clock }: { admin: Admit; addressOf: (request: Request) => string | undefined; clock: Clock },
): Admit | undefined {
  if (!metrics) return undefined
  if (metrics === true) return admin
  const keys = [{ name: 'metrics', key: metrics.key }, ...(adminKey === undefined ? [] : [{ name: 'admin', key: adminKey }])]
  return createAuth({ keys, addressOf, clock })
}

/** Nothing of it is loaded where it is off. */
export function createWatching({ now, clock, redact, startedAt, budgets, onWarning }: WatchingOptions): Watching {
  const prices = livePrices(() => now().config)
  const onError = once((error) => onWarning(`Metrics or spans of some requests are missing: ${error.message}`))
  const shared = { prices, clock, models: () => modelsIn(now()), onError }
  const metrics = lazy(async (): Promise<Metrics> => {
    const [{ createMetrics }, { stateOf }] = await Promise.all([import('../../accounts/metrics/metrics.ts'), import('./state.ts')])
    const endpoints = () => Object.keys(now().config.endpoints)
    return createMetrics({ ...shared, endpoints, more: () => stateOf(now(), { now: clock.now(), startedAt, budgets }) })
  })
  const telemetry = lazy(async () => {
    const { createTelemetry } = await import('../../accounts/metrics/telemetry.ts')
    return createTelemetry({ ...shared, redact, addressOf: (name) => now().config.endpoints[name]?.baseUrl })
  })
  telemetry.onError = (error) => onWarning(error.message)
  const watching = (sink: Sink) => watchExchanges(clock, sink, onError)
  const both = watching(together([metrics.sink, telemetry.sink]))
  const [ofMetrics, ofTelemetry] = [watching(metrics.sink), watching(telemetry.sink)]
  /** Who is to be told now; the configuration may change, and an SDK may be set up late. */
  const watcher = (): Watcher | undefined => {
    const { server } = now().config
    const traced = server.telemetry !== false && OPEN_TELEMETRY in globalThis
    if (server.metrics) return traced ? both : ofMetrics
    return traced ? ofTelemetry : undefined
  }

  return {
    watch: (request) => watcher()?.watch(request),
    async answer() {
      const [{ CONTENT_TYPE }, loaded] = await Promise.all([import('../../accounts/metrics/families.ts'), metrics.load()])
      return new Response(await loaded.text(), { headers: { 'content-type': CONTENT_TYPE, 'cache-control': 'no-store' } })
    },
  }
}

/** Where the API of OpenTelemetry keeps what an SDK has registered with it, for all copies of its package. */
const OPEN_TELEMETRY = Symbol.for('opentelemetry.js.api.1')

interface Lazy<T> {
  load(): Promise<T>
  /** Tells what is loaded of exchanges, and has it loaded with the first. */
  sink: Sink
  onError?: (error: Error) => void
}

function lazy<T extends Sink>(make: () => Promise<T>): Lazy<T> {
  let loaded: Sink | undefined
  const load = loadOnce(async () => {
    const made = await make()
    loaded = made
    return made
  })
  const held: Lazy<T> = {
    load,
    sink: {
      begun: (request) => loaded?.begun(request),
      ended(finished, begun) {
        if (loaded) loaded.ended(finished, begun)
        else
          void load()
            .then(() => loaded?.ended(finished, undefined))
            .catch((error: unknown) => {
              held.onError?.(error as Error)
              delete held.onError
            })
      },
    },
  }
  return held
}

const together = (sinks: readonly Sink[]): Sink<unknown[]> => ({
  begun: (request) => sinks.map((sink) => sink.begun(request)),
  ended: (finished, begun) => {
    for (const [index, sink] of sinks.entries()) sink.ended(finished, begun?.[index])
  },
})

const models = new WeakMap<Config, ReadonlySet<string>>()

/** The models that a configuration names. */
function modelsIn({ config }: Standing): ReadonlySet<string> {
  let found = models.get(config)
  if (!found) {
    const named = Object.values(config.endpoints).flatMap(({ model, models: own = {} }) => [
      model,
      ...Object.entries(own).map(([asked, said]) => (typeof said === 'string' ? said : (said.model ?? asked))),
    ])
    models.set(config, (found = new Set(named.filter((name): name is string => name !== undefined && !name.includes('*')))))
  }
  return found
}
