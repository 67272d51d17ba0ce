import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { format, resolveConfig } from 'prettier'
import { describe, expect, it } from 'vitest'
import type { ProtocolName } from '../../../src/core/chat.ts'
import { STATUS, type Failure } from '../../../src/core/failure.ts'
import { DECISIONS, type Decision, type FailureClass } from '../../../src/router/failures/decisions.ts'
import { networkFailure } from '../../../src/router/failures/network-failure.ts'
import { failureOfResponse } from '../../../src/router/failures/refusal.ts'
import { fits, SIGNS } from '../../../src/router/failures/signs.ts'
import { protocols } from '../../../src/transformers/registry.ts'
import { NOW } from './bodies/case.ts'
import { ownCases, refusals, thrown } from './bodies/index.ts'
import { tables } from './bodies/page.ts'

const rows = Object.entries(DECISIONS) as [FailureClass, Decision][]
const table: Record<string, Decision> = DECISIONS

/** Every case as a failure, but for those amid an answer, which `classify.test.ts` reads from streams. */
const failures: Failure[] = [
  ...(Object.entries(refusals) as [ProtocolName, (typeof refusals)[ProtocolName]][]).flatMap(([name, cases]) =>
    cases.map(({ status, headers, body }) =>
      failureOfResponse(
        protocols[name],
        { status, headers: new Headers(headers) },
        typeof body === 'string' ? body : JSON.stringify(body),
        NOW,
        'x',
      ),
    ),
  ),
  ...thrown.map(({ error, amid }) => networkFailure(error, 'x', amid)),
  ...ownCases.map(({ kind, failure }) => ({ kind, status: STATUS[kind], message: 'm', ...failure })),
  { kind: 'server-error', status: 500, message: 'm', amid: true },
]

describe('the table', () => {
  it('has a case for each class', () => {
    const told = new Set(failures.map((failure) => SIGNS.find((sign) => fits(sign, failure))?.class))
    expect(Object.keys(DECISIONS).filter((name) => !told.has(name as FailureClass))).toEqual([])
  })
  it('has no sign that nothing is told by', () => {
    const used = new Set(failures.map((failure) => SIGNS.findIndex((sign) => fits(sign, failure))))
    expect(SIGNS.filter((_, index) => !used.has(index))).toEqual([])
  })
  it.each(rows.filter(([, { fault }]) => fault === 'caller' || fault === 'policy'))('lets nobody suffer for %s', (_, row) => {
    expect([row.cool, row.breaker, row.sameKey, row.nextKey]).toEqual([undefined, undefined, undefined, undefined])
  })
  it('bounds every rest', () => {
    for (const [, { cool }] of rows) if (cool) expect(cool.atMost).toBeGreaterThanOrEqual(cool.ms)
  })
  it('asks nobody again at once whose time ran out', () => {
    for (const [name, row] of rows) if (name.endsWith('-timeout')) expect(row.sameKey?.after ?? 'backoff').toBe('backoff')
  })
})

/** What is asked of each row: same key, another key, another endpoint, the scope that rests, the breaker. */
describe('what follows from', () => {
  it.each<[FailureClass, number, Decision['nextKey'] | '-', Decision['nextEndpoint'] | '-', string, Decision['breaker'] | '-']>([
    ['unreachable', 1, '-', true, 'endpoint', 'full'],
    ['reset', 1, 'other-org', true, 'endpoint', 'full'],
    ['headers-timeout', 0, '-', true, 'endpoint', 'full'],
    ['request-timeout', 1, '-', true, '-', 'half'],
    ['conflict', 1, '-', true, '-', 'half'],
    ['key-rejected', 0, 'any', true, 'key', '-'],
    ['out-of-credit', 0, 'other-org', true, 'org', '-'],
    ['forbidden', 0, 'any', true, 'key-model', '-'],
    ['model-missing', 0, '-', true, 'endpoint-model', '-'],
    ['rate-limited', 1, 'other-org', true, 'key-model', '-'],
    ['rate-limited-blind', 1, 'any', true, 'key-model', 'half'],
    ['server-error', 2, '-', true, 'endpoint', 'full'],
    ['overloaded', 1, '-', true, 'endpoint-model', 'full'],
    ['invalid-request', 0, '-', '-', '-', '-'],
    ['context-overflow', 0, '-', 'larger-window', '-', '-'],
    ['too-large', 0, '-', 'larger-window', '-', '-'],
    ['reasoning-refused', 0, '-', '-', '-', '-'],
    ['content-policy', 0, '-', '-', '-', '-'],
    ['cancelled', 0, '-', '-', '-', '-'],
    ['gateway-policy', 0, '-', '-', '-', '-'],
    ['endpoint-policy', 0, '-', true, '-', '-'],
  ])('%s', (name, tries, nextKey, nextEndpoint, scope, breaker) => {
    const row = table[name]!
    expect([row.sameKey?.tries ?? 0, row.nextKey ?? '-', row.nextEndpoint ?? '-', row.cool?.scope ?? '-', row.breaker ?? '-']).toEqual([
      tries,
      nextKey,
      nextEndpoint,
      scope,
      breaker,
    ])
  })
  it('what may have been billed', () => {
    const billed = rows.filter(([, { ambiguous }]) => ambiguous).map(([name]) => name)
    expect(billed).toEqual(['reset', 'headers-timeout', 'first-token-timeout', 'silence-timeout', 'total-timeout', 'truncated'])
  })
})

it('is what the page says', async () => {
  const file = fileURLToPath(new URL('../../../docs/failures.md', import.meta.url))
  const found = readFileSync(file, 'utf8')
  let text = found
  for (const [name, lines] of Object.entries(tables))
    text = text.replace(
      new RegExp(`(<!-- ${name} -->)[^]*(<!-- /${name} -->)`),
      (_, begin: string, end: string) => `${begin}\n\n${lines}\n\n${end}`,
    )
  const written = await format(text, { ...(await resolveConfig(file)), filepath: file })
  if (process.env['UPDATE_DOCS']) writeFileSync(file, written)
  expect(found).toBe(written)
  for (const name of Object.keys(DECISIONS)) expect(found).toContain(`| \`${name}\``)
})
