/**
 * One at a time, among all processes of this user on this machine.
 *
 * @module
 */
import { randomUUID } from 'node:crypto'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Clock } from '../../core/clock.ts'
import { fail } from '../../core/failure.ts'
import { objectOf, tryParse } from '../../core/json.ts'

/** Numbers of processes are used again: what is older than this is nobody's. */
const STALE_MS = 6 * 3_600_000

/** What this process holds, by path: in a container all processes that came before had its number, too. */
const held = new Map<string, { at: number }>()

/**
 * Does `run` while this process holds the lock, which one that died leaves to the next.
 *
 * @throws FailureError of the kind `conflict` where somebody else holds it
 */
export async function withLock<T>(path: string, clock: Clock, run: () => Promise<T>): Promise<T> {
  const lock = { at: clock.now() }
  const isNew = (at: number) => lock.at - at < STALE_MS
  const before = held.get(path)
  if (before && isNew(before.at)) refuse(process.pid)
  held.set(path, lock)
  const text = JSON.stringify({ pid: process.pid, ...lock, id: randomUUID() })
  const read = () => readFile(path, 'utf8').catch(() => '')
  const take = () => writeFile(path, text, { flag: 'wx', mode: 0o600 })
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    await take().catch(async (error: unknown) => {
      if (!isThere(error)) throw error
      const { pid, at } = objectOf(tryParse(await read())) ?? {}
      if (typeof pid === 'number' && typeof at === 'number' && pid !== process.pid && isAlive(pid) && isNew(at)) refuse(pid)
      await rm(path, { force: true })
      await take().catch((again: unknown) => {
        if (!isThere(again)) throw again
        fail({ kind: 'conflict', message: 'Another backup or restore has just begun. Try again when it has ended.' })
      })
    })
    return await run()
  } finally {
    // Somebody else may have taken it for one that was left behind.
    if ((await read()) === text) await rm(path, { force: true })
    if (held.get(path) === lock) held.delete(path)
  }
}

const isThere = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'EEXIST'

const refuse = (pid: number): never =>
  fail({ kind: 'conflict', message: `Another backup or restore is under way (process ${pid}). Try again when it has ended.` })

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // It is somebody else's.
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
