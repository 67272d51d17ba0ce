/** What the scripted provider plays is judged as what it plays. */
import { describe, expect, it } from 'vitest'
import { classify, type FailureClass } from '../../../src/router/failures/classify.ts'
import { failureOfResponse } from '../../../src/router/failures/refusal.ts'
import { errorWords, type ErrorWords } from '../../../src/testing/chaos/errors.ts'
import { RESET_SIGNALS, type StatusFaultName } from '../../../src/testing/chaos/fault.ts'
import { withReset } from '../../../src/testing/chaos/rate-limit.ts'
import { protocols } from '../../../src/transformers/registry.ts'
import { PROTOCOLS } from '../../fixtures/index.ts'
import { NOW } from './bodies/case.ts'

const CLASSES: Record<StatusFaultName, FailureClass> = {
  'bad-request': 'invalid-request',
  'context-overflow': 'context-overflow',
  'bad-signature': 'reasoning-refused',
  'spend-limit': 'out-of-credit',
  'bad-key': 'key-rejected',
  'expired-login': 'key-rejected',
  'payment-required': 'out-of-credit',
  forbidden: 'forbidden',
  'model-not-found': 'model-missing',
  'request-timeout': 'request-timeout',
  conflict: 'conflict',
  'too-large': 'too-large',
  unprocessable: 'invalid-request',
  'rate-limit': 'rate-limited-blind',
  'insufficient-quota': 'out-of-credit',
  'content-policy': 'content-policy',
  'server-error': 'server-error',
  'bad-gateway': 'server-error',
  unavailable: 'server-error',
  'gateway-timeout': 'server-error',
  overloaded: 'overloaded',
}

const ABOUT = { model: 'm', requestId: 'req_1' }

describe.each(PROTOCOLS)('%s', (protocol) => {
  const judge = ({ status, headers, body }: ErrorWords) =>
    classify(
      failureOfResponse(
        protocols[protocol],
        { status, headers: new Headers(headers) },
        typeof body === 'string' ? body : JSON.stringify(body),
        NOW,
        'x',
      ),
      NOW,
    )
  it.each(Object.entries(CLASSES) as [StatusFaultName, FailureClass][])('%s is %s', (fault, name) => {
    // Google has no money to run out of here, only the quota of a day.
    const expected = protocol === 'gemini' && fault === 'insufficient-quota' ? 'quota-exhausted' : name
    expect(judge(errorWords(protocol, fault, ABOUT)).class).toBe(expected)
  })
  it.each(RESET_SIGNALS.filter((signal) => signal !== 'none'))('tells until when by %s', (signal) => {
    const told = withReset(errorWords(protocol, 'rate-limit', ABOUT), signal, { protocol, seconds: 30, now: NOW })
    expect(judge(told)).toMatchObject({ class: 'rate-limited', resetAt: NOW + 30_000 })
  })
})
