import { describe, expect, it } from 'vitest'
import { endpoint, memoryState, outcomeOf, pool, type EndpointOptions } from '../../../src/router/index.ts'
import { chaosProvider, seededRandom, virtualClock, type ChaosOptions } from '../../../src/testing/index.ts'
import { ask, type AskOptions } from '../pool/client.ts'

const START = 1_800_000_000_000
const MINUTE = 60_000

function setUp(chaos: ChaosOptions = {}, options: Partial<EndpointOptions> = {}) {
  const clock = virtualClock(START)
  const random = seededRandom(4)
  const provider = chaosProvider({ clock, random, ...chaos })
  const common = { protocol: 'openai', baseUrl: 'https://a.example', fetch: provider, clock, random } as const
  const app = endpoint({ ...common, apiKeys: ['k1', 'k2', 'k3'], keyStrategy: 'priority', ...options })
  const get = async (asked: AskOptions = {}) => (await ask(app, 'claude', asked)).response.status
  /** The keys that were used since the last look. */
  let seen = 0
  const used = () => {
    const keys = provider.requests.slice(seen).map(({ key }) => key)
    seen = provider.requests.length
    return keys.join(' ')
  }
  return { app, clock, provider, get, used }
}

describe('a state that others write to', () => {
  it('is looked at for the only key, too: what another process let rest is over with the first answer', async () => {
    const clock = virtualClock(START)
    const state = memoryState({ clock })
    const process = (chaos: ChaosOptions) => {
      const provider = chaosProvider({ clock, ...chaos })
      return endpoint({ name: 'a', protocol: 'openai', baseUrl: 'https://a.example', apiKey: 'k', fetch: provider, clock, state })
    }
    const well = process({})
    const get = async (app: typeof well) => (await ask(app, 'claude')).response.status
    expect(await get(well)).toBe(200)
    expect(await get(process({ faults: { type: 'rate-limit', seconds: 8 } }))).toBe(429)
    expect((await state.list('cool/')).length).toBe(1)
    await clock.advance(10_000)
    expect(await get(well)).toBe(200)
    expect(await state.list('cool/')).toEqual([])
  })
})

describe('which key is used', () => {
  it('priority: the first that is ready', async () => {
    const { get, used } = setUp()
    await Promise.all([get(), get(), get()])
    expect(used()).toBe('k1 k1 k1')
  })

  it('round_robin: each in its turn', async () => {
    const { get, used } = setUp({}, { keyStrategy: 'round_robin' })
    for (let turn = 0; turn < 4; turn++) await get()
    expect(used()).toBe('k1 k2 k3 k1')
  })

  it('random: any of them', async () => {
    const { get, used } = setUp({}, { keyStrategy: 'random' })
    for (let turn = 0; turn < 30; turn++) await get()
    const keys = used().split(' ')
    for (const key of ['k1', 'k2', 'k3']) expect(keys.filter((each) => each === key).length).toBeGreaterThan(3)
  })

  it('sticky: a session keeps its key, sessions spread, and only those of a key that rests move', async () => {
    const { get, used, provider } = setUp({}, { keyStrategy: 'sticky' })
    const sessions = Array.from({ length: 60 }, (_, index) => ({ headers: { 'x-claude-code-session-id': `s${index}` } }))
    const round = async () => {
      for (const session of sessions) await get(session)
      return used().split(' ')
    }
    const first = await round()
    expect(await round()).toEqual(first)
    for (const key of ['k1', 'k2', 'k3']) expect(first.filter((each) => each === key).length).toBeGreaterThan(10)
    provider.setFaults(({ key }) => (key === 'k2' ? 'bad-key' : undefined))
    await round()
    const moved = await round()
    expect(moved.every((key, index) => (first[index] === 'k2' ? key !== 'k2' : key === first[index]))).toBe(true)
  })
})

