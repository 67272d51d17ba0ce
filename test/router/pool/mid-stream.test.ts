import { describe, expect, it } from 'vitest'
import type { ProtocolName } from '../../../src/core/chat.ts'
import { estimateTokens } from '../../../src/core/tokens.ts'
import { endpoint, outcomeOf, pool, type PoolMember, type PoolOptions } from '../../../src/router/index.ts'
import { chaosProvider, seededRandom, virtualClock, type ChaosOptions, type ChaosRequest, type Fault } from '../../../src/testing/index.ts'
import { ask, endsOf, readStream, requestFor, startsOf } from './client.ts'

const FIRST = 'One, two, three, four, five, six, seven, eight, nine, ten.'
const PROTOCOLS: readonly ProtocolName[] = ['claude', 'openai', 'openai-responses', 'gemini']
/** So many events of the wire stand before the third piece of the text. */
const AMID = { claude: { event: 4 }, openai: { event: 3 }, 'openai-responses': { event: 6 }, gemini: { event: 2 } } as const

interface Provider extends ChaosOptions {
  speaks?: ProtocolName
}

function setUp(providers: Record<string, Provider>, options: PoolOptions = {}) {
  const clock = virtualClock(1_800_000_000_000)
  const random = seededRandom(5)
  const made = Object.entries(providers).map(([name, { speaks = 'openai', ...chaos }]) => {
    const provider = chaosProvider({ clock, random, ...chaos })
    const own = { name, protocol: speaks, baseUrl: `https://${name}.example`, apiKey: 'k', model: `${name}-model` }
    return { provider, member: endpoint({ ...own, fetch: provider, clock, random, timeouts: { bytesMs: 20_000 } }) }
  })
  const app = pool(
    made.map(({ member }) => member),
    { clock, random, midStream: 'continue', ...options },
  )
  const requests = (index: number) => made[index]!.provider.requests
  return {
    app,
    clock,
    random,
    requests,
    members: made.map(({ member }) => member),
    open: () => made.reduce((sum, each) => sum + each.provider.open, 0),
  }
}

