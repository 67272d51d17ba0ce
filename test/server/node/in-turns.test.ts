import { describe, expect, it, vi } from 'vitest'
import type { ByteSink, ByteSource } from '../../../src/core/byte-source.ts'
import { inTurns } from '../../../src/server/node/in-turns.ts'

const nextTick = () => new Promise<void>((resolve) => process.nextTick(resolve))
const nextRound = async () => {
  await nextTick()
  await new Promise((resolve) => setImmediate(resolve))
}

/** An upstream whose reads the test makes, and what comes of it: `to` says when, `log` in which order among all. */
function answerOf(name: string, log: string[] = []) {
  let sink!: ByteSink
  let flowing = true
  let cancelled = false
  const source: ByteSource = {
    start: (to) => void (sink = to),
    pause: () => void (flowing = false),
    resume: () => void (flowing = true),
    cancel: () => void (cancelled = true),
  }
  const turns = inTurns(source)
  turns.start({
    write: (chunk) => void log.push(`${name}${chunk.length}`),
    end: () => void log.push(`${name} end`),
    fail: (error) => void log.push(`${name} ${String(error)}`),
  })
  return {
    log,
    turns,
    read: (...sizes: number[]) => sizes.forEach((size) => sink.write(new Uint8Array(size))),
    end: () => sink.end(),
    fail: (error: string) => sink.fail(error),
    isFlowing: () => flowing,
    isCancelled: () => cancelled,
  }
}

describe('answers in turns', () => {
  it('passes the beginning of an answer on at once', () => {
    const { read, log } = answerOf('a')
    read(1200)
    expect(log).toEqual(['a1200'])
  })

  it('passes a short read on before the event loop goes round', async () => {
    const { read, log } = answerOf('a')
    read(3000)
    await nextRound()
    read(100, 200)
    expect(log).toEqual(['a3000'])
    await nextTick()
    expect(log).toEqual(['a3000', 'a300'])
  })

  it('gives what waited in one piece, in its order', async () => {
    let sink!: ByteSink
    const given: (Uint8Array | string)[] = []
    const nothing = () => {}
    inTurns({ start: (to) => void (sink = to), pause: nothing, resume: nothing, cancel: nothing }).start({
      write: (chunk) => void given.push(chunk),
      end: nothing,
      fail: nothing,
    })
    sink.write(new Uint8Array(2048))
    for (const chunk of ['é', new Uint8Array([1, 2]), new Uint8Array([3])]) sink.write(chunk)
    await nextRound()
    expect(given.slice(1)).toEqual([Buffer.from([0xc3, 0xa9, 1, 2, 3])])
  })

  it('lets the first words of one answer pass the rest of another', async () => {
    const log: string[] = []
    const one = answerOf('a', log)
    const other = answerOf('b', log)
    one.read(2100, 9000, 9000)
    other.read(1000)
    expect(log).toEqual(['a2100', 'b1000'])
    await nextRound()
    expect(log).toEqual(['a2100', 'b1000', 'a18000'])
  })

  it('gives three turns in each round, the oldest answers first', async () => {
    const log: string[] = []
    const [a, b, c, d, e] = ['a', 'b', 'c', 'd', 'e'].map((name) => answerOf(name, log))
    for (const answer of [e!, a!, c!, b!, d!]) answer.read(2048, 5000)
    await nextTick()
    log.length = 0
    b!.read(50)
    await nextRound()
    expect(log).toEqual(['a5000', 'b5050', 'c5000'])
    a!.read(60)
    await nextRound()
    expect(log.slice(3)).toEqual(['a60', 'd5000', 'e5000'])
  })

  it('lets younger answers have their turns where older ones never end', async () => {
    const log: string[] = []
    const older = ['a', 'b', 'c'].map((name) => answerOf(name, log))
    const younger = answerOf('d', log)
    for (const answer of [...older, younger]) answer.read(2048)
    younger.read(7000)
    for (let round = 0; round < 8; round++) {
      for (const answer of older) answer.read(20_000)
      await nextRound()
    }
    expect(log).toContain('d7000')
  })

  it('ends after what waits has been given, well or in an error', async () => {
    const well = answerOf('a')
    well.read(2048, 5000)
    well.end()
    const badly = answerOf('b')
    badly.read(2048, 5000)
    badly.fail('broken')
    await nextRound()
    await nextRound()
    expect(well.log).toEqual(['a2048', 'a5000', 'a end'])
    expect(badly.log).toEqual(['b2048', 'b5000', 'b broken'])
  })

  it('ends at once where nothing waits', () => {
    const { read, end, log } = answerOf('a')
    read(10)
    end()
    expect(log).toEqual(['a10', 'a end'])
  })

  it('gives nothing while the client is full, and goes on where it was', async () => {
    const { read, end, turns, log, isFlowing } = answerOf('a')
    read(2048)
    turns.pause()
    expect(isFlowing()).toBe(false)
    read(5000)
    end()
    await nextRound()
    expect(log).toEqual(['a2048'])
    turns.resume()
    expect(isFlowing()).toBe(true)
    await nextRound()
    expect(log).toEqual(['a2048', 'a5000', 'a end'])
  })

  it('stops an upstream that sends more than waits may', async () => {
    const { read, isFlowing, log } = answerOf('a')
    read(2048, 60_000)
    expect(isFlowing()).toBe(true)
    read(8000)
    expect(isFlowing()).toBe(false)
    await nextRound()
    expect(log).toEqual(['a2048', 'a68000'])
    expect(isFlowing()).toBe(true)
  })

  it('gives nothing to a client that has gone', async () => {
    const { read, end, turns, log, isCancelled } = answerOf('a')
    read(2048, 5000)
    turns.cancel()
    end()
    await nextRound()
    expect(log).toEqual(['a2048'])
    expect(isCancelled()).toBe(true)
  })

  it('gives the others their turns where one cannot take what it is given', async () => {
    const log: string[] = []
    const broken = answerOf('a', [])
    const others = Array.from({ length: 3 }, () => answerOf('b', log))
    broken.log.push = () => {
      broken.log.length = 0
      throw new Error('gone')
    }
    const rounds: (() => void)[] = []
    await nextRound()
    vi.stubGlobal('setImmediate', (round: () => void) => void rounds.push(round))
    try {
      expect(() => broken.read(2048)).toThrow('gone')
      broken.read(5000)
      for (const other of others) other.read(2048, 5000)
      await nextTick()
      expect(rounds.shift()).toThrow('gone')
      expect(log.splice(0)).toEqual(['b2048', 'b2048', 'b2048'])
      rounds.shift()!()
      expect(log).toEqual(['b5000', 'b5000', 'b5000'])
    } finally {
      vi.unstubAllGlobals()
    }
  })
})
