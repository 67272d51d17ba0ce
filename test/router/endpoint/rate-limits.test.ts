import { describe, expect, it } from 'vitest'
import { rateLimitHeaders } from '../../../src/router/endpoint/rate-limits.ts'

const now = Date.parse('2026-11-01T00:00:00Z')
const pass = (from: Record<string, string>, client: 'claude' | 'openai' | 'openai-responses' | 'gemini') =>
  rateLimitHeaders(new Headers(from), client, now)
const openai = {
  'x-ratelimit-limit-requests': '60',
  'x-ratelimit-remaining-requests': '59',
  'x-ratelimit-reset-requests': '6m0s',
  'x-ratelimit-remaining-tokens': '149984',
  'x-ratelimit-reset-tokens': '120ms',
}

describe('rateLimitHeaders', () => {
  it("tells a Claude client an OpenAI upstream's limits, durations as times", () => {
    expect(pass(openai, 'claude')).toEqual({
      'anthropic-ratelimit-requests-limit': '60',
      'anthropic-ratelimit-requests-remaining': '59',
      'anthropic-ratelimit-requests-reset': '2026-11-01T00:06:00Z',
      'anthropic-ratelimit-tokens-remaining': '149984',
      'anthropic-ratelimit-tokens-reset': '2026-11-01T00:00:00Z',
    })
  })
  it("tells an OpenAI client a Claude upstream's limits, times as durations", () => {
    const claude = {
      'anthropic-ratelimit-requests-limit': '50',
      'anthropic-ratelimit-requests-reset': '2026-11-01T01:01:01Z',
      'anthropic-ratelimit-input-tokens-remaining': '7',
      'anthropic-ratelimit-unified-status': 'allowed',
    }
    expect(pass(claude, 'openai')).toEqual({ 'x-ratelimit-limit-requests': '50', 'x-ratelimit-reset-requests': '1h1m1s' })
  })
  it('tells a Gemini client nothing, and makes nothing of what is no time', () => {
    expect(pass(openai, 'gemini')).toEqual({})
    expect(pass({ 'x-ratelimit-reset-tokens': 'soon' }, 'claude')).toEqual({})
  })
})
