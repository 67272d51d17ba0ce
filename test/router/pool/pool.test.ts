import { describe, expect, it } from 'vitest'
import { endpoint, type EndpointOptions } from '../../../src/router/endpoint/endpoint.ts'
import { explain } from '../../../src/router/explain.ts'
import type { Fetch } from '../../../src/router/fetch.ts'
import { outcomeOf } from '../../../src/router/outcome.ts'
import type { PoolOptions } from '../../../src/router/pool/options.ts'
import { pool } from '../../../src/router/pool/pool.ts'
import { chaosProvider, seededRandom, virtualClock, type ChaosOptions } from '../../../src/testing/index.ts'
import { ask, endsOf, requestFor, startsOf, textOf } from './client.ts'

const START = 1_800_000_000_000

/** A pool of endpoints that each have a provider of their own. */
function setUp(providers: Record<string, ChaosOptions & { endpoint?: Partial<EndpointOptions> }>, options: PoolOptions = {}) {
  const clock = virtualClock(START)
  const random = seededRandom(3)
  const made = Object.entries(providers).map(([name, { endpoint: more, ...chaos }]) => {
    const provider = chaosProvider({ clock, random, reply: { text: `I am ${name}.` }, ...chaos })
    const member = endpoint({
      name,
      protocol: 'openai',
      baseUrl: `https://${name}.example`,
      apiKey: `${name}-key`,
      model: 'm',
      fetch: provider,
      clock,
      random,
      ...more,
    })
    return { name, provider, member }
  })
  const app = pool(
    made.map(({ member }) => member),
    { clock, random, ...options },
  )
  const requests = (name: string) => made.find((each) => each.name === name)!.provider.requests
  return { app, clock, requests, members: made.map(({ member }) => member) }
}

const who = async (app: Fetch, headers: Record<string, string> = {}): Promise<string> =>
  /I am (\w+)/.exec(textOf('claude', (await ask(app, 'claude', { headers })).text))?.[1] ?? 'nobody'

