/**
 * Where the user is, as all providers that search the web are told it.
 *
 * @module
 */
import type { JsonObject } from './json.ts'

/** Approximately. `country`: ISO 3166, `timezone`: IANA. */
export interface UserLocation {
  city?: string
  region?: string
  country?: string
  timezone?: string
}

const FIELDS = ['city', 'region', 'country', 'timezone'] as const

/** What a wire object tells of it; what is no text is left out. */
export function locationIn(wire: JsonObject | undefined): UserLocation {
  const place: UserLocation = {}
  for (const field of FIELDS) {
    const told = wire?.[field]
    if (typeof told === 'string') place[field] = told
  }
  return place
}
