import { describe, expect, it } from 'vitest'
import { memoryState, update } from '../../src/router/state.ts'
import { virtualClock } from '../../src/testing/clock.ts'

describe('state in memory', () => {
  it('keeps what a flood of another kind would push out', () => {
    const state = memoryState({ maxEntries: 3 })
    const kept = ['breaker/a', 'breaker/a/b', 'cool/endpoint/a', 'cool/key/a/k', 'degraded/a', 'affinity/quiet/s', 'ratio/a/m']
    for (const name of kept) void state.write(name, true)
    for (let n = 0; n < 100; n++)
      for (const kind of ['affinity/main/', 'counted/', 'cool/endpoint-model/a/', 'lease/endpoint-model/a/']) void state.write(kind + n, n)
    expect(state.read(kept)).not.toContain(undefined)
    expect(state.list('affinity/')).toEqual([
      { name: 'affinity/quiet/s', value: true },
      ...[97, 98, 99].map((n) => ({ name: `affinity/main/${n}`, value: n })),
    ])
    expect(state.list('counted/')).toHaveLength(3)
  })

  it('lets go first of what was written longest ago', () => {
    const state = memoryState({ maxEntries: 2 })
    void state.write('counted/a', 1)
    void state.write('counted/b', 2)
    void state.write('counted/a', 3)
    void state.write('counted/c', 4)
    expect(state.read(['counted/a', 'counted/b', 'counted/c'])).toMatchObject([{ value: 3 }, undefined, { value: 4 }])
  })

  it('lists by the beginning of a name, however short or long', () => {
    const state = memoryState()
    for (const name of ['cool/key/a/1', 'cool/key/b/1', 'cool/endpoint/a', 'breaker/a']) void state.write(name, name)
    const names = async (prefix: string) => (await state.list(prefix)).map(({ name }) => name)
    return Promise.all([
      expect(names('')).resolves.toHaveLength(4),
      expect(names('coo')).resolves.toHaveLength(3),
      expect(names('cool/')).resolves.toHaveLength(3),
      expect(names('cool/key/')).resolves.toEqual(['cool/key/a/1', 'cool/key/b/1']),
      expect(names('cool/key/a')).resolves.toEqual(['cool/key/a/1']),
      expect(names('breaker/a/')).resolves.toEqual([]),
    ])
  })

  it('forgets in time, and counts from the first', async () => {
    const clock = virtualClock()
    const state = memoryState({ clock })
    void state.write('a/b', 1, { ttlMs: 10 })
    expect([state.add('n/x', 2, 10), state.add('n/x', 3, 10)]).toEqual([2, 5])
    await clock.advance(9)
    expect(state.read(['a/b', 'n/x'])).toMatchObject([{ value: 1 }, { value: 5 }])
    await clock.advance(1)
    expect(state.read(['a/b', 'n/x'])).toEqual([undefined, undefined])
    expect(state.list('')).toEqual([])
    expect(state.add('n/x', 1, 10)).toBe(1)
  })

  it('writes only over the version that was read', async () => {
    const state = memoryState()
    expect(state.write('a/b', 1, { version: null })).toBe(true)
    expect(state.write('a/b', 2, { version: null })).toBe(false)
    const [found] = await state.read(['a/b'])
    expect(state.write('a/b', 3, { version: found!.version })).toBe(true)
    expect(state.write('a/b', 4, { version: found!.version })).toBe(false)
    await Promise.all(Array.from({ length: 6 }, () => update<number>(state, 'a/n', (n = 0) => n + 1)))
    expect(state.read(['a/b', 'a/n'])).toMatchObject([{ value: 3 }, { value: 6 }])
    void state.remove('a/b')
    expect(state.read(['a/b'])).toEqual([undefined])
  })
})
