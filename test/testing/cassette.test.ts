import { describe, expect, test } from 'vitest'
import { endpoint, factsOf, outcomeOf, type Fetch } from '../../src/index.ts'
import { chaosProvider, record, replay, virtualClock, type Cassette, type Fault } from '../../src/testing/index.ts'
import { errorOf, listen, PROTOCOLS, question } from './asking.ts'

/** As a caller keeps it: through JSON. */
const stored = (cassette: Cassette): Cassette => JSON.parse(JSON.stringify(cassette)) as Cassette

interface Met {
  status?: number
  headers?: [string, string][]
  chunks?: number[]
  text?: string
  how?: string
  at?: number
  error?: unknown
}

/** All that can be seen of one exchange, with its times. */
async function meet(fetch: Fetch, asked: Request, clock: ReturnType<typeof virtualClock>, ms = 60_000): Promise<Met> {
  const begun = clock.now()
  let met: Met | undefined
  const asking = fetch(asked).then(
    (response) => {
      met = { at: clock.now() - begun, status: response.status, headers: [...response.headers].filter(([name]) => name !== 'date') }
      return response
    },
    (error: unknown) => void (met = { at: clock.now() - begun, error }),
  )
  await clock.advance(0)
  for (let waited = 0; !met && waited < ms; waited += 100) await clock.advance(100)
  if (!met) return { how: 'silent' }
  const response = await asking
  if (!response) return met
  const heard = await listen(response, clock, ms)
  const { how, text, times, error } = heard
  if (how === 'silent') await heard.cancel()
  return { ...met, how, text, chunks: times.map((time) => time - begun), ...(error !== undefined && { error }) }
}

const FAULTS: (Fault | undefined)[] = [
  undefined,
  'refuse',
  'dns',
  'reset',
  'hang-up',
  'connect-timeout',
  'rate-limit',
  'bad-gateway',
  'empty',
  'slow-first-token',
  { type: 'cut', at: { byte: 33 } },
  { type: 'cut', at: 'content', how: 'end' },
  'missing-terminator',
  'invalid-utf8',
  'malformed-event',
  { type: 'error-event', at: 'content' },
  { type: 'stall', ms: 5000 },
]

describe.each(PROTOCOLS)('what is recorded of %s is replayed as it was', (protocol) => {
  test.each([false, true])('stream %s', async (stream) => {
    for (const fault of FAULTS) {
      const clock = virtualClock()
      const provider = chaosProvider({ clock, latencyMs: 200, eventMs: 30, reply: { text: 'Grüße, 世界! And more of it.' }, faults: fault })
      const recorder = record(provider, { clock })
      const seen = await meet(recorder, question(protocol, { stream }), clock)
      expect(provider.open).toBe(0)

      const late = virtualClock(1e12)
      const replayer = replay(stored(recorder.cassette()), { clock: late })
      expect(replayer.remaining).toHaveLength(1)
      const again = await meet(replayer, question(protocol, { stream }), late)
      expect(again).toEqual(seen)
      expect((again.error as Error | undefined)?.cause).toEqual((seen.error as Error | undefined)?.cause)
      expect([replayer.open, late.waiting, replayer.remaining]).toEqual([0, 0, []])
    }
  })
})

describe('what is not there to its end', () => {
  const cut = async (how: 'abort' | 'cancel' | 'take' | 'before') => {
    const clock = virtualClock()
    const recorder = record(chaosProvider({ clock, latencyMs: 100, eventMs: 1000 }), { clock })
    const controller = new AbortController()
    const asked = recorder(question('openai', { stream: true, signal: controller.signal }))
    if (how === 'before') {
      const failed = errorOf(asked)
      await clock.advance(50)
      controller.abort()
      await failed
      return stored(recorder.cassette())
    }
    await clock.advance(100)
    const heard = await listen(await asked, clock, 1500)
    const early = stored(recorder.cassette())
    if (how === 'abort') controller.abort()
    if (how === 'cancel') await heard.cancel()
    await clock.advance(0)
    if (how === 'take') await heard.cancel()
    return how === 'take' ? early : stored(recorder.cassette())
  }

  test.each([
    ['abort', 'aborted'],
    ['cancel', 'aborted'],
    ['take', 'open'],
  ] as const)('by %s is %s, and stays silent from there', async (how, end) => {
    const cassette = await cut(how)
    expect(cassette.exchanges[0]).toMatchObject({
      end: { how: end, afterMs: 1600 },
      response: { afterMs: 100, chunks: [{ afterMs: 100 }, { afterMs: 1100 }] },
    })
    const clock = virtualClock()
    const replayer = replay(cassette, { clock })
    const controller = new AbortController()
    const asked = replayer(question('openai', { stream: true, signal: controller.signal }))
    await clock.advance(100)
    const heard = await listen(await asked, clock, 100_000)
    expect([heard.how, heard.times]).toEqual(['silent', [100, 1100]])
    expect(replayer.open).toBe(1)
    controller.abort()
    await clock.advance(0)
    expect(heard.error).toMatchObject({ name: 'AbortError' })
    expect([replayer.open, clock.waiting]).toEqual([0, 0])
  })

  test('an abort before the answer waits for another', async () => {
    const cassette = await cut('before')
    expect(cassette.exchanges[0]).toMatchObject({ end: { how: 'aborted', afterMs: 50, error: { name: 'AbortError' } } })
    const clock = virtualClock()
    const replayer = replay(cassette, { clock })
    const controller = new AbortController()
    const asked = errorOf(replayer(question('openai', { stream: true, signal: controller.signal })))
    await clock.advance(100_000)
    expect(replayer.open).toBe(1)
    controller.abort()
    expect(await asked).toMatchObject({ name: 'AbortError' })
    expect(replayer.open).toBe(0)
  })

  test('an abort while a replay waits ends it', async () => {
    const clock = virtualClock()
    const recorder = record(chaosProvider({ clock, faults: 'slow-headers' }), { clock })
    await meet(recorder, question('claude'), clock)
    const replayer = replay(recorder.cassette(), { clock })
    const controller = new AbortController()
    const asked = errorOf(replayer(question('claude', { signal: controller.signal })))
    await clock.advance(100)
    controller.abort()
    expect(await asked).toMatchObject({ name: 'AbortError' })
    expect([replayer.open, clock.waiting]).toEqual([0, 0])
    expect(await errorOf(replayer(question('claude', { signal: controller.signal })))).toMatchObject({ name: 'AbortError' })
  })
})

