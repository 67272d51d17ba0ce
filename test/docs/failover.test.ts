import { expect, test } from 'vitest'
import { DEFAULT_RETRY } from '../../src/router/budget.ts'
import { DEFAULT_TIMEOUTS } from '../../src/router/endpoint/timeouts.ts'
import { STRATEGIES } from '../../src/router/pool/balance-strategies.ts'
import { BREAKER_PRESETS } from '../../src/router/pool/breaker-options.ts'
import { readPage } from './blocks.ts'

/** The rows of the table whose first column has this title: what stands first, and what stands last. */
function table(title: string): Record<string, string> {
  const [, rows] = readPage('docs/failover.md').split(new RegExp(`^\\| ${title} .*\\n\\|[ |-]+\\n`, 'm'))
  const lines = rows!.split('\n\n')[0]!.trim().split('\n')
  const cells = lines.map((line) => line.split('|').map((cell) => cell.trim()))
  return Object.fromEntries(cells.map((row) => [row[1]!.replaceAll('`', ''), row.at(-2)!]))
}

const number = (ms: number) => String(ms).replace(/\B(?=(\d{3})+$)/g, ' ')

test('the page of failing over lists what there is', () => {
  expect(Object.keys(table('`strategy`'))).toEqual(Object.keys(STRATEGIES))
  expect(Object.keys(table('`breaker`')).slice(0, -2).sort()).toEqual(Object.keys(BREAKER_PRESETS).sort())
})

test('it tells the defaults as they are', () => {
  const { attempts, deadlineMs, waitMs } = table('`retry`')
  expect([attempts, deadlineMs, waitMs]).toEqual([DEFAULT_RETRY.attempts, DEFAULT_RETRY.deadlineMs, DEFAULT_RETRY.waitMs].map(number))
  expect(table('`timeouts` of an endpoint')).toEqual(
    Object.fromEntries(Object.entries(DEFAULT_TIMEOUTS).map(([name, ms]) => [name, number(ms)])),
  )
})
