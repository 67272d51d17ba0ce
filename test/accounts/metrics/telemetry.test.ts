import {
  context,
  metrics,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
  type Context,
  type ContextManager,
  type TextMapPropagator,
} from '@opentelemetry/api'
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
  type HistogramMetricData,
} from '@opentelemetry/sdk-metrics'
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor, type ReadableSpan } from '@opentelemetry/sdk-trace-base'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createPrices, createTelemetry, withMetrics, type TelemetryOptions } from '../../../src/accounts/index.ts'
import { endpoint } from '../../../src/router/endpoint/endpoint.ts'
import { pool } from '../../../src/router/pool/pool.ts'
import { chaosProvider, type ChaosOptions } from '../../../src/testing/index.ts'
import { virtualClock } from '../../../src/testing/clock.ts'

const spans = new InMemorySpanExporter()
let measured: InMemoryMetricExporter
let meters: MeterProvider

/** The contexts of code that runs one after the other. */
function contextStack(): ContextManager {
  const stack: Context[] = []
  const manager: ContextManager = {
    active: () => stack.at(-1) ?? ROOT_CONTEXT,
    with(ctx, fn, self, ...args) {
      stack.push(ctx)
      try {
        return fn.apply(self as ThisParameterType<typeof fn>, args)
      } finally {
        stack.pop()
      }
    },
    bind: (_, target) => target,
    enable: () => manager,
    disable: () => manager,
  }
  return manager
}

/** https://www.w3.org/TR/trace-context/ */
const traceparent: TextMapPropagator = {
  inject: () => {},
  fields: () => ['traceparent'],
  extract(ctx, carrier, getter) {
    const [, traceId, spanId] = /^00-([\da-f]{32})-([\da-f]{16})-01$/.exec(String(getter.get(carrier, 'traceparent'))) ?? []
    return traceId && spanId ? trace.setSpanContext(ctx, { traceId, spanId, traceFlags: TraceFlags.SAMPLED, isRemote: true }) : ctx
  },
}

beforeEach(() => {
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] }))
  measured = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  meters = new MeterProvider({ readers: [new PeriodicExportingMetricReader({ exporter: measured, exportIntervalMillis: 2 ** 31 - 1 })] })
  metrics.setGlobalMeterProvider(meters)
  propagation.setGlobalPropagator(traceparent)
  context.setGlobalContextManager(contextStack())
})
afterEach(async () => {
  await meters.shutdown()
  for (const api of [trace, metrics, propagation, context]) api.disable()
  spans.reset()
})

async function world(options: TelemetryOptions & { faults?: ChaosOptions['faults'] } = {}) {
  const clock = virtualClock()
  const at = (name: string, faults?: ChaosOptions['faults']) =>
    endpoint({
      name,
      protocol: 'openai',
      baseUrl: `https://${name}.example/v1`,
      model: `m-${name}`,
      clock,
      fetch: chaosProvider({ clock, ...(faults !== undefined && { faults }) }),
    })
  const prices = createPrices({ data: false, models: { 'm-*': { input: 1, output: 10 } } })
  const telemetry = await createTelemetry({
    clock,
    prices,
    addressOf: (name) => (name === 'a' ? 'https://api.openai.com:8443/v1' : undefined),
    ...options,
  })
  const app = withMetrics(pool([at('a', options.faults), at('b')], { clock, random: () => 0 }), telemetry)
  return async (body: object = {}, headers: Record<string, string> = {}): Promise<{ request: ReadableSpan; calls: ReadableSpan[] }> => {
    const response = await app('http://localhost:3456/v1/messages', {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({
        model: 'claude-x',
        max_tokens: 100,
        temperature: 0.5,
        messages: [{ role: 'user', content: 'Hello!' }],
        ...body,
      }),
    })
    await response.text()
    await vi.waitFor(() => expect(spans.getFinishedSpans().some(({ kind }) => kind === SpanKind.SERVER)).toBe(true))
    const all = spans.getFinishedSpans()
    return { request: all.find(({ kind }) => kind === SpanKind.SERVER)!, calls: all.filter(({ kind }) => kind === SpanKind.CLIENT) }
  }
}

async function histogram(name: string): Promise<HistogramMetricData> {
  await meters.forceFlush()
  const found = measured
    .getMetrics()
    .flatMap(({ scopeMetrics }) => scopeMetrics)
    .flatMap((scope) => scope.metrics)
    .find(({ descriptor }) => descriptor.name === name)
  return found as HistogramMetricData
}

test('an error of a span processor is told of once, and ends nothing', async () => {
  const onEnd = vi.fn(() => {
    throw new Error('exporter is broken')
  })
  const broken = { onStart: () => {}, onEnd, forceFlush: async () => {}, shutdown: async () => {} }
  trace.disable()
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [broken, new SimpleSpanProcessor(spans)] }))
  const errors: string[] = []
  const clock = virtualClock()
  const telemetry = await createTelemetry({ clock, onError: ({ message }) => errors.push(message) })
  const up = endpoint({ name: 'a', protocol: 'openai', baseUrl: 'https://a.example', model: 'm', clock, fetch: chaosProvider({ clock }) })
  const body = JSON.stringify({ model: 'c', max_tokens: 9, messages: [{ role: 'user', content: 'Hi' }] })
  for (let count = 1; count <= 2; count++) {
    const response = await withMetrics(up, telemetry)('http://localhost/v1/messages', { method: 'POST', body })
    expect(response.status).toBe(200)
    await response.text()
    await vi.waitFor(() => expect(onEnd).toHaveBeenCalledTimes(count))
  }
  await new Promise((resolve) => setImmediate(resolve))
  expect(errors).toEqual(['exporter is broken'])
})

