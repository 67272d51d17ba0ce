import { describe, expect, it } from 'vitest'
import { readText, sourceOf, streamOf, type ByteSink, type ByteSource } from '../../src/core/byte-source.ts'
import { respondWith, takeSource } from '../../src/core/respond.ts'

/** A source driven by hand. */
function manual() {
  let sink: ByteSink | undefined
  const calls: string[] = []
  const source: ByteSource = {
    start: (to) => void (sink = to),
    pause: () => void calls.push('pause'),
    resume: () => void calls.push('resume'),
    cancel: () => void calls.push('cancel'),
  }
  return {
    source,
    calls,
    get sink() {
      return sink!
    },
  }
}

describe('streamOf', () => {
  it('lets nothing flow before somebody reads, and asks for more as they do', async () => {
    const hand = manual()
    const reader = streamOf(hand.source).getReader()
    expect(hand.sink).toBeUndefined()
    const first = reader.read()
    await Promise.resolve()
    hand.sink.write('a')
    expect(new TextDecoder().decode((await first).value)).toBe('a')
    expect(hand.calls).toContain('pause')
    const second = reader.read()
    hand.sink.write('b')
    expect(new TextDecoder().decode((await second).value)).toBe('b')
    expect(hand.calls).toContain('resume')
    hand.sink.end()
    expect((await reader.read()).done).toBe(true)
  })

  it('breaks where the source fails', async () => {
    const hand = manual()
    const reader = streamOf(hand.source).getReader()
    const read = reader.read()
    await Promise.resolve()
    hand.sink.fail(new Error('cut'))
    await expect(read).rejects.toThrow('cut')
  })

  it('cancels the source', async () => {
    const hand = manual()
    await streamOf(hand.source).cancel()
    expect(hand.calls).toEqual(['cancel'])
  })
})

describe('sourceOf', () => {
  it('reads a stream to its end', async () => {
    const source = sourceOf(new Response('hello').body!)
    expect(
      await readText(source, 100, () => {
        throw new Error('too large')
      }),
    ).toBe('hello')
  })

  it('refuses more than it may read', async () => {
    const source = sourceOf(new Response('hello').body!)
    await expect(
      readText(source, 3, () => {
        throw new Error('too large')
      }),
    ).rejects.toThrow('too large')
  })

  it('passes an error on', async () => {
    const source = sourceOf(new ReadableStream({ pull: () => Promise.reject(new Error('cut')) }))
    await expect(
      readText(source, 3, () => {
        throw new Error('too large')
      }),
    ).rejects.toThrow('cut')
  })
})

describe('respondWith', () => {
  it('gives the source to whoever takes it, and a stream to everybody else', async () => {
    const hand = manual()
    expect(takeSource(respondWith(hand.source, {}))).toBe(hand.source)
    const response = respondWith(hand.source, { status: 201 })
    const text = response.text()
    await new Promise((resolve) => setTimeout(resolve))
    hand.sink.write('all')
    hand.sink.end()
    expect([response.status, await text]).toEqual([201, 'all'])
  })
})
