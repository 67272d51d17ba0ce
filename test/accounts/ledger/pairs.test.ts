import { describe, expect, test } from 'vitest'
import type { ProtocolName } from '../../../src/core/chat.ts'
import { withLedger } from '../../../src/accounts/ledger/with-ledger.ts'
import { endpoint } from '../../../src/router/endpoint/endpoint.ts'
import type { Fetch } from '../../../src/router/fetch.ts'
import { fixtures, MODEL, PROTOCOLS } from '../../fixtures/index.ts'
import { ask } from '../../router/pool/client.ts'
import { TOLD } from './counts.ts'
import { kept } from './kept.ts'

/** Answers in its protocol, streamed where it is asked to, and tells these counts. */
const provider =
  (protocol: ProtocolName, reply: Record<string, unknown>): Fetch =>
  async (input, init) => {
    const request = new Request(input, init)
    const { stream } = (await request.json()) as { stream?: boolean }
    const { streamOfReply } = fixtures[protocol]
    return stream || request.url.includes('stream')
      ? new Response(streamOfReply(reply), { headers: { 'content-type': 'text/event-stream' } })
      : Response.json(reply)
  }

const CASES = PROTOCOLS.flatMap((from) => PROTOCOLS.map((to) => ({ from, to })))

describe.each(CASES)('a client of $from, a provider of $to', ({ from, to }) => {
  const { replies } = fixtures[to]
  const told = Object.entries(TOLD[to])
  const asked = told.flatMap(([name, { wire, means, tier }]) =>
    ['text', 'tools', 'cut'].flatMap((kind) => [true, false].map((stream) => ({ name, kind, stream, wire, means, tier }))),
  )

  test.each(asked)('$name counts, $kind, stream $stream', async ({ kind, stream, wire, means, tier }) => {
    const upstream = endpoint({
      name: 'up',
      protocol: to,
      baseUrl: 'https://up.example',
      apiKey: 'k-123456789',
      model: MODEL[to],
      fetch: provider(to, { ...replies[kind], ...wire }),
    })
    const { app, records } = kept(upstream)
    await ask(app, from, { stream })
    const [record, ...more] = await records()
    expect(more).toEqual([])
    expect(record!.usage).toEqual(means)
    expect(record!.serviceTier).toBe(tier)
    expect(record).toMatchObject({ protocol: from, asked: 'm', served: MODEL[to], endpoint: 'up', ended: 'complete', status: 200 })
    expect(record!.estimated).toBeUndefined()
    expect(record!.attempts).toHaveLength(1)
    expect(record!.stream).toBe(stream || undefined)
    expect(JSON.stringify(record)).not.toContain('k-123456789')
  })
})

test('the sums are what the providers said, all together and apart', async () => {
  const wanted = { requests: 0, input: 0, cacheRead: 0, cacheWrite: 0, output: 0 }
  const { ledger, store } = kept(() => Promise.reject(new Error('nobody')))
  for (const { from, to } of CASES)
    for (const { wire, means } of Object.values(TOLD[to])) {
      const app = endpoint({
        name: to,
        protocol: to,
        baseUrl: 'https://up.example',
        model: MODEL[to],
        fetch: provider(to, { ...fixtures[to].replies.text, ...wire }),
      })
      wanted.requests++
      for (const name of ['input', 'cacheRead', 'cacheWrite', 'output'] as const) wanted[name] += means[name] ?? 0
      await ask(withLedger(app, ledger), from, { stream: true })
    }
  await new Promise<void>((resolve) => setImmediate(resolve))
  await ledger.flush()
  expect(store.sum({})).toMatchObject([wanted])
  const apart = store.sum({ by: ['endpoint'] })
  expect(apart.map(({ group }) => group.endpoint)).toEqual(['claude', 'gemini', 'openai', 'openai-responses'])
  expect(apart.reduce((sum, row) => sum + row.output, 0)).toBe(wanted.output)
})
