import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Opaque } from '../../src/core/chat.ts'
import { ENVELOPE_PREFIX, openOpaque, opaqueForClient, opaqueFromClient, sealOpaque } from '../../src/core/envelope.ts'

const opaque = fc.record(
  {
    by: fc.constantFrom<Opaque['by']>('claude', 'openai', 'openai-responses', 'gemini'),
    origin: fc.string(),
    form: fc.string(),
    id: fc.string(),
    data: fc.string({ unit: 'grapheme' }),
  },
  { requiredKeys: ['by', 'data'] },
)

describe('envelope', () => {
  it('gives back what was sealed, byte for byte', () => {
    fc.assert(
      fc.property(opaque, (value) => {
        expect(openOpaque(sealOpaque(value))).toEqual(value)
      }),
    )
  })

  it('is valid base64url without padding, which Gemini clients decode', () => {
    fc.assert(
      fc.property(opaque, (value) => {
        const sealed = sealOpaque(value)
        expect(sealed).toMatch(/^ccr1[A-Za-z0-9_-]*$/)
        expect(sealed.length % 4).toBe(0)
      }),
    )
  })

  it('refuses what was changed on the way', () => {
    const sealed = sealOpaque({ by: 'gemini', data: 'signature' })
    for (const damaged of [sealed.slice(0, -3), `${ENVELOPE_PREFIX}!!!`, ENVELOPE_PREFIX, `${ENVELOPE_PREFIX}e30`])
      expect(openOpaque(damaged)).toBeUndefined()
    expect(opaqueFromClient(`${ENVELOPE_PREFIX}!!!`, 'claude')).toBeUndefined()
  })

  it("leaves a provider's own data as it is for its own clients", () => {
    expect(opaqueForClient({ by: 'claude', data: 'EqQB' }, 'claude')).toBe('EqQB')
    expect(opaqueFromClient('EqQB', 'claude', 'signature')).toEqual({ by: 'claude', form: 'signature', data: 'EqQB' })
    expect(opaqueFromClient(opaqueForClient({ by: 'gemini', data: 'x' }, 'claude'), 'claude')).toEqual({ by: 'gemini', data: 'x' })
  })
})
