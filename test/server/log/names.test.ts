import { expect, test } from 'vitest'
import { jsonLine } from '../../../src/server/log/format.ts'

test('no field takes the place of another', () => {
  const fields = { time: 'a', time_: 'b', 'x\u0007': 'c', x: 'd' }
  const line = jsonLine({ time: 0, level: 'info', message: 'm', fields }, (text) => text)
  expect(Object.values(JSON.parse(line) as object).slice(3)).toEqual(['a', 'b', 'c', 'd'])
})
