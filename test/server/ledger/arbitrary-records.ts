/** Records as they may be: few names, so that they meet, and odd ones among them. */
import fc from 'fast-check'
import type { AttemptRecord, ExchangeRecord } from '../../../src/accounts/ledger/record.ts'
import type { RecordFilter, SumQuery } from '../../../src/accounts/ledger/store.ts'
import { formatMoney } from '../../../src/accounts/money.ts'

const MODELS = ['claude-opus-5', 'claude-sonnet-5', 'Claude-Sonnet-5', 'gpt-6', 'gemini-3.8-flash', '模型-Ü', '']
const NAMES = ['main', 'Main', 'spare', "o'hare", '50%_[x]?', '中文']

/** What is undefined is not there. */
const partial = <T extends Record<string, unknown>>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }, required: readonly (keyof T)[]) =>
  fc.record(model, { requiredKeys: [...required] as never[] }) as unknown as fc.Arbitrary<Partial<T>>

const count = fc.nat(1_000_000)

const usage = partial(
  { input: count, cacheRead: count, cacheWrite: count, cacheWriteLong: count, output: count, reasoning: count, serverToolCalls: fc.nat(5) },
  [],
)

const cost = fc
  .tuple(fc.oneof(fc.bigInt(0n, 5_000_000_000_000n), fc.constant(2n ** 63n - 1n)), fc.constantFrom('1', '2.5'))
  .map(([amount, input]) => ({ amount: formatMoney(amount), rates: { input, output: '10', from: 'data' as const } }))

const attempts = (at: number): fc.Arbitrary<readonly AttemptRecord[]> =>
  fc.array(
    partial(
      {
        endpoint: fc.constantFrom(...NAMES),
        model: fc.constantFrom(...MODELS),
        key: fc.constantFrom('a', 'b'),
        reason: fc.constantFrom('first', 'next-key', 'next-member'),
        at: fc.nat(9000).map((after) => at + after),
        ms: fc.nat(9000),
        waitedMs: fc.nat(100),
        status: fc.constantFrom(200, 429, 500),
        class: fc.constantFrom('overloaded', 'rate-limit'),
        message: fc.string(),
        usage,
      },
      ['endpoint', 'reason', 'at'],
    ),
    { maxLength: 3 },
  ) as unknown as fc.Arbitrary<readonly AttemptRecord[]>

const WORDS = ['alpha', 'Beta', 'gamma', 'naïve', '中文字典', 'x_y', 'path\\new', '"q\\nuoted"']

const bodies = partial(
  {
    request: fc.array(fc.constantFrom(...WORDS), { maxLength: 5 }).map((words) => words.join(' ')),
    response: fc.array(fc.constantFrom(...WORDS), { maxLength: 200 }).map((words) => words.join('. ')),
    cut: fc.boolean(),
  },
  [],
)

const HOUR = 3_600_000

/** Around a turn of a month and of a year, and far from it. */
const moment = fc.oneof(
  fc.integer({ min: Date.UTC(2026, 11, 30), max: Date.UTC(2027, 0, 3) }),
  fc.integer({ min: 0, max: 60 * 24 * HOUR }),
  fc.constantFrom(Date.UTC(2027, 0), Date.UTC(2027, 0) - 1, Date.UTC(2026, 10, 2, 18, 30)),
)

