import { createAttachment } from '../core/attachment.ts'
import { presenceBy, type Presence } from '../core/presence.ts'

const presences = createAttachment<Request, Presence>('presence')

/** Tells of a request's client in a cheaper way than its signal does. */
export const attachPresence = (request: Request, presence: Presence): void => presences.set(request, presence)

/** Whether a request's client still waits. */
export const presenceOf = (request: Request): Presence => presences.get(request) ?? presenceBy(request.signal)
