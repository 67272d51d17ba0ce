import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createNameMap } from '../../src/core/names.ts'

const openai = { max: 64, pattern: /^[a-zA-Z0-9_-]{1,64}$/ }
const mistralId = { max: 9, pattern: /^[a-zA-Z0-9]{9}$/, exact: true }
const gemini = { max: 64, pattern: /^[a-zA-Z_][a-zA-Z0-9_.:-]{0,63}$/ }

describe('createNameMap', () => {
  it('leaves a legal name alone', () => expect(createNameMap(openai).fit('Bash')).toBe('Bash'))

  it('cuts a 70-character name to a legal one that leads back', () => {
    const name = `mcp__server__${'x'.repeat(57)}`
    const names = createNameMap(openai)
    const fitted = names.fit(name)
    expect(fitted).toMatch(openai.pattern)
    expect(names.restore(fitted)).toBe(name)
  })

  it.each([
    ['openai', openai],
    ['mistral', mistralId],
    ['gemini', gemini],
  ])('makes every name legal for %s, the same in each request, and finds the way back', (_, rule) => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ minLength: 1, maxLength: 200 }), { maxLength: 20 }), (list) => {
        const one = createNameMap(rule)
        const other = createNameMap(rule)
        for (const name of list) {
          expect(one.fit(name)).toMatch(rule.pattern)
          expect(one.fit(name)).toBe(other.fit(name))
          expect(one.restore(one.fit(name))).toBe(name)
        }
      }),
    )
  })

  it('restores a name that came back in another case, where only one fits', () => {
    const names = createNameMap(openai, ['Bash', 'read', 'READ'])
    expect(names.restore('bash')).toBe('Bash')
    expect(names.restore('Read')).toBe('Read')
    expect(names.restore('unknown')).toBe('unknown')
  })
})
