/**
 * One at a time, among all processes of this user on this machine.
 *
 * @module
 */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Clock } from '../../core/clock.ts'
import { fail } from '../../core/failure.ts'
import { isObject, tryParse } from '../../core/json.ts'

/** Numbers of processes are used again: what is older than this is nobody's. */
const STALE_MS = 6 * 3_600_000

/**
 * Does `run` while this process holds the lock, which one that died leaves to the next.
 *
 * @throws FailureError of the kind `conflict` where somebody else holds it
 */
export async function withLock<T>(path: string, clock: Clock, run: () => Promise<T>): Promise<T> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const take = () => writeFile(path, JSON.stringify({ pid: process.pid, at: clock.now() }), { flag: 'wx', mode: 0o600 })
  try {
    await take().catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error
      const held = tryParse(await readFile(path, 'utf8').catch(() => ''))
      const { pid, at } = isObject(held) ? held : {}
      if (typeof pid === 'number' && typeof at === 'number' && isAlive(pid) && clock.now() - at < STALE_MS)
        fail({ kind: 'conflict', message: `Another backup or restore is under way (process ${pid}). Try again when it has ended.` })
      await rm(path, { force: true })
      await take()
    })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST')
      fail({ kind: 'conflict', message: 'Another backup or restore has just begun. Try again when it has ended.' })
    throw error
  }
  try {
    return await run()
  } finally {
    await rm(path, { force: true })
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // It is somebody else's.
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
