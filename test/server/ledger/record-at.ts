import type { ExchangeRecord } from '../../../src/accounts/ledger/record.ts'

export const RATES = { input: '3', output: '15', cacheRead: '0.3', cacheWrite: '3.75', cacheWriteLong: '6', from: 'data' } as const

/** A request that went well. */
export const recordAt = (at: number, fields: Partial<ExchangeRecord> = {}): ExchangeRecord => ({
  id: `r${at.toString(36).padStart(9, '0')}`,
  at,
  method: 'POST',
  path: '/v1/messages',
  protocol: 'claude',
  asked: 'claude-sonnet-5',
  served: 'claude-sonnet-5',
  endpoint: 'main',
  status: 200,
  firstByteMs: 120,
  firstTokenMs: 300,
  ms: 900,
  ended: 'complete',
  usage: { input: 10, output: 20 },
  cost: { amount: '0.00033', rates: RATES },
  notices: 0,
  attempts: [{ endpoint: 'main', model: 'claude-sonnet-5', reason: 'first', at, ms: 120, status: 200 }],
  ...fields,
})