describe('a recorder changes nothing', () => {
  test('of the request: it goes on as it came', async () => {
    const calls: unknown[][] = []
    const recorder = record(async (...args) => {
      calls.push(args)
      return new Response('ok')
    })
    const init = { method: 'POST', body: 'text', headers: { a: 'b' }, dispatcher: 'of another fetch' }
    await recorder('https://provider.example/x', init)
    expect(calls[0]).toEqual(['https://provider.example/x', init])
    const request = question('claude')
    await recorder(request)
    expect(calls[1]![0]).toBe(request)
    expect(request.bodyUsed).toBe(false)
  })

  test('of a body that is a stream', async () => {
    const recorder = record(async (input, init) => new Response(await new Request(input, init).text()))
    const body = new Response('streamed').body
    const response = await recorder('https://provider.example/x', { method: 'POST', body, duplex: 'half' } as RequestInit)
    expect(await response.text()).toBe('streamed')
    expect(recorder.cassette().exchanges[0]!.request.body).toEqual({ text: 'streamed' })
  })

  test('of a request that a layer above has read', async () => {
    const request = question('openai')
    await factsOf(request)
    const provider = chaosProvider()
    const recorder = record(provider)
    await (await recorder(request)).text()
    expect(recorder.cassette().exchanges[0]!.request.body).toMatchObject({ text: expect.stringContaining('"Hi"') as string })
    expect((await replay(recorder.cassette())(request)).status).toBe(200)
  })

  test('of the answer, its outcome and its lack of a body', async () => {
    const app = endpoint({ protocol: 'claude', baseUrl: 'https://provider.example', fetch: chaosProvider() })
    const response = await record(app)(question('openai'))
    expect(outcomeOf(response)).toMatchObject({ protocol: 'claude' })
    const empty = record(async () => new Response(null, { status: 204, statusText: 'Nothing' }))
    const bare = await empty('https://provider.example')
    expect([bare.status, bare.body]).toEqual([204, null])
    const again = await replay(stored(empty.cassette()))('https://provider.example')
    expect([again.status, again.statusText, again.body]).toEqual([204, 'Nothing', null])
  })

  test('of time: nothing is read before it is asked for', async () => {
    let pulled = 0
    const source = () => new ReadableStream<Uint8Array>({ pull: (to) => to.enqueue(Uint8Array.of(++pulled)) }, { highWaterMark: 0 })
    const response = await record(async () => new Response(source()))('https://provider.example')
    await Promise.resolve()
    expect(pulled).toBe(0)
    const reader = response.body!.getReader()
    await reader.read()
    expect(pulled).toBe(1)
    await reader.cancel()
  })
})

test('bytes of any kind survive', async () => {
  const chunks = [
    Uint8Array.of(0xef, 0xbb, 0xbf, 0x41),
    Uint8Array.of(0xe2, 0x82),
    Uint8Array.of(0xac),
    Uint8Array.from({ length: 70_000 }, (_, index) => index % 256),
  ]
  const recorder = record(async () => {
    let next = 0
    return new Response(new ReadableStream({ pull: (to) => (next < chunks.length ? to.enqueue(chunks[next++]!) : to.close()) }))
  })
  await (await recorder('https://provider.example')).arrayBuffer()
  const cassette = stored(recorder.cassette())
  expect(cassette.exchanges[0]!.response!.chunks.map((chunk) => Object.keys(chunk)[1])).toEqual(['text', 'base64', 'base64', 'base64'])
  const reader = (await replay(cassette, { speed: Infinity })('https://provider.example')).body!.getReader()
  for (const chunk of chunks) expect((await reader.read()).value).toEqual(chunk)
})