/** The text that a request brings back as the assistant's own, in whichever protocol. */
const broughtBack = ({ body }: ChaosRequest): string => /One, two[^"\\]*/.exec(JSON.stringify(body))?.[0] ?? ''
/** Goes on exactly where the text in the request stops, after repeating the last `back` characters. */
const goesOn =
  (back = 0) =>
  (request: ChaosRequest) => ({ text: FIRST.slice(Math.max(0, broughtBack(request).length - back)) })

async function answered(
  world: ReturnType<typeof setUp>,
  protocol: ProtocolName,
  request: Request = requestFor(protocol, { stream: true }),
) {
  const asked = ask(() => world.app(request), protocol)
  await world.clock.advance(100_000)
  const { response, text, broken } = await asked
  const outcome = outcomeOf(response)!
  const ending = await outcome.ended
  const tidy = world.clock.waiting + world.open()
  return { response, text, broken, outcome, ending, tidy, ...readStream(protocol, text) }
}

describe.each(PROTOCOLS)('a broken text for a client of %s', (protocol) => {
  describe.each(PROTOCOLS)('from a member of %s', (speaks) => {
    const at = AMID[speaks]
    const faults: [string, Fault][] = [
      ['is cut', { type: 'cut', at }],
      ['ends without an end', { type: 'cut', at, how: 'end' }],
      ['tells of an error', { type: 'error-event', at, error: 'overloaded' }],
      ['falls silent', { type: 'stall', at }],
    ]
    it.each(faults)('that %s is finished by another one', async (_, fault) => {
      const other = PROTOCOLS[(PROTOCOLS.indexOf(speaks) + 1) % 4]!
      const world = setUp({ a: { speaks, reply: { text: FIRST }, faults: fault }, b: { speaks: other, reply: goesOn() } })
      const { text, reply, ending, outcome, broken, tidy } = await answered(world, protocol)
      expect(reply?.parts.map((part) => part.type === 'text' && part.text)).toEqual([FIRST])
      expect(reply!.stop.reason).toBe('end')
      expect([startsOf(protocol, text), endsOf(protocol, text), broken]).toEqual([protocol === 'gemini' ? 0 : 1, 1, false])
      expect(ending.how).toBe('recovered')
      expect(ending.failure).toBeUndefined()
      expect(outcome.attempts.map(({ endpoint: name, reason }) => [name, reason])).toEqual([
        ['a', 'first'],
        ['b', 'continue'],
      ])
      expect(outcome).toMatchObject({ endpoint: 'b', model: 'b-model', protocol: other })
      expect(broughtBack(world.requests(1)[0]!).length).toBeGreaterThan(5)
      expect(broughtBack(world.requests(1)[0]!).length).toBeLessThan(FIRST.length)
      expect(tidy).toBe(0)
    })
  })
})

const cutAt = (event: number): Fault => ({ type: 'cut', at: { event } })
/** What the providers got. */
const asked = (world: ReturnType<typeof setUp>) => [world.requests(0).length, world.requests(1).length]

describe('an answer that does not break', () => {
  it.each(PROTOCOLS)('reaches a client of %s byte by byte as it would without the mode', async (protocol) => {
    const replies = [
      { text: FIRST },
      { reasoning: 'Hm.', text: FIRST },
      { text: FIRST, toolCalls: [{ name: 'look', input: { at: 'the sky' } }, { name: 'look' }] },
    ]
    for (const reply of replies)
      for (const speaks of PROTOCOLS) {
        const texts = []
        for (const midStream of ['end', 'continue'] as const) {
          const world = setUp({ a: { speaks, reply, eventMs: 4000 }, b: {} }, { midStream })
          const { text, ending, tidy } = await answered(world, protocol)
          expect([ending.how, tidy, ...asked(world)]).toEqual(['complete', 0, 1, 0])
          texts.push(text)
        }
        expect(texts[1]).toBe(texts[0])
      }
  })
})

describe('what is repeated', () => {
  it.each([
    ['the last word', 7],
    ['all that was said', 1000],
    ['nothing', 0],
  ])('%s is said once', async (_, back) => {
    const world = setUp({ a: { reply: { text: FIRST }, faults: cutAt(3) }, b: { reply: goesOn(back) } })
    const { reply } = await answered(world, 'claude')
    expect(reply!.parts).toMatchObject([{ type: 'text', text: FIRST }])
    expect(reply!.parts).toHaveLength(1)
  })

  it('leaves nothing out, wherever the bytes are cut', async () => {
    for (let byte = 300; byte < 1100; byte += 13) {
      const world = setUp({
        a: { speaks: 'claude', reply: { text: FIRST }, faults: { type: 'cut', at: { byte } } },
        b: { reply: goesOn(4) },
      })
      const { reply, text } = await answered(world, 'claude')
      expect([byte, reply?.parts.map((part) => part.type === 'text' && part.text)]).toEqual([byte, [FIRST]])
      expect([startsOf('claude', text), endsOf('claude', text)]).toEqual([1, 1])
    }
  })
})

describe('what the other member is asked', () => {
  it('holds the conversation, what was said, and no more tokens than are left', async () => {
    const world = setUp({ a: { reply: { text: FIRST }, faults: cutAt(3) }, b: { speaks: 'claude', reply: goesOn() } })
    const { outcome } = await answered(world, 'claude')
    const [first] = world.requests(0)
    const { messages, max_tokens } = world.requests(1)[0]!.body as { messages: { role: string; content: unknown }[]; max_tokens: number }
    expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user'])
    expect(JSON.stringify(messages[0])).toContain('Hi?')
    expect(JSON.stringify(messages[1])).toContain(FIRST.slice(0, 24))
    expect(JSON.stringify(messages[2])).toMatch(/cut off/)
    expect(max_tokens).toBe(100 - estimateTokens(FIRST.slice(0, 24)))
    expect(first!.body.messages).toHaveLength(1)
    expect(outcome.attempts).toHaveLength(2)
  })

  it('is written out for a fetch of the user', async () => {
    const clock = virtualClock()
    const random = seededRandom(1)
    const made = (faults?: Fault) => chaosProvider({ clock, random, reply: faults ? { text: FIRST } : goesOn(), ...(faults && { faults }) })
    const [first, second] = [made(cutAt(4)), made()]
    const app = pool(
      [
        { fetch: first, name: 'mine' },
        { fetch: second, name: 'yours' },
      ] satisfies PoolMember[],
      { clock, random, midStream: 'continue' },
    )
    const waiting = ask(app, 'claude', { stream: true })
    await clock.advance(1000)
    const { response, text } = await waiting
    expect(readStream('claude', text).reply!.parts).toMatchObject([{ text: FIRST }])
    expect(outcomeOf(response)!.endpoint).toBe('yours')
    expect(second.requests[0]!.body.messages).toHaveLength(3)
  })
})

describe('what both used', () => {
  it('is estimated of the first one where nobody told', async () => {
    const world = setUp({
      a: { reply: { text: FIRST }, faults: cutAt(3) },
      b: { reply: { text: 'six.', usage: { input: 20, output: 9 } } },
    })
    const { reply, ending } = await answered(world, 'claude')
    const output = estimateTokens(FIRST.slice(0, 24)) + 9
    expect(ending.usage).toMatchObject({ output, estimated: true })
    expect(ending.usage!.input).toBeGreaterThan(20)
    expect(reply!.usage).toMatchObject({ output })
  })

  it('is added up, for the client and in the outcome', async () => {
    const usage = { input: 20, output: 9 }
    const world = setUp({
      a: { speaks: 'claude', reply: { text: FIRST, usage: { input: 30, cacheRead: 1000, output: 50 } }, faults: cutAt(4) },
      b: { speaks: 'claude', reply: (request) => ({ ...goesOn()(request), usage }) },
    })
    const { reply, ending, outcome } = await answered(world, 'claude')
    expect(ending.usage).toMatchObject({ input: 50, cacheRead: 1000, output: 59, estimated: true })
    expect(reply!.usage).toMatchObject({ input: 50, cacheRead: 1000, output: 59 })
    // They may have different prices.
    expect(outcome.attempts).toMatchObject([
      { endpoint: 'a', usage: { input: 30, cacheRead: 1000, output: 50, estimated: true } },
      { endpoint: 'b', usage: { input: 20, output: 9 } },
    ])
  })
})

describe('an answer ends as it would without the mode', () => {
  const withTools = () =>
    new Request('https://client.example/v1/messages', {
      method: 'POST',
      body: JSON.stringify({
        model: 'm',
        max_tokens: 100,
        stream: true,
        tools: [{ name: 'look', input_schema: { type: 'object', properties: { at: { type: 'string' } } } }],
        messages: [{ role: 'user', content: 'Look.' }],
      }),
    })
  const thinking = () =>
    new Request('https://client.example/v1/messages', {
      method: 'POST',
      body: JSON.stringify({
        model: 'm',
        max_tokens: 4000,
        stream: true,
        thinking: { type: 'enabled', budget_tokens: 2000 },
        messages: [{ role: 'user', content: 'Think.' }],
      }),
    })
  const asJson = () =>
    new Request('https://client.example/v1/messages', {
      method: 'POST',
      body: JSON.stringify({
        model: 'm',
        max_tokens: 100,
        stream: true,
        output_config: { format: { type: 'json_schema', schema: { type: 'object', properties: {}, additionalProperties: false } } },
        messages: [{ role: 'user', content: 'As JSON.' }],
      }),
    })
  const cases: [string, () => Request, Provider][] = [
    [
      'once a tool call has begun',
      withTools,
      { reply: { toolCalls: [{ name: 'look', input: { at: 'the sky above us' } }] }, faults: cutAt(3) },
    ],
    [
      'once a tool call has begun behind text',
      withTools,
      {
        reply: { text: 'Let me see.', toolCalls: [{ name: 'look', input: { at: 'the sky above us' } }] },
        faults: { type: 'cut', at: 'finish' },
      },
    ],
    [
      'once reasoning has begun',
      thinking,
      { speaks: 'claude', reply: { reasoning: 'Let me think about this for long.', text: FIRST }, faults: cutAt(5) },
    ],
    [
      'once reasoning has been',
      thinking,
      { speaks: 'claude', reply: { reasoning: 'Hm.', text: FIRST }, faults: { type: 'cut', at: 'finish' } },
    ],
    ['where a form was asked for', asJson, { reply: { text: '{"one": "two", "three": "four"}' }, faults: cutAt(3) }],
  ]
  it.each(cases)('%s', async (_, request, provider) => {
    const [usual, world] = (['end', 'continue'] as const).map((midStream) =>
      setUp({ a: provider, b: { reply: { text: 'No.' } } }, { midStream }),
    )
    const expected = await answered(usual!, 'claude', request())
    const { text, broken, ending, tidy } = await answered(world!, 'claude', request())
    expect(asked(world!)).toEqual([1, 0])
    expect({ text, broken, how: ending.how }).toEqual({ text: expected.text, broken: expected.broken, how: 'truncated' })
    expect(endsOf('claude', text)).toBe(1)
    expect(tidy).toBe(0)
  })

  it.each(PROTOCOLS)('for a client of %s where nobody else can go on', async (protocol) => {
    const [usual, world] = (['end', 'continue'] as const).map((midStream) =>
      setUp({ a: { reply: { text: FIRST }, faults: cutAt(4) }, b: { faults: 'server-error' } }, { midStream }),
    )
    const expected = await answered(usual!, protocol)
    const { text, ending, outcome } = await answered(world!, protocol)
    expect(text).toBe(expected.text)
    expect(ending).toEqual(expected.ending)
    expect(new Set(outcome.attempts.map(({ endpoint: name }) => name))).toEqual(new Set(['a', 'b']))
  })

  it.each<[string, PoolOptions]>([
    ['attempts', { retry: { attempts: 1 } }],
    ['time', { retry: { deadlineMs: 1 } }],
  ])('when the budget of %s is spent', async (_, options) => {
    const world = setUp({ a: { reply: { text: FIRST }, faults: cutAt(4), eventMs: 10 }, b: { reply: goesOn() } }, options)
    const { ending, text } = await answered(world, 'claude')
    expect(asked(world)).toEqual([1, 0])
    expect([ending.how, endsOf('claude', text)]).toEqual(['truncated', 1])
  })

  it('where it would be no other member', async () => {
    const world = setUp({ a: { reply: { text: FIRST }, faults: [cutAt(4)] } })
    expect((await answered(world, 'claude')).ending.how).toBe('truncated')
    expect(world.requests(0)).toHaveLength(1)
  })

  it('after an error that others would repeat', async () => {
    const faults: Fault = { type: 'error-event', at: { event: 4 }, error: 'content-policy' }
    const world = setUp({ a: { reply: { text: FIRST }, faults }, b: { reply: goesOn() } })
    expect((await answered(world, 'claude')).ending.how).toBe('error')
    expect(asked(world)).toEqual([1, 0])
  })

  it('and not at all for a client that has gone', async () => {
    const world = setUp({ a: { reply: { text: FIRST }, faults: { type: 'stall', at: { event: 4 } } }, b: { reply: goesOn() } })
    const response = await world.app(requestFor('claude', { stream: true }))
    const reader = response.body!.getReader()
    await reader.read()
    await reader.cancel()
    await world.clock.advance(60_000)
    expect((await outcomeOf(response)!.ended).how).toBe('cancelled')
    expect([...asked(world), world.clock.waiting, world.open()]).toEqual([1, 0, 0, 0])
  })
})

describe('the other member', () => {
  it.each(PROTOCOLS)('may break as well: then the answer of a client of %s ends in one error', async (protocol) => {
    const world = setUp({
      a: { reply: { text: FIRST }, faults: cutAt(4) },
      b: { reply: goesOn(), faults: cutAt(3) },
      c: { reply: goesOn() },
    })
    const { text, ending, failure, said, broken, tidy } = await answered(world, protocol)
    expect([endsOf(protocol, text), broken, failure !== undefined]).toEqual([1, false, true])
    expect(FIRST.startsWith(said.slice(0, FIRST.length))).toBe(true)
    expect(said.length).toBeGreaterThan(36)
    expect(ending.how).toBe('truncated')
    expect([...asked(world), world.requests(2).length, tidy]).toEqual([1, 1, 0, 0])
  })

  it('may be the third one, where the second refuses', async () => {
    const world = setUp({ a: { reply: { text: FIRST }, faults: cutAt(4) }, b: { faults: 'overloaded' }, c: { reply: goesOn() } })
    const { reply, outcome } = await answered(world, 'claude')
    expect(reply!.parts).toMatchObject([{ text: FIRST }])
    expect(outcome.attempts.map(({ endpoint: name, reason }) => `${name} ${reason}`)).toEqual(['a first', 'b continue', 'c continue'])
  })

  it('counts once against the bound on the retries of all requests, where it fails', async () => {
    const world = setUp(
      { a: { reply: { text: FIRST }, faults: [cutAt(4), 'overloaded'] }, b: { faults: 'overloaded' } },
      { breaker: false, affinity: false, retry: { throttle: { tokens: 8, ratio: 0 }, waitMs: 0 } },
    )
    await answered(world, 'claude')
    expect(asked(world)).toEqual([1, 1])
    // Two of eight have failed, with this one three: another member is still asked.
    await answered(world, 'claude')
    expect(asked(world)).toEqual([2, 2])
  })

  it('may call a tool, and what it thinks stays behind', async () => {
    const reply = { reasoning: 'Hm.', text: ' Now I look.', toolCalls: [{ name: 'look', input: { at: 'x' } }] }
    const world = setUp({ a: { reply: { text: 'I begin. I go on.' }, faults: cutAt(3) }, b: { speaks: 'claude', reply } })
    const found = await answered(world, 'claude')
    expect(found.reply!.parts.map(({ type }) => type)).toEqual(['text', 'tool-call'])
    expect(found.reply!.stop.reason).toBe('tool-calls')
    expect(found.ending.how).toBe('recovered')
  })

  it('keeps the conversation from then on', async () => {
    const world = setUp({ a: { reply: { text: FIRST }, faults: [cutAt(4)] }, b: { reply: goesOn() } })
    await answered(world, 'claude')
    await answered(world, 'claude')
    expect(asked(world)).toEqual([1, 2])
  })

  it('is asked only when the client reads on', async () => {
    const world = setUp({ a: { reply: { text: FIRST }, faults: cutAt(4), eventMs: 10 }, b: { reply: goesOn() } })
    const waiting = world.app(requestFor('claude', { stream: true }))
    await world.clock.advance(1000)
    const response = await waiting
    const reader = response.body!.getReader()
    let text = new TextDecoder().decode((await reader.read()).value)
    await world.clock.advance(5000)
    expect(asked(world)).toEqual([1, 0])
    const rest = (async () => {
      for (let read = await reader.read(); !read.done; read = await reader.read()) text += new TextDecoder().decode(read.value)
    })()
    await world.clock.advance(5000)
    await rest
    expect(readStream('claude', text).said).toBe(FIRST)
    expect([...asked(world), world.clock.waiting]).toEqual([1, 1, 0])
  })

  it('is waited for with signs of life', async () => {
    const world = setUp({ a: { reply: { text: FIRST }, faults: cutAt(4) }, b: { reply: goesOn(), latencyMs: 35_000 } })
    const { text, reply } = await answered(world, 'claude')
    expect(text.match(/event: ping/g)).toHaveLength(3)
    expect(reply!.parts).toMatchObject([{ text: FIRST }])
  })
})

describe('pools in a pool', () => {
  const nested = (inner: PoolOptions, outer: PoolOptions, faults: (Fault | undefined)[]) => {
    const world = setUp(
      Object.fromEntries(faults.map((fault, i) => [`m${i}`, { reply: i ? goesOn() : { text: FIRST }, ...(fault && { faults: fault }) }])),
    )
    const { clock, random, members } = world
    const own = pool(members.slice(0, 2), { name: 'inner', clock, random, ...inner })
    return { ...world, app: pool([own, ...members.slice(2)], { clock, random, ...outer }) }
  }
  it('go on by the outer one where the inner one cannot', async () => {
    const world = nested({ midStream: 'continue' }, { midStream: 'continue' }, [cutAt(4), 'server-error', undefined])
    const { reply, outcome } = await answered(world, 'claude')
    expect(reply!.parts).toMatchObject([{ text: FIRST }])
    expect(outcome.attempts.map(({ endpoint: name }) => name)).toEqual(['m0', 'm1', 'm2'])
  })

  it('go on once, whoever does', async () => {
    const world = nested({ midStream: 'continue' }, { midStream: 'continue' }, [cutAt(4), cutAt(3), undefined])
    const { ending, text } = await answered(world, 'claude')
    expect([ending.how, endsOf('claude', text)]).toEqual(['truncated', 1])
    expect(world.requests(2)).toHaveLength(0)
  })

  it('go on with what the outer one changed about the request', async () => {
    const world = nested({}, { midStream: 'continue' }, [cutAt(4), undefined, undefined])
    const { reply } = await answered(world, 'gemini')
    expect(reply!.parts).toMatchObject([{ text: FIRST }])
    expect(world.requests(2)).toHaveLength(1)
  })
})
