import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { fitUser } from '../../src/core/user-id.ts'

describe("the client's user", () => {
  it('stays as it is where it fits', () => {
    expect(fitUser('u'.repeat(64), { max: 64 })).toBe('u'.repeat(64))
  })
  it('is its SHA-256 where it is too long, or too short', () => {
    const user = `{"device_id":"${'a'.repeat(64)}","session_id":"ü"}`
    expect(fitUser(user, { max: 64 })).toBe(createHash('sha256').update(user).digest('hex'))
    expect(fitUser(user, { max: 40 })).toHaveLength(40)
    expect(fitUser('ab', { max: 128, min: 6 })).toBe(createHash('sha256').update('ab').digest('hex'))
  })
  it('is another one for another user, though they end in the same words', () => {
    const users = Array.from({ length: 2000 }, (_, i) => fitUser(`${i}${'x'.repeat(200)}`, { max: 64 }))
    expect(new Set(users).size).toBe(users.length)
  })
})