describe('what rests', () => {
  it('a key that is refused, for all models', async () => {
    const { get, used, app, clock } = setUp({ keys: { k1: 'bad-key' } })
    expect(await get()).toBe(200)
    expect(used()).toBe('k1 k2')
    expect(await get()).toBe(200)
    expect(used()).toBe('k2')
    const [first, second] = await app.keys.show()
    expect(first).toMatchObject({ name: 'key-1', degraded: false, rests: [{ scope: 'key', why: 'key-rejected', streak: 1 }] })
    expect(first!.rests[0]!.until - clock.now()).toBeGreaterThan(20 * MINUTE)
    expect(second).toMatchObject({ name: 'key-2', rests: [] })
  })

  it('a key for one model, where that is limited', async () => {
    const { app, clock, provider } = setUp({
      faults: ({ key, model }) => (key === 'k1' && model === 'a' ? { type: 'rate-limit', seconds: 60 } : undefined),
    })
    const asks = async (model: string) => {
      const body = JSON.stringify({ model, max_tokens: 9, messages: [{ role: 'user', content: 'Hi' }] })
      return outcomeOf(await app('http://localhost/v1/messages', { method: 'POST', body }))!.key
    }
    expect([await asks('a'), await asks('a'), await asks('b')]).toEqual(['key-2', 'key-2', 'key-1'])
    expect((await app.keys.show())[0]!.rests).toMatchObject([{ scope: 'key-model', model: 'a', until: clock.now() + 60_000 }])
    expect(provider.requests.map(({ key }) => key)).toEqual(['k1', 'k2', 'k2', 'k1'])
  })

  it('all keys of an organisation that is out of credit', async () => {
    const apiKeys = [
      { key: 'k1', name: 'one', org: 'x' },
      { key: 'k2', name: 'two', org: 'x' },
      { key: 'k3', name: 'three', org: 'y' },
    ]
    const { get, used, app } = setUp({ keys: { k1: 'payment-required' } }, { apiKeys })
    expect([await get(), await get()]).toEqual([200, 200])
    expect(used()).toBe('k1 k3 k3')
    expect((await app.keys.show()).map(({ name, degraded, rests }) => [name, degraded, rests.map(({ scope }) => scope)])).toEqual([
      ['one', true, ['org']],
      ['two', false, ['org']],
      ['three', false, []],
    ])
  })

  it('longer each time it fails again, and not at all once it has answered', async () => {
    const { get, app, clock, provider } = setUp({ keys: { k1: ({ index }) => (index < 3 ? 'bad-key' : undefined) } })
    const rest = async () => {
      await get()
      const [found] = (await app.keys.show())[0]!.rests
      return found ? found.until - clock.now() : 0
    }
    const first = await rest()
    await clock.advance(first)
    const second = await rest()
    expect(second).toBeGreaterThan(1.2 * first)
    await clock.advance(second)
    expect(await rest()).toBe(0)
    expect(provider.requests.map(({ key }) => key)).toEqual(['k1', 'k2', 'k1', 'k2', 'k1'])
  })

  it('nothing where there is only one: the provider itself may say no', async () => {
    const { get, used } = setUp({ faults: 'bad-key' }, { apiKeys: ['k1'] })
    expect([await get(), await get()]).toEqual([401, 401])
    expect(used()).toBe('k1 k1')
  })
})

describe('a key whose quota ran out', () => {
  it('is used last for an hour, even when it is ready again', async () => {
    const { get, used, clock, app } = setUp({ faults: ['insufficient-quota'] })
    await get()
    expect(used()).toBe('k1 k2')
    await clock.advance(45 * MINUTE)
    await get()
    expect(used()).toBe('k2')
    await app.keys.clear('key-1')
    await get()
    expect(used()).toBe('k1')
  })
})

describe('a rest that is over', () => {
  it('is probed by one request, while the others use other keys', async () => {
    const { get, used, clock } = setUp({ faults: [{ type: 'rate-limit', seconds: 60 }], latencyMs: 1000 }, { apiKeys: ['k1', 'k2'] })
    const first = get()
    await clock.advance(2000)
    await first
    used()
    await clock.advance(60_000)
    const all = Promise.all([get(), get(), get()])
    await clock.advance(2000)
    expect(await all).toEqual([200, 200, 200])
    expect(used().split(' ').sort()).toEqual(['k1', 'k2', 'k2'])
    const later = Promise.all([get(), get()])
    await clock.advance(2000)
    await later
    expect(used()).toBe('k1 k1')
  })

  it('is forgotten on demand, of one key or of all', async () => {
    const { get, used, app } = setUp({ keys: { k1: 'bad-key', k2: 'bad-key' } })
    await get()
    expect(used()).toBe('k1 k2 k3')
    await app.keys.clear('key-2')
    await get()
    expect(used()).toBe('k2 k3')
    await app.keys.clear()
    await get()
    expect(used()).toBe('k1 k2 k3')
  })
})

describe('when every key rests', () => {
  const limited = { faults: { type: 'rate-limit', seconds: 40 } } as const

  it('the client is told until when, and nobody is asked', async () => {
    const { app, provider, clock } = setUp(limited)
    await ask(app, 'claude')
    await clock.advance(10_000)
    const before = provider.requests.length
    const { response } = await ask(app, 'claude')
    expect([response.status, response.headers.get('retry-after'), provider.requests.length]).toEqual([429, '30', before])
  })

  it('another member is asked instead, and the machines that share a state know', async () => {
    const clock = virtualClock(START)
    const state = memoryState({ clock })
    const made = (name: string, chaos: ChaosOptions) => {
      const provider = chaosProvider({ clock, ...chaos })
      const common = { name, protocol: 'openai', baseUrl: `https://${name}.example`, apiKeys: ['k1', 'k2'] } as const
      return { provider, app: endpoint({ ...common, fetch: provider, clock, state }) }
    }
    const [first, twin, other] = [made('a', limited), made('a', limited), made('b', {})]
    await ask(first.app, 'claude')
    expect((await ask(pool([twin.app, other.app], { clock, state, name: 'second machine' }), 'claude')).response.status).toBe(200)
    expect([first.provider.requests.length, twin.provider.requests.length, other.provider.requests.length]).toEqual([2, 0, 1])
  })
})