describe('a pool', () => {
  it('asks the first member while it answers', async () => {
    const { app } = setUp({ a: {}, b: {} })
    expect([await who(app), await who(app)]).toEqual(['a', 'a'])
  })

  it('asks another member at once, and leaves the failed one alone until its time is over', async () => {
    const { app, clock, requests } = setUp({ a: { faults: [{ type: 'rate-limit', seconds: 60 }] }, b: {} }, { affinity: false })
    expect(await who(app)).toBe('b')
    expect(clock.now()).toBe(START)
    expect(await who(app)).toBe('b')
    expect(requests('a')).toHaveLength(1)
    await clock.advance(61_000)
    expect(await who(app)).toBe('a')
  })

  it('waits when no member is idle and the time is short, and gives up when it is long', async () => {
    const short = setUp({ a: { faults: [{ type: 'rate-limit', seconds: 5 }] } }, { affinity: false })
    const asked = who(short.app)
    // Up to a tenth longer, so that not all come back at the same moment.
    await short.clock.advance(5_500)
    expect(await asked).toBe('a')
    const [first, second] = short.requests('a').map(({ at }) => at - START)
    expect(first).toBe(0)
    expect(second).toBeGreaterThanOrEqual(5_000)

    const long = setUp({ a: { faults: { type: 'rate-limit', seconds: 500 } }, b: { faults: { type: 'rate-limit', seconds: 90 } } })
    const { response } = await ask(long.app, 'claude')
    expect(response.status).toBe(429)
    expect(outcomeOf(response)!.attempts.map(({ endpoint: name }) => name)).toEqual(['a', 'b'])
  })

  it('gives the failure that tells most when all fail', async () => {
    const { app, clock } = setUp({ a: { faults: { type: 'rate-limit', seconds: 500 } }, b: { faults: 'refuse' } })
    const asked = ask(app, 'claude')
    await clock.advance(1_000)
    const { response } = await asked
    expect(response.status).toBe(429)
    expect(response.headers.get('retry-after')).toBe('500')
  })

  it('answers any number of requests that fail at one member at once from another one that is well', async () => {
    const { app, requests } = setUp({ a: { faults: 'reset' }, b: {} }, { breaker: false })
    const answers = await Promise.all(Array.from({ length: 40 }, () => ask(app, 'claude')))
    expect(answers.map(({ response }) => response.status)).toEqual(answers.map(() => 200))
    expect(requests('b')).toHaveLength(40)
  })

  it('asks nobody else about what the caller did wrong', async () => {
    const { app, requests } = setUp({ a: { faults: 'bad-request' }, b: {} })
    expect((await ask(app, 'claude')).response.status).toBe(400)
    expect(requests('b')).toHaveLength(0)
  })

  it('sends a question that is too long to a member with a larger window alone', async () => {
    const { app, requests } = setUp({
      a: { faults: 'context-overflow', endpoint: { capabilities: { contextWindow: 8_000 } } },
      b: { endpoint: { capabilities: { contextWindow: 4_000 } } },
      c: { endpoint: { capabilities: { contextWindow: 200_000 } } },
    })
    expect(await who(app)).toBe('c')
    expect(requests('b')).toHaveLength(0)
  })

  it('sends a question that is too long to a member of whose window nothing is known, unless it is the same model at the same provider', async () => {
    const { app, requests } = setUp({
      a: { faults: 'context-overflow', endpoint: { provider: 'one' } },
      b: { endpoint: { provider: 'one' } },
      c: { endpoint: { provider: 'other' } },
    })
    expect(await who(app)).toBe('c')
    expect(requests('b')).toHaveLength(0)
    const none = setUp({ a: { faults: 'context-overflow' }, b: { faults: 'context-overflow' } })
    const { response, text } = await ask(none.app, 'claude')
    expect(response.status).toBe(400)
    expect(text).toContain('prompt is too long')
  })

  it('skips who cannot do what is asked, and says why when nobody can', async () => {
    const { app, requests } = setUp({ a: { endpoint: { capabilities: { contextWindow: 1 } } }, b: {} })
    expect(await who(app)).toBe('b')
    expect(requests('a')).toHaveLength(0)
    const none = setUp({ a: { endpoint: { capabilities: { contextWindow: 1 } } } })
    const { response, text } = await ask(none.app, 'claude')
    expect(response.status).toBe(400)
    expect(text).toContain('takes 1 tokens')
  })

  it('shares by weight, smoothly', async () => {
    const clock = virtualClock(START)
    const [a, b] = ['a', 'b'].map((name) =>
      endpoint({
        name,
        protocol: 'claude',
        baseUrl: `https://${name}.example`,
        fetch: chaosProvider({ clock, reply: { text: `I am ${name}.` } }),
        clock,
      }),
    )
    const app = pool([{ fetch: a!, weight: 2 }, { fetch: b! }], { strategy: 'weighted_round_robin', affinity: false, clock })
    const seen = []
    for (let i = 0; i < 6; i++) seen.push(await who(app))
    expect(seen.join('')).toBe('abaaba')
  })

  it('keeps a conversation with its member', async () => {
    const { app } = setUp({ a: {}, b: {}, c: {} }, { strategy: 'round_robin' })
    const session = (id: string) => ({ 'x-claude-code-session-id': id })
    const first = await who(app, session('one'))
    const other = await who(app, session('two'))
    expect(other).not.toBe(first)
    for (let i = 0; i < 4; i++) {
      expect(await who(app, session('one'))).toBe(first)
      expect(await who(app, session('two'))).toBe(other)
    }
  })

  it('stops asking a member whose breaker is open, and closes it with one good answer', async () => {
    const { app, clock, requests } = setUp(
      { a: { faults: Array.from({ length: 5 }, () => 'bad-gateway' as const) }, b: {} },
      { affinity: false, breaker: { kind: 'consecutive', failures: 2, recoveryMs: 300_000 } },
    )
    for (let i = 0; i < 8; i++) {
      expect(await who(app)).toBe('b')
      await clock.advance(30_000)
    }
    expect(requests('a').length).toBeLessThanOrEqual(3)
    expect((await app.show())[0]!.breaker).toMatchObject({ state: 'open' })
    await app.clear('a')
    await who(app)
    expect(requests('a').length).toBeGreaterThan(2)
  })

  it('counts all attempts of a tree against one budget', async () => {
    const clock = virtualClock(START)
    const bad = chaosProvider({ faults: 'server-error', clock })
    const member = (name: string) =>
      endpoint({ name, protocol: 'claude', baseUrl: `https://${name}.example`, apiKeys: ['x', 'y'], fetch: bad, clock })
    const inner = (name: string) => pool([member(`${name}1`), member(`${name}2`), member(`${name}3`)], { name, clock })
    const app = pool([inner('p'), inner('q')], { retry: { attempts: 4, waitMs: 0 }, clock })
    const { response } = await ask(app, 'openai')
    expect(response.status).toBe(500)
    expect(bad.requests).toHaveLength(4)
    expect(outcomeOf(response)!.attempts).toHaveLength(4)
  })

  it('asks a second member when the first is slow, within its share, and gives the slower one up', async () => {
    const { app, clock, requests } = setUp(
      { a: { latencyMs: 60_000 }, b: {} },
      { hedge: { afterMs: 2_000, share: 1 }, affinity: false, breaker: false },
    )
    const asked = who(app)
    await clock.advance(2_000)
    expect(await asked).toBe('b')
    await clock.advance(0)
    expect(requests('a')[0]!.state).toBe('aborted')
    expect(clock.waiting).toBe(0)
  })

  it('survives a break amid an answer where answers are held until they are whole', async () => {
    const { app, clock } = setUp({ a: { faults: 'cut' }, b: {} }, { commit: 'complete' })
    const asked = ask(app, 'claude', { stream: true })
    await clock.advance(1_000)
    const { response, text } = await asked
    expect(textOf('claude', text)).toBe('I am b.')
    expect([startsOf('claude', text), endsOf('claude', text)]).toEqual([1, 1])
    expect(await outcomeOf(response)!.ended).toMatchObject({ how: 'complete' })
  })

  it('gives a member nothing while it is disabled, and tells when it has drained', async () => {
    const { app, clock } = setUp({ a: { latencyMs: 1_000 }, b: {} }, { affinity: false })
    const running = who(app)
    await clock.advance(0)
    let drained = false
    const draining = app.drain('a').then(() => (drained = true))
    expect(await who(app)).toBe('b')
    expect(drained).toBe(false)
    await clock.advance(1_000)
    expect(await running).toBe('a')
    await draining
    app.enable('a')
    const again = who(app)
    await clock.advance(1_000)
    expect(await again).toBe('a')
    expect(() => app.disable('nobody')).toThrow(/Known: a, b/)
  })

  it('takes a fetch of any origin, and judges it by its status', async () => {
    const clock = virtualClock(START)
    const bodies: string[] = []
    const stranger: Fetch = async (input) => {
      bodies.push(await (input as Request).text())
      return Response.json({ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }, { status: 529 })
    }
    const good = endpoint({
      name: 'b',
      protocol: 'openai',
      baseUrl: 'https://b.example',
      fetch: chaosProvider({ clock, reply: { text: 'I am b.' } }),
      clock,
    })
    const app = pool([stranger, good], { clock })
    expect(await who(app)).toBe('b')
    expect(JSON.parse(bodies[0]!)).toMatchObject({ messages: [{ role: 'user', content: 'Hi?' }] })
  })

  it('reaches the upstream when the client goes', async () => {
    const { app, clock, requests } = setUp({ a: { faults: 'hang' }, b: {} })
    const gone = new AbortController()
    const asked = app(requestFor('claude', { signal: gone.signal }))
    await clock.advance(10)
    gone.abort()
    await expect(asked).rejects.toThrow()
    await clock.advance(0)
    expect(requests('a')[0]!.state).toBe('aborted')
    expect(requests('b')).toHaveLength(0)
    expect((await app.show())[0]!.breaker).toBeUndefined()
  })

  it('explains where a request would go without sending it', async () => {
    const { app, requests } = setUp({ a: { faults: [{ type: 'rate-limit', seconds: 60 }] }, b: {} }, { affinity: false })
    await who(app)
    const told = await explain(app, requestFor('claude'))
    expect(told).toMatchObject({
      kind: 'pool',
      candidates: [
        { kind: 'endpoint', name: 'b', model: 'm' },
        { name: 'a', skipped: expect.stringMatching(/^rate-limited until|every key rests/) as string },
      ],
    })
    expect(requests('b')).toHaveLength(1)
  })
})
