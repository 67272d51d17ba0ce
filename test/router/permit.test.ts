import { describe, expect, it } from 'vitest'
import { setPermit, type Permit } from '../../src/router/caller.ts'
import { endpoint } from '../../src/router/endpoint/endpoint.ts'
import type { Fetch } from '../../src/router/fetch.ts'
import { outcomeOf } from '../../src/router/outcome.ts'
import { pool } from '../../src/router/pool/pool.ts'
import { router } from '../../src/router/routing/router.ts'
import { chaosProvider, virtualClock, type ChaosOptions } from '../../src/testing/index.ts'

const clock = virtualClock(1_800_000_000_000)

function provider(name: string, options: ChaosOptions & { model?: string } = {}) {
  const { model, ...chaos } = options
  const upstream = chaosProvider({ clock, reply: { text: `I am ${name}.` }, ...chaos })
  const made = endpoint({
    name,
    protocol: 'openai',
    baseUrl: `https://${name}.example`,
    fetch: upstream,
    clock,
    ...(model !== undefined && { model }),
  })
  return { made, requests: upstream.requests }
}

const only = (...names: string[]): Permit => ({
  endpoint: (name, model) => (names.includes(name) || names.includes(model ?? '') ? undefined : `not ${name}/${model}`),
  route: (rule) => (rule === 'background' ? 'not the route' : undefined),
})

async function send(app: Fetch, permit: Permit | undefined, body: Record<string, unknown> = {}) {
  const request = new Request('http://localhost/v1/messages', {
    method: 'POST',
    body: JSON.stringify({ model: 'm', max_tokens: 9, messages: [{ role: 'user', content: 'hi' }], ...body }),
  })
  setPermit(request, permit)
  const response = await app(request)
  return { status: response.status, text: await response.text(), outcome: outcomeOf(response)! }
}

describe('what whoever asks may not use', () => {
  it('is refused by an endpoint before its provider is called', async () => {
    const { made, requests } = provider('a', { model: 'real' })
    const refused = await send(made, only('b'))
    expect([refused.status, refused.outcome.attempts]).toEqual([403, []])
    expect(refused.text).toContain('not a/real')
    expect(requests).toHaveLength(0)
    expect((await send(made, only('real'))).status).toBe(200)
    expect((await send(made, undefined)).status).toBe(200)
  })

  it('is passed over by a pool, also after a failure, and refused when nothing else is left', async () => {
    const [a, b, c] = [provider('a'), provider('b', { faults: ['server-error'] }), provider('c')]
    const app = pool([a.made, b.made, c.made], { clock, affinity: false, retry: { attempts: 5 } })
    const answered = await send(app, only('b', 'c'))
    expect(answered.text).toContain('I am c.')
    const failed = await send(pool([a.made, provider('d', { faults: ['bad-key'] }).made], { clock }), only('d'))
    expect([failed.status, a.requests.length]).toEqual([401, 0])
    const refused = await send(app, only('nobody'))
    expect([refused.status, refused.text.includes('not a/m')]).toEqual([403, true])
    expect(a.requests).toHaveLength(0)
    // Nobody is at fault, and nothing rests for it.
    expect((await app.show()).filter(({ rests }) => rests.length).map(({ name }) => name)).not.toContain('a')
    expect((await send(app, undefined)).text).toContain('I am a.')
  })

  it('is judged by what a route, a fallback or an alias would ask for', async () => {
    const [a, b] = [provider('a'), provider('b')]
    const app = router({
      endpoints: { a: a.made, b: b.made },
      default: { to: 'a', model: 'dear', fallbacks: [{ to: 'b', model: 'cheap' }] },
      models: { nice: { to: 'a', model: 'dear' } },
      aliases: { other: 'nice' },
    })
    expect((await send(app, only('cheap'))).text).toContain('I am b.')
    expect((await send(app, only('cheap'), { model: 'other' })).text).toContain('not a/dear')
    expect((await send(app, only('cheap'), { model: '@a/dear' })).status).toBe(403)
    expect(a.requests).toHaveLength(0)
  })

  it('is judged in routers and pools within each other, and by the name of a stranger', async () => {
    const [a, b] = [provider('a'), provider('b')]
    const inner = router({ name: 'inner', default: { to: a.made, model: 'dear' } })
    const app = router({ default: pool([inner, b.made], { clock }) })
    expect((await send(app, only('b'))).text).toContain('I am b.')
    expect((await send(app, only('nobody'))).status).toBe(403)
    const strange: Fetch = async () => Response.json({ by: 'stranger' })
    const withStranger = pool([{ fetch: strange, name: 'strange' }, b.made], { clock })
    expect((await send(withStranger, only('b'))).text).toContain('I am b.')
    expect((await send(withStranger, only('strange'))).text).toContain('stranger')
    expect((await send(router({ default: strange }), only('b'))).status).toBe(403)
    expect(a.requests).toHaveLength(0)
  })

  it('may be a route', async () => {
    const [a, b] = [provider('a'), provider('b')]
    const app = router({ default: a.made, background: b.made })
    const haiku = { model: 'claude-haiku-4-5' }
    expect((await send(app, only('a', 'b'), haiku)).text).toContain('not the route')
    expect((await send(app, only('a', 'b'))).text).toContain('I am a.')
    expect((await send(app, undefined, haiku)).text).toContain('I am b.')
  })

  it('is not asked after a failure either, where a function says whom to ask', async () => {
    const b = provider('b')
    const strange: Fetch = async () => Response.json({ by: 'stranger' })
    for (const to of [b.made, strange]) {
      const a = provider('a', { faults: ['server-error'] })
      const app = router({ default: a.made, onError: () => to, retry: { attempts: 3 } })
      const { status, text } = await send(app, only('a'))
      expect([status >= 400, text.includes('stranger')]).toEqual([true, false])
    }
    expect(b.requests).toHaveLength(0)
  })
})
