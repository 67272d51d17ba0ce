/**
 * What a fetch of this library knows besides: when the connection of a call stands, so that an upstream that cannot be reached is told apart from
 * one that thinks; and how to stop the call without a signal, whose making and listening costs a tenth of a small request.
 *
 * @module
 */
import { createAttachment } from '../../core/attachment.ts'
import type { Fetch } from '../fetch.ts'

/** One call, as both sides of it see it. */
export interface Attendance {
  /** The connection stands. */
  connected(): void
  /** Ends the call. The fetch sets it; until then `stopped` says that it is not to begin. */
  stop(reason: unknown): void
  stopped?: { reason: unknown }
}

const attending = new WeakSet<Fetch>()
const attendances = createAttachment<object, Attendance>('attendance')

/** Marks a fetch that looks for the {@link attendanceOf} the `init` it is given. */
export function attends<F extends Fetch>(fetch: F): F {
  attending.add(fetch)
  return fetch
}

/** Attends the call that is going to be made with `init`. `undefined`: this fetch knows nothing besides. */
export function attend(fetch: Fetch, init: object, connected: () => void): Attendance | undefined {
  if (!attending.has(fetch)) return undefined
  const attendance: Attendance = { connected, stop: (reason) => void (attendance.stopped = { reason }) }
  attendances.set(init, attendance)
  return attendance
}

export const attendanceOf = (init: object | undefined): Attendance | undefined => (init ? attendances.get(init) : undefined)
