import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createFold, unfold } from '../../src/core/fold.ts'
import type { Reply, StreamEvent } from '../../src/core/reply.ts'
import { createSequencer } from '../../src/core/sequence.ts'

const start = (index: number): StreamEvent => ({ type: 'part-start', index, part: { type: 'tool-call', id: `c${index}`, name: 'f' } })
const delta = (index: number, text: string): StreamEvent => ({ type: 'delta', index, text })
const end = (index: number): StreamEvent => ({ type: 'part-end', index })
const finish: StreamEvent = { type: 'finish', stop: { reason: 'end' } }

function sequenced(events: StreamEvent[]): StreamEvent[] {
  const out: StreamEvent[] = []
  const emit = createSequencer((event) => out.push(event))
  events.forEach(emit)
  return out
}

describe('createSequencer', () => {
  it('passes a stream on at once that does not interleave', () => {
    const events = [start(0), delta(0, 'a'), end(0), start(1), delta(1, 'b'), end(1), finish]
    expect(sequenced(events)).toEqual(events)
  })

  it('holds a part back until the one before it is closed', () => {
    const out = sequenced([start(0), delta(0, 'a'), start(1), delta(1, 'x'), delta(0, 'b'), end(1), end(0), finish])
    expect(out).toEqual([start(0), delta(0, 'a'), delta(0, 'b'), end(0), start(1), delta(1, 'x'), end(1), finish])
  })

  it('lets a waiting part stream once it is its turn', () => {
    const out: StreamEvent[] = []
    const emit = createSequencer((event) => out.push(event))
    for (const event of [start(0), start(1), delta(1, 'x'), end(0)]) emit(event)
    expect(out).toEqual([start(0), end(0), start(1), delta(1, 'x')])
    emit(delta(1, 'y'))
    expect(out.at(-1)).toEqual(delta(1, 'y'))
  })

  it('never has two parts open, keeps each part whole, however parts interleave', () => {
    const plan = fc.array(fc.tuple(fc.nat(4), fc.string({ minLength: 1, maxLength: 3 })), { maxLength: 30 })
    fc.assert(
      fc.property(plan, (steps) => {
        const opened = [...new Set(steps.map(([part]) => part))]
        const indexOf = (part: number) => opened.indexOf(part)
        const seen = new Set<number>()
        const events: StreamEvent[] = []
        for (const [part, text] of steps) {
          if (!seen.has(part)) events.push(start(indexOf(part)))
          seen.add(part)
          events.push(delta(indexOf(part), text))
        }
        events.push(...opened.map((_, index) => end(index)), finish)
        let open = -1
        for (const event of sequenced(events)) {
          if (event.type === 'part-start') {
            expect(open).toBe(-1)
            open = event.index
          } else if (event.type === 'delta') expect(event.index).toBe(open)
          else if (event.type === 'part-end') open = -1
        }
        const folded = (list: StreamEvent[]) => {
          const fold = createFold()
          list.forEach(fold.emit)
          return fold.reply()
        }
        expect(folded(sequenced(events))).toEqual(folded(events))
      }),
    )
  })
})

describe('fold and unfold', () => {
  it('are each other’s inverse', () => {
    const reply: Reply = {
      id: 'r',
      model: 'm',
      created: 1,
      parts: [
        { type: 'reasoning', text: 'hm', opaque: { by: 'claude', data: 's' } },
        { type: 'text', text: 'hello', citations: [{ url: 'https://example.com' }] },
        { type: 'tool-call', id: 'c', name: 'f', json: '{"a":1}' },
      ],
      stop: { reason: 'tool-calls' },
      usage: { input: 1, output: 2 },
    }
    const fold = createFold()
    unfold(reply, fold.emit)
    expect(fold.reply()).toEqual(reply)
  })

  it('does not take a stream without an end for an answer', () => {
    const fold = createFold()
    fold.emit({ type: 'start' })
    expect(() => fold.reply()).toThrow(/before the answer was complete/)
  })
})
