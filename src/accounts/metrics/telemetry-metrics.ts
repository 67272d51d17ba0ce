/**
 * The metrics of OpenTelemetry's conventions for generative AI.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-metrics/
 *
 * @module
 */
import type { Meter } from '@opentelemetry/api'
import type { AttemptRecord, ExchangeRecord } from '../ledger/record.ts'
import { totalInputOf } from '../prices/cost-of.ts'
import { operationOf } from './gen-ai.ts'
import type { Names } from './names.ts'

/** As the conventions want them. */
const TOKENS = Array.from({ length: 14 }, (_, power) => 4 ** power)
const SECONDS = Array.from({ length: 14 }, (_, power) => 0.01 * 2 ** power)
const FIRST = [0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 30, 60]

interface Parts {
  /** The attempt that answered. */
  winner: AttemptRecord | undefined
  providerOf(endpoint: string): string
  endOf(record: ExchangeRecord, attempt: AttemptRecord, answered: boolean): number
}

export function createGenAiMetrics(meter: Meter, names: Names): { record(record: ExchangeRecord, parts: Parts): void } {
  const histogram = (name: string, description: string, unit: string, bounds: number[]) =>
    meter.createHistogram(name, { description, unit, advice: { explicitBucketBoundaries: bounds } })
  const tokens = histogram('gen_ai.client.token.usage', 'Tokens of questions and answers.', '{token}', TOKENS)
  const calls = histogram('gen_ai.client.operation.duration', 'How long calls of providers took.', 's', SECONDS)
  const chunks = histogram('gen_ai.client.operation.time_to_first_chunk', 'Until the first event of a provider’s stream.', 's', FIRST)
  const requests = histogram('gen_ai.server.request.duration', 'How long requests took.', 's', SECONDS)
  const firsts = histogram('gen_ai.server.time_to_first_token', 'Until the first word of a stream.', 's', FIRST)

  return {
    record(record, { winner, providerOf, endOf }) {
      const { protocol, endpoint, usage, stream, failure, firstTokenMs, ms } = record
      const model = names.model(record)
      const operation = { 'gen_ai.operation.name': operationOf(protocol) }
      const common = {
        ...operation,
        'gen_ai.provider.name': endpoint === undefined ? 'none' : providerOf(endpoint),
        'gen_ai.request.model': model,
        'gen_ai.response.model': model,
      }
      requests.record(ms / 1000, { ...common, ...(failure && { 'error.type': failure.class ?? failure.kind }) })
      if (firstTokenMs !== undefined) firsts.record(firstTokenMs / 1000, common)
      if (usage) {
        tokens.record(totalInputOf(usage), { ...common, 'gen_ai.token.type': 'input' })
        if (usage.output !== undefined) tokens.record(usage.output, { ...common, 'gen_ai.token.type': 'output' })
      }
      for (const attempt of record.attempts) {
        const answered = attempt === winner
        const { class: failed } = attempt
        const called = {
          ...operation,
          'gen_ai.provider.name': providerOf(attempt.endpoint),
          'gen_ai.request.model': answered ? model : names.model({ ...record, served: attempt.model, status: attempt.status ?? 599 }),
          ...(failed !== undefined && { 'error.type': failed }),
        }
        calls.record((endOf(record, attempt, answered) - attempt.at) / 1000, called)
        if (answered && stream && attempt.ms !== undefined) chunks.record(attempt.ms / 1000, called)
      }
    },
  }
}
