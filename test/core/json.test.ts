import { describe, expect, it } from 'vitest'
import { isFailureError } from '../../src/core/failure.ts'
import { fieldName, optional, pointer, readArray, readString, restOf } from '../../src/core/json.ts'
import { createNotes, noteForeignExtras } from '../../src/core/notice.ts'
import { estimateInput, estimateTokens } from '../../src/core/tokens.ts'

describe('readers', () => {
  it('name the field, what is expected and what came', () => {
    try {
      readString(5, '/messages/0/content')
      expect.unreachable()
    } catch (error) {
      expect(isFailureError(error) && error.failure).toMatchObject({
        kind: 'invalid-request',
        status: 400,
        message: 'messages[0].content: expected a string, got a number',
      })
    }
    expect(() => readArray(null, '/tools')).toThrow('tools: expected an array, got null')
  })
  it('take null for absent where a field is optional', () => {
    expect(optional(readString, null, '/x')).toBeUndefined()
    expect(() => optional(readString, 1, '/x')).toThrow()
  })
  it('write pointers as people write paths', () => {
    expect(pointer('/a', 'b/c~d')).toBe('/a/b~1c~0d')
    expect(fieldName('/tools/1/input_schema/a~1b')).toBe('tools[1].input_schema.a/b')
  })
  it('collect unknown fields', () => {
    const known = new Set(['a'])
    expect(restOf({ a: 1 }, known)).toBeUndefined()
    expect(restOf({ a: 1, b: 2, c: undefined }, known)).toEqual({ b: 2 })
  })
})

describe('notices', () => {
  it("point into the source by the source's own names", () => {
    const notes = createNotes('request', { topK: 'generationConfig/topK' })
    notes.dropped({ at: '' }, 'topK', 'r')
    notes.approximated({ at: '/messages/0' }, undefined, 'r')
    expect(notes.list.map((n) => n.path)).toEqual(['/generationConfig/topK', '/messages/0'])
  })
  it('tell of every field that only the source protocol knows, wherever it stands', () => {
    const notes = createNotes('request', {})
    const extra = { claude: { x: 1, none: null } }
    noteForeignExtras(
      {
        stream: false,
        at: '',
        extra,
        system: [{ type: 'text', text: '', at: '/system/0', extra }],
        messages: [
          {
            role: 'user',
            at: '/messages/0',
            parts: [
              {
                type: 'tool-result',
                callId: '',
                at: '/messages/0/content/0',
                parts: [{ type: 'text', text: '', at: '/messages/0/content/0/content/0', extra }],
              },
            ],
          },
        ],
        tools: [{ type: 'function', name: '', at: '/tools/0', extra }],
      },
      'openai',
      notes,
    )
    expect(notes.list.map((n) => n.path)).toEqual(['/x', '/system/0/x', '/messages/0/content/0/content/0/x', '/tools/0/x'])
    const own = createNotes('request', {})
    noteForeignExtras({ stream: false, at: '', extra, system: [], messages: [], tools: [] }, 'claude', own)
    expect(own.list).toEqual([])
  })
})

describe('estimateTokens', () => {
  it('is near a real tokenizer on English and on Chinese', () => {
    expect(estimateTokens('The quick brown fox jumps over the lazy dog. '.repeat(100))).toBeGreaterThan(900)
    expect(estimateTokens('The quick brown fox jumps over the lazy dog. '.repeat(100))).toBeLessThan(1400)
    expect(estimateTokens('快速的棕色狐狸跳过懒狗。'.repeat(100))).toBeGreaterThan(600)
    expect(estimateTokens('')).toBe(0)
  })
  it('is never 0 for a request', () => expect(estimateInput({ stream: false, system: [], messages: [], tools: [] })).toBeGreaterThan(0))
})
