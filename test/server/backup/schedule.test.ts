import { expect, test } from 'vitest'
import { fail, failureOf } from '../../../src/core/failure.ts'
import type { LastBackup, MadeBackup } from '../../../src/server/backup/backups.ts'
import { scheduleBackups } from '../../../src/server/backup/schedule.ts'
import type { Log } from '../../../src/server/log/log.ts'
import { virtualClock } from '../../../src/testing/clock.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const START = Date.UTC(2026, 10, 21)

function setup({ every = DAY, last = {} }: { every?: number; last?: LastBackup } = {}) {
  const clock = virtualClock(START)
  const lines: string[] = []
  const line = (level: string) => (message: string) => void lines.push(`${level} ${message}`)
  const log: Log = {
    error: line('error'),
    warn: line('warn'),
    info: line('info'),
    debug: line('debug'),
    writes: () => true,
    close: async () => {},
  }
  const made: number[] = []
  const state = { every: every as number | undefined, last, outcome: (): void => {} }
  const schedule = scheduleBackups({
    clock,
    log,
    every: () => state.every,
    backups: {
      last: async () => state.last,
      make: async () => {
        made.push(clock.now() - START)
        try {
          state.outcome()
        } catch (error) {
          if (failureOf(error).kind !== 'conflict') state.last = { ...state.last, tried: clock.now(), failure: (error as Error).message }
          throw error
        }
        state.last = { made: clock.now(), tried: clock.now() }
        return { file: 'a.tar.gz', owner: 'a', at: 0, sealed: false, size: 1, files: [], removed: [] } satisfies MadeBackup
      },
    },
  })
  return { clock, lines, made, state, schedule }
}

test('the first comes after a minute, the others when they are due', async () => {
  const { clock, made, lines, schedule } = setup()
  await clock.advance(MINUTE - 1)
  expect(made).toEqual([])
  await clock.advance(3 * DAY)
  expect(made).toEqual([MINUTE, MINUTE + DAY, MINUTE + 2 * DAY])
  expect(lines).toEqual(Array.from({ length: 3 }, () => 'info Backup made: a.tar.gz.'))
  schedule.close()
  expect(clock.waiting).toBe(0)
})

test('a restart makes none before its time, and one that is overdue at once', async () => {
  const waits = setup({ last: { made: START - HOUR, tried: START - HOUR } })
  await waits.clock.advance(DAY)
  expect(waits.made).toEqual([DAY - HOUR])
  const late = setup({ last: { made: START - 9 * DAY, tried: START - 9 * DAY } })
  await late.clock.advance(HOUR)
  expect(late.made).toEqual([MINUTE])
})

test('a failure is one line, and tried again soon', async () => {
  const { clock, made, lines, state } = setup()
  state.outcome = () => fail({ kind: 'network', message: 'The server is gone.' })
  await clock.advance(40 * MINUTE)
  expect(made).toEqual([MINUTE, 16 * MINUTE, 31 * MINUTE])
  expect(lines).toEqual(Array.from({ length: 3 }, () => 'error The backup failed: The server is gone.'))
  state.outcome = () => {}
  await clock.advance(DAY)
  expect(made.slice(3)).toEqual([46 * MINUTE])
})

test('what another process is doing is not done twice', async () => {
  const { clock, made, lines, state } = setup({ last: { made: START - 2 * DAY } })
  state.outcome = () => {
    // The other one ends meanwhile.
    state.last = { made: clock.now() }
    fail({ kind: 'conflict', message: 'Another backup is under way.' })
  }
  await clock.advance(HOUR)
  expect(made).toEqual([MINUTE])
  expect(lines).toEqual(['debug No backup now: Another backup is under way.'])
})

test('months are longer than timers, and clocks may have been wrong', async () => {
  const months = setup({ every: 30 * DAY, last: { made: START } })
  await months.clock.advance(30 * DAY - 1)
  expect(months.made).toEqual([])
  await months.clock.advance(1)
  expect(months.made).toEqual([30 * DAY])
  const future = setup({ last: { made: START + 1000 * DAY } })
  await future.clock.advance(HOUR)
  expect(future.made).toEqual([MINUTE])
})

test('it follows the configuration, and ends', async () => {
  const { clock, made, state, schedule } = setup()
  state.every = undefined
  schedule.look()
  await clock.advance(3 * DAY)
  expect(made).toEqual([])
  expect(clock.waiting).toBe(0)
  state.every = HOUR
  schedule.look()
  await clock.advance(HOUR - 1)
  expect(made).toEqual([3 * DAY])
  schedule.close()
  await clock.advance(DAY)
  expect(made).toHaveLength(1)
  expect(clock.waiting).toBe(0)
})
