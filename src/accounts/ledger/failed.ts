import type { ExchangeRecord } from './record.ts'

/** Whether a request came to nothing, or broke off. A client that went away is nobody's failure. */
export const isFailed = ({ ended, failure, status }: Pick<ExchangeRecord, 'ended' | 'failure' | 'status'>): boolean =>
  ended !== 'cancelled' && (failure !== undefined || status >= 400 || ended === 'error' || ended === 'truncated')
