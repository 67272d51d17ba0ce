/**
 * The requests that fit, as a file: piece by piece, as fast as it is read.
 *
 * @module
 */
import { csvOf, jsonLinesOf, jsonOf, recordsOf, type Export } from '../../accounts/ledger/export.ts'
import type { ExchangeRecord } from '../../accounts/ledger/record.ts'
import { readFor, scoped } from './answers.ts'
import { writeMoment } from './moments.ts'
import { filtersAnd } from './parameters.ts'
import type { UsageAsk } from './source.ts'

const FORMATS: Readonly<Record<'csv' | 'json' | 'jsonl', { type: string; write: Export }>> = {
  csv: { type: 'text/csv; charset=utf-8', write: csvOf },
  json: { type: 'application/json', write: jsonOf },
  jsonl: { type: 'application/x-ndjson', write: jsonLinesOf },
}

export function exported(ask: UsageAsk): Response {
  const parameters = readFor(ask, filtersAnd('format'))
  const format = parameters.choice('format', ['csv', 'json', 'jsonl']) ?? 'csv'
  const { filter, zone } = parameters.filter()
  const { type, write } = FORMATS[format]
  const { told } = ask.scope
  async function* records(): AsyncGenerator<ExchangeRecord> {
    for await (const record of recordsOf(ask.source.store, scoped(ask, filter))) yield told(record)
  }
  const name = `cc-route-usage-${writeMoment(ask.clock.now(), zone)}.${format}`
  return new Response(streamOf(write(records())), {
    headers: { 'content-type': type, 'content-disposition': `attachment; filename="${name}"`, 'cache-control': 'no-store' },
  })
}

/** Characters of a chunk: a record alone is not worth a write. */
const CHUNK = 64 * 1024

function streamOf(texts: AsyncGenerator<string>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  return new ReadableStream(
    {
      async pull(controller) {
        let chunk = ''
        while (chunk.length < CHUNK) {
          const { done, value } = await texts.next()
          if (done) {
            if (chunk) controller.enqueue(encoder.encode(chunk))
            return controller.close()
          }
          chunk += value
        }
        controller.enqueue(encoder.encode(chunk))
      },
      async cancel() {
        await texts.return(undefined)
      },
    },
    { highWaterMark: 0 },
  )
}
