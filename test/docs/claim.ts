import { expect } from 'vitest'

/** Fails unless `actual` has what the page says of it. An object may have more fields than the page shows. */
export function claim(actual: unknown, said: unknown): void {
  if (typeof said === 'object' && said !== null && !Array.isArray(said)) expect(actual).toMatchObject(said)
  else expect(actual).toEqual(said)
}
