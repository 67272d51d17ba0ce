/**
 * Requests as a team makes them, the same in every run: a few clients with conversations, models that they prefer, failures now and then.
 */

/** @typedef {import('../../src/accounts/ledger/record.ts').ExchangeRecord} ExchangeRecord */

export const DAY = 86_400_000

/** @param {number} seed @returns {() => number} from 0 and below 1 */
export function randomOf(seed) {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

/** @template T @param {() => number} random @param {readonly T[]} of @param {number} skew above 1: the first more often @returns {T} */
const pick = (random, of, skew = 1) => /** @type {T} */ (of[Math.floor(random() ** skew * of.length)])

const MODELS = [
  'claude-opus-5-5',
  'claude-sonnet-5',
  'claude-haiku-4-5',
  'gpt-6-sol',
  'gpt-5.6',
  'gemini-3.8-flash',
  'deepseek-v4',
  'glm-5',
]
const ENDPOINTS = ['anthropic', 'anthropic-eu', 'openai', 'gemini', 'openrouter', 'local']
export const TENANTS = Array.from({ length: 20 }, (_, index) => `person-${index}`)
const AGENTS = /** @type {const} */ ([
  ['claude-code', 'claude'],
  ['codex', 'openai-responses'],
  ['gemini-cli', 'gemini'],
  ['sdk', 'openai'],
])
const STATUSES = [200, 429, 529, 500, 400, 401, 503, 404]
const REASONS = /** @type {const} */ (['next-key', 'next-member'])
const WORDS = Array.from({ length: 20_000 }, (_, index) => `word${index.toString(36)}`)

/** @typedef {{ tenant: string, session: string, agent: string, protocol: 'claude' | 'openai' | 'openai-responses' | 'gemini' }} Conversation */

/**
 * @param {object} options
 * @param {number} options.rows
 * @param {number} options.from when the first came, milliseconds since 1970
 * @param {number} options.days
 * @param {boolean} options.independent every name is drawn by itself, which leaves little to add up beforehand
 * @param {boolean} options.bodies with some sentences asked and answered
 * @returns {Generator<ExchangeRecord>} in the order of time
 */
export function* recordsOf({ rows, from, days, independent, bodies }) {
  const random = randomOf(42)
  let sessions = 0
  const begin = () => {
    const tenant = pick(random, TENANTS, 1.5)
    const [agent, protocol] = pick(random, AGENTS, 2)
    return { tenant, agent, protocol, session: `${(sessions++).toString(16).padStart(8, '0')}-4b1d-4c6e-9f00-2a5d1c7e8b90` }
  }
  /** @type {Conversation[]} */
  const open = Array.from({ length: 12 }, begin)
  const prose = (/** @type {number} */ words) => Array.from({ length: words }, () => pick(random, WORDS, 3)).join(' ')
  for (let row = 0; row < rows; row++) {
    const at = Math.floor(from + (row / rows) * days * DAY)
    const turn = Math.floor(random() * open.length)
    // A conversation has about thirty requests.
    if (random() < 1 / 30) open[turn] = begin()
    const { tenant, agent, protocol, session } = /** @type {Conversation} */ (open[turn])
    const person = independent ? Math.floor(random() * TENANTS.length) : TENANTS.indexOf(tenant)
    const asked = independent
      ? pick(random, MODELS)
      : /** @type {string} */ (MODELS[(person + Math.floor(random() ** 3 * 3)) % MODELS.length])
    const endpoint =
      independent || random() < 0.05 ? pick(random, ENDPOINTS) : /** @type {string} */ (ENDPOINTS[MODELS.indexOf(asked) % ENDPOINTS.length])
    const status = random() < 0.96 ? 200 : pick(random, STATUSES.slice(1), 2)
    const streamed = random() < 0.9
    const ms = Math.floor(800 + random() ** 3 * 60_000)
    const output = Math.floor(random() ** 2 * 4000)
    const tried = status === 200 ? (random() < 0.95 ? 1 : 2) : 3
    yield {
      id: `${at.toString(36)}${Math.floor(random() * 36 ** 10)
        .toString(36)
        .padStart(10, '0')}`,
      at,
      method: 'POST',
      path:
        protocol === 'claude' ? '/v1/messages' : protocol === 'gemini' ? `/v1beta/models/${asked}:streamGenerateContent` : '/v1/responses',
      protocol,
      asked,
      served: asked,
      endpoint,
      key: `key-${Math.floor(random() * 2)}`,
      tenant: TENANTS[person] ?? tenant,
      group: `team-${person % 5}`,
      session,
      agent,
      route: asked.includes('haiku') ? 'background' : 'default',
      status,
      stream: streamed,
      firstByteMs: Math.floor(ms / 4),
      ...(streamed && status === 200 && { firstTokenMs: Math.floor(ms / 3) }),
      ms,
      ended: status === 200 ? 'complete' : 'error',
      ...(status !== 200 && {
        failure: { kind: 'rate_limit', class: 'rate-limited', message: `The provider said ${status}: try again later.` },
      }),
      ...(status === 200 && {
        usage: {
          input: Math.floor(random() * 2000),
          cacheRead: Math.floor(random() * 90_000),
          cacheWrite: Math.floor(random() * 4000),
          output,
        },
        cost: {
          amount: (output * 0.000025 + 0.0123).toFixed(9),
          rates: { input: '5', output: '25', cacheRead: '0.5', cacheWrite: '6.25', cacheWriteLong: '10', from: 'data' },
        },
      }),
      notices: random() < 0.2 ? 1 : 0,
      attempts: Array.from({ length: tried }, (_, index) => ({
        endpoint,
        model: asked,
        reason: index ? pick(random, REASONS) : 'first',
        at: at + index * 200,
        ms: 200,
        status: index === tried - 1 ? status : 529,
      })),
      ...(bodies && { bodies: { request: prose(60), response: prose(60) } }),
    }
  }
}
