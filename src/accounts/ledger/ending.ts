import { STATUS } from '../../core/failure.ts'
import type { Ending } from '../../router/outcome.ts'

/** How an answer ended of which nothing is known but its status. */
export const endingOf = (status: number): Ending => ({
  how: status === STATUS.cancelled ? 'cancelled' : status >= 400 ? 'error' : 'complete',
})
