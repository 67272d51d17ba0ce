import { describe, expect, it } from 'vitest'
import { readDuration, retryAfterOf } from '../../../src/core/retry-after.ts'
import { NOW } from './bodies/case.ts'

const told = ({
  headers = {},
  body = {},
  message = '',
  limited = true,
}: {
  headers?: object
  body?: unknown
  message?: string
  limited?: boolean
}) => retryAfterOf({ headers: new Headers({ ...headers }), body, message, now: NOW, limited })
const seconds = (after: number) => String(NOW / 1000 + after)

describe('in headers', () => {
  it.each<[string, Record<string, string>, number | undefined]>([
    ['seconds', { 'retry-after': '7' }, 7],
    ['parts of seconds', { 'retry-after': '0.25' }, 0.25],
    ['a duration', { 'retry-after': '6m0s' }, 360],
    ['a date', { 'retry-after': 'Sat, 21 Nov 2026 12:00:30 GMT' }, 30],
    ['a date by the clock of who sent it', { 'retry-after': 'Sat, 21 Nov 2026 13:00:30 GMT', date: 'Sat, 21 Nov 2026 13:00:00 GMT' }, 30],
    ['seconds, whatever that clock says', { 'retry-after': '3600', date: 'Sat, 21 Nov 2026 13:00:00 GMT' }, 3600],
    ['a date that has passed', { 'retry-after': 'Sat, 21 Nov 2026 11:00:00 GMT' }, 0],
    ['milliseconds', { 'retry-after-ms': '1500' }, 1.5],
    ["Azure's milliseconds", { 'x-ms-retry-after-ms': '20000' }, 20],
    ['milliseconds before seconds', { 'retry-after-ms': '1500', 'retry-after': '2' }, 1.5],
    ['no time', { 'retry-after': 'soon', 'retry-after-ms': '' }, undefined],
    ['nothing', { 'retry-after': '' }, undefined],
    ['a number below zero', { 'retry-after': '-5' }, undefined],
  ])('%s', (_, headers, expected) => expect(told({ headers, limited: false })).toBe(expected))
})

describe('in windows', () => {
  it.each<[string, Record<string, string>, number | undefined]>([
    [
      'the one that is used up',
      { 'x-ratelimit-reset-requests': '1s', 'x-ratelimit-remaining-tokens': '0', 'x-ratelimit-reset-tokens': '6m0s' },
      360,
    ],
    ['the next that opens', { 'x-ratelimit-reset-requests': '1s', 'x-ratelimit-reset-tokens': '6m0s' }, 1],
    [
      'the last of those that are used up',
      {
        'x-ratelimit-remaining-requests': '0',
        'x-ratelimit-reset-requests': '59.5s',
        'x-ratelimit-remaining-tokens': '0',
        'x-ratelimit-reset-tokens': '120ms',
      },
      59.5,
    ],
    [
      'a date',
      {
        'anthropic-ratelimit-tokens-remaining': '0',
        'anthropic-ratelimit-tokens-reset': '2026-11-21T12:00:42Z',
        'anthropic-ratelimit-requests-remaining': '3',
        'anthropic-ratelimit-requests-reset': '2026-11-21T12:00:01Z',
      },
      42,
    ],
    [
      'seconds since 1970',
      {
        'anthropic-ratelimit-unified-status': 'rejected',
        'anthropic-ratelimit-unified-reset': seconds(90),
        'anthropic-ratelimit-unified-5h-reset': seconds(5),
      },
      90,
    ],
    ['seconds since 1970', { 'x-ratelimit-reset': seconds(30) }, 30],
    ['milliseconds since 1970', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(NOW + 30_000) }, 30],
    ['seconds from now', { 'ratelimit-remaining': '0', 'ratelimit-reset': '12' }, 12],
    ['no time', { 'x-ratelimit-reset-tokens': 'soon' }, undefined],
  ])('%s', (_, headers, expected) => {
    expect(told({ headers })).toBe(expected)
    expect(told({ headers, limited: false })).toBeUndefined()
    expect(told({ headers: { ...headers, 'retry-after': '3' } })).toBe(3)
  })
})

describe('in bodies', () => {
  it.each<[string, unknown, number | undefined]>([
    ['Google', { error: { details: [{ '@type': 'RetryInfo', retryDelay: '34.400000000s' }] } }, 34.4],
    ['Google, in a list', [{ error: { details: [{ retryDelay: '900ms' }] } }], 0.9],
    ['Google, a time', { error: { details: [{ metadata: { quotaResetTimeStamp: '2026-11-21T13:00:00Z' } }] } }, 3600],
    ['Google, from now', { error: { details: [{ metadata: { quotaResetDelay: '2h11m2.5s' } }] } }, 7862.5],
    ['OpenRouter', { error: { metadata: { headers: { 'X-RateLimit-Reset': String(NOW + 25_000) } } } }, 25],
    ['OpenRouter, a duration', { error: { metadata: { headers: { 'X-RateLimit-Reset': '2m' } } } }, 120],
    ['ChatGPT', { error: { resets_at: NOW / 1000 + 3600 } }, 3600],
    ['ChatGPT, from now', { error: { resets_in_seconds: 60 } }, 60],
    ['a gateway', { error: { reset_seconds: 17 } }, 17],
    ['a gateway, outside the error', { error: 'slow down', retry_after: 4 }, 4],
    ['no time', { error: { retry_after: { seconds: 4 }, resets_at: null } }, undefined],
    ['text', 'slow down', undefined],
  ])('%s', (_, body, expected) => expect(told({ body, limited: false })).toBe(expected))
})

describe('in words', () => {
  it.each<[string, number | undefined]>([
    ['Please try again in 1m2.5s. Visit https://example.test', 62.5],
    ['Please try again in 350ms.', 0.35],
    ['Please retry after 20 seconds.', 20],
    ['please try again after 1 seconds', 1],
    ['Please retry in 38.601658672s.', 38.602],
    ['Your quota will reset after 2h11m.', 7860],
    ['Try again in 3 days', 259_200],
    ['You will regain access on 2026-12-01 at 00:00 UTC.', 820_800],
    ['Please retry with 2 messages fewer', undefined],
    ['Please wait before trying again.', undefined],
    ['Your limit will reset at 2026-11-21 16:46:30', undefined],
  ])('%s', (message, expected) => {
    expect(told({ message })).toBe(expected)
    expect(told({ message, limited: false })).toBeUndefined()
  })
})

it.each([
  ['1h2m3.5s', 3723.5],
  ['120ms', 0.12],
  ['2 minutes', 120],
  ['59', 59],
  ['1d', 86_400],
  ['soon', undefined],
  ['1s soon', undefined],
])('a duration: %s', (text, expected) => expect(readDuration(text)).toBe(expected))
