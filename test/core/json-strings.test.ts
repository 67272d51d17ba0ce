import { describe, expect, it } from 'vitest'
import { escaped, stringBetween } from '../../src/core/json-strings.ts'

describe('texts', () => {
  it('are escaped as JSON escapes them, whatever they hold', () => {
    const others = ['', 'plain', '\ud83d\ude42', '\ude42\ud83d', '"', '\\'].map((text) => [text, JSON.stringify(text)] as const)
    for (const [text, json] of others) expect(`"${escaped(text)}"`).toBe(json)
    const wrong = Array.from({ length: 0x1_00_00 }, (_, code) => `a${String.fromCharCode(code)}b`).filter(
      (text) => `"${escaped(text)}"` !== JSON.stringify(text),
    )
    expect(wrong).toEqual([])
  })
  it('are read from between their quotes, and written again as they were meant', () => {
    const texts = [
      '',
      'short',
      'long enough to be read',
      'a "quoted" word or two',
      'ends in \\',
      'tab\tand \u0001, some more',
      '🙂 and wide → ones',
    ]
    for (const text of [...texts, ...texts]) {
      for (const json of [JSON.stringify(text), JSON.stringify(text).replace('a', '\\u0061')]) {
        expect(stringBetween(`{"x":${json}}`, 6, 4 + json.length)).toBe(text)
        expect(`"${escaped(text)}"`).toBe(JSON.stringify(text))
      }
    }
  })
  it('are none where no JSON stands between the quotes', () => {
    for (const text of ['a\tb', 'longer than that\n', 'half an escape, \\u00'])
      expect(stringBetween(`"${text}"`, 1, 1 + text.length)).toBeUndefined()
  })
})
