import { expect, test } from 'vitest'
import { countText, durationText, moneyText, percentText, tokensText } from '../../../src/server/cli/amounts.ts'
import { tableOf, type Column } from '../../../src/server/cli/table.ts'

test.each([
  ['0', '$0'],
  ['0.42', '$0.42'],
  ['0.425', '$0.43'],
  ['12.344999', '$12.34'],
  ['0.99999', '$1.00'],
  ['1234567.891', '$1,234,567.89'],
  ['0.00421', '$0.0042'],
  ['0.0099999', '$0.0100'],
  ['0.01', '$0.01'],
  ['0.000000000001', '$0.0000000000010'],
  ['-2.5', '-$2.50'],
  // More than a floating-point number holds.
  ['123456789012345678.015', '$123,456,789,012,345,678.02'],
])('%s dollars are %s', (amount, text) => expect(moneyText(amount)).toBe(text))

test.each([
  [0, '0'],
  [950, '950'],
  [1000, '1.0k'],
  [12_345, '12.3k'],
  [123_456, '123k'],
  [999_499, '999k'],
  [999_500, '1.0M'],
  [4_560_000, '4.6M'],
  [7_000_000_000, '7.0G'],
])('%d tokens are %s', (count, text) => expect(tokensText(count)).toBe(text))

test('counts, parts, durations', () => {
  expect([0, 999, 1000, 1_234_567].map(countText)).toEqual(['0', '999', '1,000', '1,234,567'])
  expect([undefined, 0, 0.874, 1].map(percentText)).toEqual(['', '0%', '87%', '100%'])
  expect([0.4, 999, 1000, 59_900, 59_960, 125_000].map(durationText)).toEqual(['0ms', '999ms', '1.0s', '59.9s', '1m 0s', '2m 5s'])
})

interface Row {
  name: string
  count: number
  note?: string
}
const columns: readonly Column<Row>[] = [
  { title: 'NAME', is: 'name', text: ({ name }) => name },
  { title: 'COUNT', is: 'number', text: ({ count }) => String(count) },
  { title: 'NOTE', is: 'name', text: ({ note = '' }) => note },
]

test('a table has its numbers to the right, and no empty columns', () => {
  expect(
    tableOf(
      columns,
      [
        { name: 'a', count: 1 },
        { name: 'long-name', count: 123_456 },
      ],
      80,
    ),
  ).toEqual(['NAME        COUNT', 'a               1', 'long-name  123456'])
})

test('names are cut in the middle where a terminal is narrow, numbers never', () => {
  const rows = [{ name: 'claude-sonnet-4-5-20250929', count: 123_456, note: 'short' }]
  for (const width of [40, 36, 33]) {
    const lines = tableOf(columns, rows, width)
    expect(Math.max(...lines.map((line) => line.length))).toBe(width)
    expect(lines[1]).toMatch(/^claude\S*…\S*29 +123456 +short$/)
  }
  expect(tableOf(columns, rows, 10)[1]).toBe('clau…929  123456  short')
})

test('a name cannot do things to a terminal', () => {
  expect(tableOf(columns, [{ name: 'a\u001B[2Jb\nc', count: 1 }], 80)[1]).toBe('a [2Jb c      1')
})
