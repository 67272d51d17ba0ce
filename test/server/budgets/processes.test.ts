/** What only processes can show: that several hold one budget together, and that one may be killed while it spends. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { formatMoney } from '../../../src/accounts/index.ts'
import { openSqliteBudgets } from '../../../src/server/budgets/sqlite-store.ts'
import { systemClock } from '../../../src/core/clock.ts'
import { budgetWorld } from '../../accounts/budgets/world.ts'
import { buildProgram, type Program } from '../build-program.ts'
import { folder } from '../config/folder.ts'

let spender: Program
beforeAll(async () => void (spender = await buildProgram('spender', new URL('spender.ts', import.meta.url))), 60_000)
afterAll(() => spender.remove())

const LIMIT = budgetWorld({ clock: systemClock, random: Math.random }).usualCost * 100n
const COUNTER = { name: 'everybody usd/total', from: 0, until: Infinity }

function spend(path: string, seed: number, clients: number) {
  const child = spawn(process.execPath, [spender.script, path, `${seed}`, `${clients}`, formatMoney(LIMIT)], {
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const lines: string[] = []
  const waiting = new Set<() => void>()
  let rest = ''
  let errors = ''
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()))
  child.stdout.on('data', (chunk: Buffer) => {
    const parts = (rest + chunk.toString()).split('\n')
    rest = parts.pop()!
    lines.push(...parts)
    for (const look of waiting) look()
  })
  const ended = new Promise<void>((resolve, reject) =>
    child.once('close', (code) => (code ? reject(new Error(`a spender ended with ${code}: ${errors}`)) : resolve())),
  )
  ended.catch(() => {})
  const says = (word: string, times: number) =>
    new Promise<void>((resolve, reject) => {
      const look = () => lines.filter((line) => line.startsWith(word)).length >= times && resolve()
      waiting.add(look)
      look()
      ended.then(() => reject(new Error(`it ended before it said "${word}" so often`)), reject)
    })
  const begin = () => void child.stdin.write('go')
  return { child, lines, ended, says, begin }
}

/** What the providers bill: of calls whose process was killed all that they were asked for, as nobody told them to stop. */
function bills(lines: readonly string[]) {
  const calls = new Map<string, bigint>()
  let dearest = 0n
  for (const [what, call, amount] of lines.map((line) => line.split(' '))) {
    if (what === 'asked' || what === 'billed') calls.set(call!, BigInt(amount!))
    if (what === 'asked' && BigInt(amount!) > dearest) dearest = BigInt(amount!)
  }
  return { billed: [...calls.values()].reduce((sum, amount) => sum + amount, 0n), dearest }
}

async function expectHeld(path: string, lines: readonly string[]) {
  const store = await openSqliteBudgets(path)
  const [{ spent, held }] = (await store.tallies([COUNTER])) as [{ spent: bigint; held: bigint }]
  await store.close()
  const { billed, dearest } = bills(lines)
  const told = `billed $${formatMoney(billed)}, charged $${formatMoney(spent)} of $${formatMoney(LIMIT)}; dearest $${formatMoney(dearest)}`
  expect(lines.filter((line) => line.startsWith('error'))).toEqual([])
  expect(held, told).toBe(0n)
  expect(billed <= LIMIT + dearest, told).toBe(true)
  expect(spent >= billed, told).toBe(true)
  // On a busy machine clients give up before all of it is used; most of it is.
  expect(spent > LIMIT / 2n, told).toBe(true)
  expect(billed > LIMIT / 4n, told).toBe(true)
}

test('three processes with a thousand requests spend one budget together, and no more', async () => {
  const path = join(folder(), 'budgets.db')
  const spenders = [1, 2, 3].map((seed) => spend(path, seed, 334))
  await Promise.all(spenders.map(({ says }) => says('open', 1)))
  for (const { begin } of spenders) begin()
  await Promise.all(spenders.map(({ ended }) => ended))
  for (const { lines } of spenders) expect(lines.filter((line) => line.startsWith('billed')).length).toBeGreaterThan(0)
  await expectHeld(
    path,
    spenders.flatMap(({ lines }) => lines),
  )
}, 120_000)

test('what a process that is killed has taken counts for the next one', async () => {
  const path = join(folder(), 'budgets.db')
  const killed = spend(path, 4, 1000)
  killed.begin()
  await killed.says('billed', 8)
  killed.child.kill('SIGKILL')
  await killed.ended.catch(() => {})
  const before = await openSqliteBudgets(path)
  const [{ spent, held }] = (await before.tallies([COUNTER])) as [{ spent: bigint; held: bigint }]
  await before.close()
  expect([spent > 0n, held > 0n]).toEqual([true, true])
  const next = spend(path, 5, 1000)
  next.begin()
  await next.ended
  await expectHeld(path, [...killed.lines, ...next.lines])
}, 120_000)
