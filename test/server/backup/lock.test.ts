import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { withLock } from '../../../src/server/backup/lock.ts'
import { virtualClock } from '../../../src/testing/clock.ts'
import { folder } from '../config/folder.ts'

const NOON = Date.UTC(2026, 10, 21, 12)

test('one that a process with the same number left is nobody’s; one that this process holds is held', async () => {
  const place = folder()
  const path = join(place, 'lock')
  const clock = virtualClock(NOON)
  writeFileSync(path, JSON.stringify({ pid: process.pid, at: NOON }))
  await withLock(path, clock, async () => {
    await expect(withLock(path, clock, async () => 'both')).rejects.toThrow(`under way (process ${process.pid})`)
  })
  expect(readdirSync(place)).toEqual([])
})

test('one that another has taken meanwhile is left to that', async () => {
  const path = join(folder(), 'lock')
  await withLock(path, virtualClock(NOON), async () => writeFileSync(path, 'of another'))
  expect(readFileSync(path, 'utf8')).toBe('of another')
})

test('what fails leaves none', async () => {
  const place = folder()
  await expect(withLock(join(place, 'lock'), virtualClock(NOON), () => Promise.reject(new Error('no room')))).rejects.toThrow('no room')
  expect(readdirSync(place)).toEqual([])
})
