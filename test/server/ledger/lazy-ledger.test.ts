/** A ledger that cannot be loaded for a while: there may be no file left to open. */
import { expect, test, vi } from 'vitest'
import { createRedactor } from '../../../src/server/log/redact.ts'
import { openLog } from '../../../src/server/log/log.ts'
import { serverLedger } from '../../../src/server/ledger/lazy-ledger.ts'

const machine = vi.hoisted(() => ({ isShort: true }))
vi.mock(import('../../../src/accounts/ledger/ledger.ts'), async (load) => {
  const real = await load()
  return {
    ...real,
    createLedger(options) {
      if (machine.isShort) throw new Error('EMFILE: too many open files')
      return real.createLedger(options)
    },
  }
})

const timers = new Set<() => void>()
const clock = {
  now: () => 0,
  after(_: number, run: () => void) {
    timers.add(run)
    return () => void timers.delete(run)
  },
}
const lines: string[] = []
const open = () =>
  serverLedger({
    ledger: { store: 'memory' },
    redact: createRedactor(),
    clock,
    log: openLog({ format: 'json', stream: { write: (line) => lines.push(line) } }),
  })
const ask = (ledger: ReturnType<typeof open>) =>
  ledger.watch(new Request('http://localhost/v1/messages', { method: 'POST' }))(Response.json({}))

test('is loaded by the next request', async () => {
  const ledger = open()
  machine.isShort = true
  ask(ledger)
  await vi.waitFor(() => expect(lines.join('')).toContain('EMFILE'), 10_000)
  machine.isShort = false
  ask(ledger)
  await vi.waitFor(async () => {
    await ledger.flush()
    expect(await ledger.store.list({})).toHaveLength(1)
  }, 10_000)
  await ledger.close()
})

test('keeps no server from ending', async () => {
  const ledger = open()
  machine.isShort = true
  ask(ledger)
  await expect(ledger.flush()).resolves.toBeUndefined()
  await expect(ledger.close()).resolves.toBeUndefined()
})

test('leaves nothing to be done when it is closed, also while it is loaded', async () => {
  const ledger = open()
  machine.isShort = true
  ask(ledger)
  await ledger.flush()
  machine.isShort = false
  ask(ledger)
  await ledger.close()
  expect(timers.size).toBe(0)
})