describe('speed', () => {
  const recorded = async () => {
    const clock = virtualClock()
    const recorder = record(chaosProvider({ clock, latencyMs: 1000, eventMs: 100 }), { clock })
    return { cassette: recorder.cassette, seen: await meet(recorder, question('claude', { stream: true }), clock) }
  }

  test.each([0.5, 2, Infinity])('%s', async (speed) => {
    const { cassette, seen } = await recorded()
    const clock = virtualClock()
    const met = await meet(replay(cassette(), { clock, speed }), question('claude', { stream: true }), clock)
    expect(met.chunks).toEqual(seen.chunks!.map((time) => time / speed))
    expect(met.text).toBe(seen.text)
  })

  test('has to be one', () => {
    for (const speed of [0, -1, Number.NaN])
      expect(() => replay(record(chaosProvider()).cassette(), { speed })).toThrow(/speed must be above 0/)
  })
})

describe('which exchange answers', () => {
  const recordAll = async (...asked: Request[]) => {
    let answers = 0
    const recorder = record(async () => new Response(`answer ${answers++}`))
    for (const request of asked) await (await recorder(request)).text()
    return stored(recorder.cassette())
  }
  const said = async (fetch: Fetch, request: Request) => (await fetch(request)).text()

  test('the one of the same address and body, in any order', async () => {
    const replayer = replay(
      await recordAll(question('claude', { text: 'one' }), question('claude', { text: 'two' }), question('openai', { text: 'two' })),
    )
    expect(await said(replayer, question('openai', { text: 'two' }))).toBe('answer 2')
    expect(await said(replayer, question('claude', { text: 'two' }))).toBe('answer 1')
    expect(replayer.remaining.map(({ url }) => url)).toEqual(['https://provider.example/v1/messages'])
  })

  test('those that are alike in their order', async () => {
    const replayer = replay(await recordAll(question('claude'), question('claude')))
    expect([await said(replayer, question('claude')), await said(replayer, question('claude'))]).toEqual(['answer 0', 'answer 1'])
    expect(await errorOf(replayer(question('claude')))).toMatchObject({
      message: 'replay: POST https://provider.example/v1/messages was recorded 2 times, and has been answered as often.',
      failure: { kind: 'internal' },
    })
    expect(replayer.open).toBe(0)
  })

  test('whatever key is used, and however JSON is spelt', async () => {
    const replayer = replay(await recordAll(question('gemini', { key: 'the first key' })))
    const { url, ...rest } = question('gemini')
    void rest
    const body = JSON.stringify(
      { generationConfig: { thinkingConfig: { includeThoughts: true } }, contents: [{ parts: [{ text: 'Hi' }], role: 'user' }] },
      null,
      2,
    )
    expect(await said(replayer, new Request(url, { method: 'POST', headers: { 'x-goog-api-key': 'another' }, body }))).toBe('answer 0')
  })

  test('none: then the closest is named, with what is different', async () => {
    const replayer = replay(
      await recordAll(question('openai', { text: 'Hello' }), question('claude', { text: 'Hello' }), question('claude', { model: 'm2' })),
    )
    const error = await errorOf(replayer(question('claude', { text: 'Hello there' })))
    expect(error).toMatchObject({
      message:
        'replay: POST https://provider.example/v1/messages was not recorded. The closest, exchange 1, differs in body /messages/0/content: recorded "Hello", asked "Hello there".',
      failure: { kind: 'internal', status: 500 },
    })
    expect(await errorOf(replayer('https://other.example/'))).toMatchObject({
      message: expect.stringMatching(/method: recorded POST, asked GET; address: .*; body .*recorded/) as string,
    })
    expect(await errorOf(replay(await recordAll())(question('claude')))).toMatchObject({
      message: expect.stringContaining('the cassette is empty') as string,
    })
  })

  test('a client of an endpoint is told the same', async () => {
    const fetch = replay(await recordAll(question('openai')))
    const app = endpoint({ protocol: 'openai', baseUrl: 'https://provider.example', fetch })
    const response = await app(question('claude'))
    expect(response.status).toBe(500)
    expect(await response.text()).toContain('was not recorded')
  })

  test('the one that match() finds', async () => {
    const replayer = replay(await recordAll(question('claude', { text: 'one' }), question('claude', { text: 'two' })), {
      match: (recorded, asked) => recorded.method === asked.method && asked.url.endsWith('/elsewhere'),
    })
    expect(await said(replayer, new Request('https://x.example/elsewhere', { method: 'POST' }))).toBe('answer 0')
    expect(await errorOf(replayer(question('claude', { text: 'two' })))).toMatchObject({
      message: expect.stringContaining('match() says no') as string,
    })
  })
})

test('what is no cassette is refused', () => {
  expect(() => replay({} as Cassette)).toThrow(/no cassette/)
  expect(() => replay(null as unknown as Cassette)).toThrow(/no cassette/)
  expect(() => replay({ ...record(chaosProvider()).cassette(), version: 2 } as unknown as Cassette)).toThrow(
    /version 2; version 1 is known/,
  )
})
