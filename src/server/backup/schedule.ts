/**
 * Backups that a server makes by itself, every so often: not more often because it was restarted, and not by two processes at once.
 *
 * @module
 */
import type { Clock } from '../../core/clock.ts'
import { failureOf } from '../../core/failure.ts'
import type { Log } from '../log/log.ts'
import type { Backups } from './backups.ts'

export interface ScheduleOptions {
  backups: Pick<Backups, 'make' | 'last'>
  /** How often, in milliseconds, at the moment; nothing: not at all. */
  every(): number | undefined
  log: Log
  clock: Clock
}

export interface Schedule {
  /** What `every` says may have changed. */
  look(): void
  close(): void
}

/** A server has better things to do when it starts. */
const FIRST_MS = 60_000
/** Machines sleep, and timers have an end: the time is looked at this often. */
const LOOK_MS = 3_600_000
/** How long after a failure it is tried again, where the next one is not due before. */
const AGAIN_MS = 15 * 60_000

/** Begins at once. Nothing that goes wrong here leaves it: each try that fails is a line in the log. */
export function scheduleBackups({ backups, every, log, clock }: ScheduleOptions): Schedule {
  let notBefore = clock.now() + FIRST_MS
  let wait = () => {}
  let busy = false
  let again = false
  let closed = false

  /** A clock that was wrong when a backup was made must not put the next one off for years. */
  const past = (moment: number | undefined) => (moment !== undefined && moment <= clock.now() ? moment : undefined)
  const dueAt = async (span: number): Promise<number> => {
    const { made, tried, failure } = await backups.last()
    const afterFailure = failure === undefined ? undefined : past(tried)
    const afterBackup = past(made)
    if (afterFailure !== undefined) return Math.max(notBefore, afterFailure + Math.min(span, AGAIN_MS))
    return Math.max(notBefore, afterBackup === undefined ? 0 : afterBackup + span)
  }
  const make = async () => {
    try {
      const { file, size, files, removed } = await backups.make()
      log.info(`Backup made: ${file}.`, { bytes: size, files: files.length, removed: removed.length })
    } catch (error) {
      const { kind, message } = failureOf(error)
      notBefore = clock.now() + FIRST_MS
      if (kind === 'conflict') log.debug(`No backup now: ${message}`)
      else log.error(`The backup failed: ${message}`)
    }
  }
  const turn = async () => {
    const span = every()
    if (closed || span === undefined) return
    const due = await dueAt(span).catch(() => notBefore)
    if (due <= clock.now()) await make()
    const next = await dueAt(span).catch(() => clock.now() + AGAIN_MS)
    return Math.min(Math.max(next - clock.now(), 1000), LOOK_MS)
  }
  const look = async () => {
    wait()
    again = true
    if (busy) return
    busy = true
    let ms: number | undefined
    while (again && !closed) {
      again = false
      ms = await turn()
    }
    busy = false
    if (!closed && ms !== undefined) wait = clock.after(ms, () => void look())
  }
  void look()
  return {
    look: () => void look(),
    close() {
      closed = true
      wait()
    },
  }
}
