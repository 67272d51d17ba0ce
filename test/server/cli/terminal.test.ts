import { afterEach, expect, test, vi } from 'vitest'
import { columns, painter } from '../../../src/server/cli/terminal.ts'

afterEach(() => void vi.unstubAllEnvs())

test.each([
  [{ isTTY: true }, {}, '\u001B[31mx\u001B[0m'],
  [{ isTTY: true }, { NO_COLOR: '1' }, 'x'],
  [{ isTTY: true }, { TERM: 'dumb' }, 'x'],
  [{}, {}, 'x'],
])('%j with %j', (stream, env, text) => {
  for (const [name, value] of Object.entries({ NO_COLOR: '', TERM: 'xterm', ...env })) vi.stubEnv(name, value)
  expect(painter(stream)('x', 'red')).toBe(text)
})

test('columns', () => {
  expect(
    columns([
      ['a', 'bb', ''],
      ['ccc', 'd'],
    ]),
  ).toEqual(['a    bb', 'ccc  d'])
})
