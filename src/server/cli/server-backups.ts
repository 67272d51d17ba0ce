/**
 * The backups of a server that runs: for its admin API, and by its schedule. Nothing of it is loaded before it is used.
 *
 * @module
 */
import { systemClock } from '../../core/clock.ts'
import type { Backups } from '../backup/backups.ts'
import type { Schedule } from '../backup/schedule.ts'
import type { Log } from '../log/log.ts'
import type { OpenBackupsOptions } from './open-backups.ts'

export interface ServerBackups extends Backups {
  /** Makes backups as often as the configuration says now. Called again where that may have changed. */
  schedule(): void
  end(): void
}

export function serverBackups(options: OpenBackupsOptions, log: Log): ServerBackups {
  let opening: Promise<Backups> | undefined
  const open = () => (opening ??= import('./open-backups.ts').then(({ openBackups }) => openBackups(options)))
  const backups: Backups = {
    make: async () => (await open()).make(),
    list: async () => (await open()).list(),
    restore: async (asked) => (await open()).restore(asked),
    last: async () => (await open()).last(),
    test: async () => (await open()).test(),
  }
  const every = () => (options.config().backup?.url === undefined ? undefined : options.config().backup?.every)
  let schedule: Promise<Schedule> | undefined
  let ended = false
  const begin = async (): Promise<Schedule> => {
    const { scheduleBackups } = await import('../backup/schedule.ts')
    return scheduleBackups({ backups, every: () => (ended ? undefined : every()), log, clock: systemClock })
  }
  return {
    ...backups,
    schedule() {
      if (schedule) void schedule.then(({ look }) => look())
      else if (every() !== undefined) schedule = begin()
    },
    end() {
      ended = true
      void schedule?.then(({ close }) => close())
    },
  }
}
