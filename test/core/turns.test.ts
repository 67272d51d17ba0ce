import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Message, Part } from '../../src/core/chat.ts'
import { createNotes } from '../../src/core/notice.ts'
import { arrangeTurns } from '../../src/core/turns.ts'

const text = (value: string): Part => ({ type: 'text', text: value })
const call = (id: string, name = 'f'): Part => ({ type: 'tool-call', id, name, input: {} })
const result = (callId: string, value = 'ok'): Part => ({ type: 'tool-result', callId, parts: [text(value)] })
const message = (role: Message['role'], ...parts: Part[]): Message => ({ role, parts })
const notes = () => createNotes('request', {})

/** A conversation in short: `a:call 1` … */
const brief = (messages: Message[]) =>
  messages.map(({ role, parts }) =>
    [
      role,
      ...parts.map((p) =>
        p.type === 'text'
          ? p.text
          : p.type === 'tool-call'
            ? `call ${p.id}`
            : p.type === 'tool-result'
              ? `result ${p.callId} ${p.parts.map((q) => (q.type === 'text' ? q.text : q.type)).join()}`
              : p.type,
      ),
    ].join('|'),
  )

describe('arrangeTurns', () => {
  it('moves results behind their calls, in call order, before the words of the same turn', () => {
    const arranged = arrangeTurns(
      [
        message('user', text('hi')),
        message('assistant', call('1'), call('2')),
        message('user', text('note'), result('2', 'b'), result('1', 'a')),
      ],
      notes(),
    )
    expect(brief(arranged)).toEqual(['user|hi', 'assistant|call 1|call 2', 'tool|result 1 a|result 2 b', 'user|note'])
  })

  it('gathers results from messages of their own and puts what stands between behind them', () => {
    const arranged = arrangeTurns(
      [
        message('assistant', call('1'), call('2')),
        message('tool', result('1')),
        message('system', text('note')),
        message('tool', result('2')),
      ],
      notes(),
    )
    expect(brief(arranged)).toEqual(['assistant|call 1|call 2', 'tool|result 1 ok|result 2 ok', 'system|note'])
  })

  it('merges consecutive assistant messages into one turn', () => {
    const arranged = arrangeTurns([message('assistant', text('a')), message('assistant', call('1')), message('tool', result('1'))], notes())
    expect(brief(arranged)).toEqual(['assistant|a|call 1', 'tool|result 1 ok'])
  })

  it('answers a call that has no result, and says so', () => {
    const noted = notes()
    const arranged = arrangeTurns([message('assistant', call('1')), message('user', text('never mind'))], noted)
    expect(brief(arranged)[1]).toMatch(/^tool\|result 1 \[no result/)
    expect(noted.list).toMatchObject([{ action: 'invented' }])
  })

  it('turns a result without a call into text, and says so', () => {
    const noted = notes()
    const arranged = arrangeTurns([message('user', text('hi')), message('tool', result('9', 'lost'))], noted)
    expect(brief(arranged)).toEqual(['user|hi', 'user|[result of the tool call 9]|lost'])
    expect(noted.list).toMatchObject([{ action: 'approximated' }])
  })

  it('makes ids unique that a provider counts from zero in each turn, and keeps the pairs', () => {
    const arranged = arrangeTurns(
      [
        message('assistant', call('call_0')),
        message('tool', result('call_0', 'a')),
        message('assistant', call('call_0')),
        message('tool', result('call_0', 'b')),
      ],
      notes(),
    )
    expect(brief(arranged)).toEqual(['assistant|call call_0', 'tool|result call_0 a', 'assistant|call call_0_2', 'tool|result call_0_2 b'])
  })

  it('pairs equal ids of one turn in order', () => {
    const arranged = arrangeTurns(
      [message('assistant', call('x'), call('x')), message('tool', result('x', 'a')), message('tool', result('x', 'b'))],
      notes(),
    )
    expect(brief(arranged)).toEqual(['assistant|call x|call x_2', 'tool|result x a|result x_2 b'])
  })

  it('lets the last of two results for one call count', () => {
    const noted = notes()
    const arranged = arrangeTurns(
      [message('assistant', call('1')), message('tool', result('1', 'old')), message('tool', result('1', 'new'))],
      noted,
    )
    expect(brief(arranged)).toEqual(['assistant|call 1', 'tool|result 1 new'])
    expect(noted.list).toMatchObject([{ action: 'dropped' }])
  })

  const part = fc.oneof(
    fc.string().map(text),
    fc.constantFrom('1', '2', '3').map((id) => call(id)),
    fc.constantFrom('1', '2', '3').map((id) => result(id)),
  )
  const conversation = fc.array(
    fc
      .record({ role: fc.constantFrom<Message['role']>('user', 'assistant', 'tool', 'system'), parts: fc.array(part, { maxLength: 4 }) })
      .map(({ role, parts }) => ({
        role,
        parts: parts.filter((p) =>
          role === 'assistant'
            ? p.type !== 'tool-result'
            : role === 'tool'
              ? p.type === 'tool-result'
              : role === 'user'
                ? p.type !== 'tool-call'
                : p.type === 'text',
        ),
      })),
    { maxLength: 8 },
  )
  it('always pairs each call with one result right behind it, and loses no word', () => {
    fc.assert(
      fc.property(conversation, (messages) => {
        const before = JSON.stringify(messages)
        const arranged = arrangeTurns(messages, notes())
        expect(JSON.stringify(messages)).toBe(before)
        const ids = arranged.flatMap((m) => m.parts.flatMap((p) => (p.type === 'tool-call' ? p.id : [])))
        expect(new Set(ids).size).toBe(ids.length)
        arranged.forEach((m, i) => {
          const calls = m.parts.flatMap((p) => (p.type === 'tool-call' ? p.id : []))
          const answers = m.parts.flatMap((p) => (p.type === 'tool-result' ? p.callId : []))
          if (calls.length) expect(arranged[i + 1]?.parts.map((p) => p.type === 'tool-result' && p.callId)).toEqual(calls)
          if (answers.length) expect(m.role).toBe('tool')
        })
        const words = (list: Message[]) =>
          list
            .flatMap((m) => m.parts.flatMap((p) => (p.type === 'text' ? p.text : [])))
            .filter((w) => w && !w.startsWith('[result of') && w !== 'ok')
        expect(words(arranged)).toEqual(words(messages))
      }),
    )
  })
})