describe('spans', () => {
  test('tell of a request, and of the call below it, by the names of the conventions', async () => {
    const ask = await world()
    const { request, calls } = await ask()
    expect(request).toMatchObject({ name: 'chat claude-x', status: { code: SpanStatusCode.UNSET } })
    expect(request.attributes).toMatchObject({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'claude-x',
      'gen_ai.response.model': 'm-a',
      'gen_ai.request.max_tokens': 100,
      'gen_ai.request.temperature': 0.5,
      'gen_ai.usage.input_tokens': expect.any(Number) as number,
      'gen_ai.usage.output_tokens': expect.any(Number) as number,
      'http.request.method': 'POST',
      'http.response.status_code': 200,
      'url.path': '/v1/messages',
      'server.address': 'localhost',
      'server.port': 3456,
      'cc_route.endpoint': 'a',
      'cc_route.ended': 'complete',
      'cc_route.attempts': 1,
      'cc_route.cost_usd': expect.any(Number) as number,
    })
    expect(request.attributes).not.toHaveProperty('error.type')
    expect(calls).toHaveLength(1)
    const [call] = calls
    expect(call).toMatchObject({ name: 'chat m-a', parentSpanContext: { spanId: request.spanContext().spanId } })
    expect(call!.spanContext().traceId).toBe(request.spanContext().traceId)
    expect(call!.attributes).toMatchObject({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'm-a',
      'server.address': 'api.openai.com',
      'server.port': 8443,
      'gen_ai.usage.output_tokens': request.attributes['gen_ai.usage.output_tokens'],
    })
  })

  test('tell each attempt of a failover, and what became of it', async () => {
    const ask = await world({ faults: 'overloaded', redact: (text) => text.replaceAll(/\w/g, '*') })
    const { request, calls } = await ask()
    expect(request.attributes).toMatchObject({ 'cc_route.endpoint': 'b', 'cc_route.attempts': 2, 'gen_ai.provider.name': 'b' })
    expect(
      calls.map(({ name, attributes, status }) => [name, attributes['cc_route.attempt.reason'], attributes['error.type'], status.code]),
    ).toEqual([
      ['chat m-a', 'first', 'overloaded', SpanStatusCode.ERROR],
      ['chat m-b', 'next-member', undefined, SpanStatusCode.UNSET],
    ])
    expect(calls[0]!.status.message).toMatch(/^[^\w]*\*[^\w]*$/)
  })

  test('tell why a request failed', async () => {
    const ask = await world()
    const { request, calls } = await ask({ messages: 'none' })
    expect(request.status.code).toBe(SpanStatusCode.ERROR)
    expect(request.attributes).toMatchObject({ 'error.type': 'invalid-request', 'http.response.status_code': 400 })
    expect(calls.map(({ attributes }) => attributes['error.type'])).toEqual(['invalid-request'])
  })

  test('go on with the trace of whoever asks', async () => {
    const ask = await world()
    const traceId = '0af7651916cd43dd8448eb211c80319c'
    const { request } = await ask({}, { traceparent: `00-${traceId}-b7ad6b7169203331-01` })
    expect(request.spanContext().traceId).toBe(traceId)
    expect(request.parentSpanContext?.spanId).toBe('b7ad6b7169203331')
  })

  test('stand below the span that is active, whatever the request says', async () => {
    const ask = await world()
    const outer = trace.getTracer('test').startSpan('outer')
    const { request } = await context.with(trace.setSpan(context.active(), outer), () =>
      ask({}, { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' }),
    )
    expect(request.parentSpanContext?.spanId).toBe(outer.spanContext().spanId)
  })

  test('hold nothing that people or models say', async () => {
    const ask = await world()
    await ask({ messages: [{ role: 'user', content: 'secret words' }], system: 'secret system' })
    expect(JSON.stringify(spans.getFinishedSpans().map(({ attributes, name, status }) => ({ attributes, name, status })))).not.toContain(
      'secret',
    )
  })
})

describe('metrics', () => {
  test('have the names, units and buckets of the conventions', async () => {
    const ask = await world()
    const { request } = await ask({ stream: true })
    const tokens = await histogram('gen_ai.client.token.usage')
    expect(tokens.descriptor.unit).toBe('{token}')
    expect(tokens.dataPoints.map(({ attributes, value: { sum } }) => [attributes['gen_ai.token.type'], sum])).toEqual([
      ['input', request.attributes['gen_ai.usage.input_tokens']],
      ['output', request.attributes['gen_ai.usage.output_tokens']],
    ])
    expect(tokens.dataPoints[0]!.value.buckets.boundaries.slice(0, 4)).toEqual([1, 4, 16, 64])
    expect(tokens.dataPoints[0]!.value.buckets.boundaries.at(-1)).toBe(67_108_864)
    for (const name of [
      'gen_ai.client.operation.duration',
      'gen_ai.client.operation.time_to_first_chunk',
      'gen_ai.server.request.duration',
      'gen_ai.server.time_to_first_token',
    ]) {
      const { descriptor, dataPoints } = await histogram(name)
      expect(descriptor.unit).toBe('s')
      expect(dataPoints.map(({ value: { count } }) => count)).toEqual([1])
      expect(dataPoints[0]!.attributes).toMatchObject({
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': 'openai',
        'gen_ai.request.model': 'm-a',
      })
    }
  })

  test('have no label that clients make up', async () => {
    const ask = await world({ models: () => [] })
    await ask({ model: 'my-secret-model' })
    await ask({ model: 'my-secret-model', messages: 'none' })
    await meters.forceFlush()
    expect(JSON.stringify(measured.getMetrics().map(({ scopeMetrics }) => scopeMetrics))).not.toContain('secret')
  })
})
