import { describe, expect, test } from 'vitest'
import { wantedWords, wordsOf } from '../../../src/accounts/ledger/words.ts'

/** Whether a question finds a text. */
const finds = (question: string, text: string) => {
  const words = wordsOf(text)
  return wantedWords(question).every((word) => words.has(word))
}

describe('a question finds', () => {
  test.each([
    ['a word in any case', 'HELLO', 'Well, hello there.'],
    ['words in any order', 'there hello', 'Well, hello there.'],
    ['letters beyond ASCII', 'ÉCOLE straße', 'L’école de la Straße'],
    ['digits', '404', 'status=404;'],
    ['what stands in JSON', 'second "quoted"', JSON.stringify({ text: 'first\nsecond\t"quoted"' })],
    ['what stands in JSON within JSON', 'second', JSON.stringify({ arguments: JSON.stringify({ text: 'first\nsecond' }) })],
    ['what JSON has as codes', '世界 naïve', '{"text":"\\u4e16\\u754c na\\u00efve"}'],
    ['folders of Windows', 'new readme', 'C:\\new\\readme.txt'],
    ['a part of a sentence without spaces', '数据', '请把数据库备份一下'],
    ['a single character of one', '库', '请把数据库备份一下'],
    ['a name amid such a sentence', 'gpt 回答', '用gpt6和GPT回答'],
    ['kana', 'テスト', 'これはテストです'],
    ['long words by their begin', 'x'.repeat(100), `a ${'x'.repeat(200)} b`],
    ['anything, where it asks for nothing', ' !?', 'Well, hello there.'],
  ])('%s', (_, question, text) => expect(finds(question, text)).toBe(true))
})

describe('a question does not find', () => {
  test.each([
    ['parts of words', 'hell', 'Well, hello there.'],
    ['one of two words', 'hello here', 'Well, hello there.'],
    ['characters that are no neighbours', '据数', '请把数据库备份一下'],
  ])('%s', (_, question, text) => expect(finds(question, text)).toBe(false))
})

test('each word is there once, however often it was said', () => expect([...wordsOf('a b a B A')]).toEqual(['a', 'b']))
