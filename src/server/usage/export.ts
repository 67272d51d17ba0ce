/**
 * The requests that fit, as a file: piece by piece, as fast as it is read.
 *
 * @module
 */
import { csvOf, jsonLinesOf, jsonOf, recordsOf, type Export } from '../../accounts/ledger/export.ts'
import type { ExchangeRecord } from '../../accounts/ledger/record.ts'
import { readFor, scoped } from './answers.ts'
import type { KeptTurn } from './fair-share.ts'
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
  return new Response(streamOf(write(records()), ask.turn?.keep()), {
    headers: { 'content-type': type, 'content-disposition': `attachment; filename="${name}"`, 'cache-control': 'no-store' },
  })
}

/** Characters of a chunk: a record alone is not worth a write. */
const CHUNK = 64 * 1024

/** Lets whatever came meanwhile go on: reading a page of the store may not wait for anything. */
const othersFirst = () => new Promise<void>((resolve) => setImmediate(resolve))

function streamOf(texts: AsyncGenerator<string>, turn?: KeptTurn): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  const next = async () => {
    let chunk = ''
    while (chunk.length < CHUNK) {
      const { done, value } = await texts.next()
      if (done) return { chunk, done }
      chunk += value
    }
    return { chunk, done: false }
  }
  return new ReadableStream(
    {
      async pull(controller) {
        await othersFirst()
        try {
          const { chunk, done } = await (turn ? turn.part(next) : next())
          if (chunk) controller.enqueue(encoder.encode(chunk))
          if (!done) return
          turn?.end()
          controller.close()
        } catch (error) {
          turn?.end()
          throw error
        }
      },
      async cancel() {
        turn?.end()
        await texts.return(undefined)
      },
    },
    { highWaterMark: 0 },
  )
}