const recordAt = (at: number): fc.Arbitrary<Omit<ExchangeRecord, 'id'>> =>
  partial(
    {
      at: fc.constant(at),
      method: fc.constantFrom('POST', 'GET'),
      path: fc.constantFrom('/v1/messages', '/v1/responses'),
      protocol: fc.constantFrom('claude', 'openai', 'gemini'),
      asked: fc.constantFrom(...MODELS),
      served: fc.constantFrom(...MODELS),
      endpoint: fc.constantFrom(...NAMES),
      key: fc.constantFrom('a', 'b'),
      tenant: fc.constantFrom(...NAMES),
      group: fc.constantFrom('team', 'TEAM'),
      session: fc.constantFrom('s-1', 'S-1', 's-2', '会话'),
      agent: fc.constantFrom('claude-code', 'codex'),
      subagent: fc.constantFrom('u1', 'u2'),
      route: fc.constantFrom('default', 'default > models gpt-*'),
      stream: fc.boolean(),
      status: fc.constantFrom(200, 201, 400, 429, 500, 529, 0),
      firstByteMs: fc.nat(5000),
      firstTokenMs: fc.nat(5000),
      ms: fc.nat(60_000),
      ended: fc.constantFrom('complete', 'recovered', 'error', 'truncated', 'cancelled'),
      failure: partial(
        { kind: fc.constantFrom('rate-limit', 'internal'), class: fc.constantFrom('overloaded', 'server-error'), message: fc.string() },
        ['kind', 'message'],
      ),
      usage,
      estimated: fc.boolean(),
      cost,
      notices: fc.nat(5),
      attempts: attempts(at),
      bodies,
    },
    ['at', 'method', 'path', 'protocol', 'status', 'firstByteMs', 'ms', 'ended', 'notices', 'attempts'],
  ) as unknown as fc.Arbitrary<Omit<ExchangeRecord, 'id'>>

/** Ids sort by the moment; the records come in any order. */
export const records = (most = 40): fc.Arbitrary<ExchangeRecord[]> =>
  fc
    .array(moment, { maxLength: most })
    .chain((moments) => fc.tuple(...moments.map((at, index) => recordAt(at).map((record) => ({ ...record, id: idOf(at, index) })))))
    .chain((made) => fc.shuffledSubarray(made as ExchangeRecord[], { minLength: made.length }))

const idOf = (at: number, index: number) => `${at.toString(36).padStart(9, '0')}-${index.toString(36).padStart(2, '0')}`

const bound = fc.oneof(
  moment,
  moment.map((at) => at - (at % HOUR)),
  moment.map((at) => at - (at % (24 * HOUR))),
)

export const filter: fc.Arbitrary<RecordFilter> = partial(
  {
    from: bound,
    to: bound,
    model: fc.constantFrom('claude-*', '*SONNET*', 'gpt-6', 'GPT-6', '模型-ü', 'none', '*', ''),
    endpoint: fc.constantFrom('main', 'spare', "o'*", '50%_[x]?', '*文'),
    tenant: fc.constantFrom('main', 'm*', 'nobody'),
    group: fc.constantFrom('team'),
    session: fc.constantFrom('s-1', 's-*', '会话', 'none'),
    agent: fc.constantFrom('codex', 'c*'),
    protocol: fc.constantFrom('claude', 'openai', 'openai-responses'),
    status: fc.constantFrom('200', '4xx', '5XX', '0', 'what'),
    failed: fc.boolean(),
    text: fc.constantFrom('alpha', 'BETA gamma', 'naïve', '文字', '字', 'uoted', 'new', '', '!', 'nowhere'),
  },
  [],
)

/** As questions are: of few things at a time. */
export const narrowFilter = fc
  .tuple(filter, fc.subarray(['from', 'to', 'model', 'tenant', 'status', 'failed', 'session', 'text', 'endpoint'], { maxLength: 3 }))
  .map(([all, kept]) => Object.fromEntries(Object.entries(all).filter(([name]) => kept.includes(name))) as RecordFilter)

export const sumQuery: fc.Arbitrary<SumQuery> = fc
  .tuple(
    fc.oneof(filter, narrowFilter),
    partial(
      {
        by: fc.subarray(['model', 'endpoint', 'tenant', 'group', 'session', 'agent', 'protocol', 'status', 'key', 'route'], {
          maxLength: 3,
        }),
        every: fc.constantFrom('hour', 'day', 'week', 'month'),
        zone: fc.constantFrom(0, 60, -300, 330, 345, 720, -720, 1440),
        order: fc.constantFrom('cost', 'requests', 'tokens'),
        limit: fc.integer({ min: 0, max: 5 }),
      },
      [],
    ),
  )
  .map(([wanted, shape]) => ({ ...wanted, ...shape }) as unknown as SumQuery)
