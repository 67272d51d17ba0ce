/** What the flags of `usage` ask the API. @module */
import type { Call } from './command.ts'
import type { Period } from '../usage/moments.ts'
import { localMoment, localSpan } from './local-time.ts'
import type { UsageView } from './open-usage.ts'

/** Parameters where the flags say nothing. */
export type When = Readonly<Record<string, string> & { period?: Period }>

const ASKED = ['model', 'endpoint', 'tenant', 'session', 'agent', 'status', 'from', 'to', 'by', 'every', 'order', 'limit']

/** The flags, as the API takes them; it refuses what makes no sense together. Days are those of this machine. */
export function queryOf({ flags }: Call, { zone }: UsageView, when: When = {}): URLSearchParams {
  const given = Object.fromEntries(ASKED.flatMap((name): [string, string][] => (flags[name] === undefined ? [] : [[name, flags[name]]])))
  const span = { ...(given.from && { from: localMoment(given.from, 'begin') }), ...(given.to && { to: localMoment(given.to, 'end') }) }
  return new URLSearchParams({ ...spelled(when, Object.keys(span).length > 0), ...given, ...span, zone: String(zone) })
}

/** A period as its moments, but beside others, which is refused. */
function spelled({ period, ...more }: When, isBeside: boolean): Record<string, string> {
  if (period === undefined || period === 'all' || isBeside) return { ...more, ...(period !== undefined && { period }) }
  const { from, to } = localSpan(period, Date.now())
  return { ...more, from: String(from), to: String(to) }
}
