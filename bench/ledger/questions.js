/**
 * What is asked of a ledger, as data: each question varies from time to time.
 */
import { DAY, randomOf, TENANTS } from './records.js'

/**
 * @typedef {import('../../src/accounts/ledger/store.ts').UsageStore} UsageStore
 * @typedef {import('../../src/accounts/ledger/store.ts').Dimension} Dimension
 */

const MINUTE = 60_000

/** @type {readonly Dimension[]} */
export const DIMENSIONS = ['model', 'endpoint', 'tenant', 'group', 'session', 'agent', 'protocol', 'status', 'key', 'route']

/**
 * @param {{ from: number, days: number, ids: readonly { id: string, session: string }[], bodies: boolean }} ledger
 * @returns {[string, (store: UsageStore) => unknown][]}
 */
export function questionsOf({ from, days, ids, bodies }) {
  const random = randomOf(7)
  const whole = (/** @type {number} */ below) => Math.floor(random() * below)
  const tenant = () => /** @type {string} */ (TENANTS[whole(TENANTS.length)])
  const one = () => ids[whole(ids.length)] ?? { id: '', session: '' }
  const now = from + days * DAY
  const moment = () => Math.floor(from + random() * days * DAY)
  /** Not at the turn of an hour. */
  const recent = (/** @type {number} */ span) => ({ from: now - span * DAY - whole(60) * MINUTE, to: now - whole(60) * MINUTE })
  return [
    ['list: newest', (store) => store.list({})],
    ['list: a page in the middle', (store) => store.list({}, { before: one().id })],
    ['list: a stretch of time', (store) => store.list({ from: from + DAY, to: moment() })],
    ['list: model', (store) => store.list({ model: ['claude-*', 'gpt-6-sol', '*flash', 'none'][whole(4)] ?? '' })],
    ['list: endpoint', (store) => store.list({ endpoint: ['local', 'anthropic*', 'openrouter'][whole(3)] ?? '' })],
    ['list: tenant', (store) => store.list({ tenant: tenant() })],
    ['list: group', (store) => store.list({ group: `team-${whole(5)}` })],
    ['list: session', (store) => store.list({ session: one().session })],
    ['list: sessions by their begin', (store) => store.list({ session: `${one().session.slice(0, 6)}*` })],
    ['list: agent', (store) => store.list({ agent: ['sdk', 'claude-code'][whole(2)] ?? '' })],
    ['list: protocol', (store) => store.list({ protocol: 'gemini' })],
    ['list: status', (store) => store.list({ status: ['404', '5xx', '429', '418'][whole(4)] ?? '' })],
    ['list: failed', (store) => store.list({ failed: true, to: moment() })],
    ['list: rare (a tenant, a model, a status)', (store) => store.list({ tenant: tenant(), model: 'glm-5', status: '404' })],
    ['list: tenant and failed, an old page', (store) => store.list({ tenant: tenant(), failed: true }, { before: one().id })],
    [
      'list: never (two names that never meet)',
      (store) => store.list({ tenant: tenant(), endpoint: 'local', status: '404', agent: 'gemini-cli' }),
    ],
    ['get: one with its attempts', (store) => store.get(one().id)],
    ['sum: all', (store) => store.sum({})],
    ['sum: last 24 hours', (store) => store.sum(recent(1))],
    ['sum: last 30 days', (store) => store.sum(recent(30))],
    ['sum: of a tenant', (store) => store.sum({ tenant: tenant() })],
    ['sum: of a session', (store) => store.sum({ session: one().session })],
    ['sum: failed of a model', (store) => store.sum({ model: 'claude-*', failed: true })],
    ...DIMENSIONS.map(
      (dimension) =>
        /** @type {[string, (store: UsageStore) => unknown]} */ ([
          `sum: by ${dimension}, top 20 by cost`,
          (store) => store.sum({ by: [dimension], order: 'cost', limit: 20 }),
        ]),
    ),
    ...DIMENSIONS.map(
      (dimension) =>
        /** @type {[string, (store: UsageStore) => unknown]} */ ([
          `sum: by ${dimension}, last 7 days, top 20`,
          (store) => store.sum({ ...recent(7), by: [dimension], order: 'cost', limit: 20 }),
        ]),
    ),
    ['sum: sessions of a tenant, top 20', (store) => store.sum({ tenant: tenant(), by: ['session'], order: 'cost', limit: 20 })],
    ['sum: by tenant and model', (store) => store.sum({ by: ['tenant', 'model'], order: 'cost' })],
    ['sum: of a tenant by model, last 30 days', (store) => store.sum({ ...recent(30), tenant: tenant(), by: ['model'] })],
    ['series: hours of 7 days', (store) => store.sum({ ...recent(7), every: 'hour' })],
    ['series: hours of all days', (store) => store.sum({ every: 'hour' })],
    ['series: days', (store) => store.sum({ every: 'day' })],
    ['series: days, in New York', (store) => store.sum({ every: 'day', zone: -300 })],
    ['series: days, in India', (store) => store.sum({ every: 'day', zone: 330 })],
    ['series: weeks by model', (store) => store.sum({ every: 'week', by: ['model'] })],
    ['series: days by model, in New York', (store) => store.sum({ every: 'day', by: ['model'], zone: -300 })],
    ['series: days by tenant, in New York', (store) => store.sum({ every: 'day', by: ['tenant'], zone: -300 })],
    ['series: days of a tenant by model, in New York', (store) => store.sum({ tenant: tenant(), every: 'day', by: ['model'], zone: -300 })],
    ['series: months by endpoint and status', (store) => store.sum({ every: 'month', by: ['endpoint', 'status'] })],
    .../** @type {[string, (store: UsageStore) => unknown][]} */ (
      bodies
        ? [
            [
              'search: a rare word',
              (/** @type {UsageStore} */ store) => store.list({ text: `word${(15_000 + whole(5000)).toString(36)}` }),
            ],
            ['search: a common word', (/** @type {UsageStore} */ store) => store.list({ text: `word${whole(5).toString(36)}` })],
            [
              'search: two words',
              (/** @type {UsageStore} */ store) =>
                store.list({ text: `word${whole(50).toString(36)} word${(5000 + whole(5000)).toString(36)}` }),
            ],
            [
              'search: a word, of a tenant',
              (/** @type {UsageStore} */ store) => store.list({ text: `word${whole(2000).toString(36)}`, tenant: tenant() }),
            ],
            ['search: a word nobody said', (/** @type {UsageStore} */ store) => store.list({ text: 'nobody' })],
          ]
        : []
    ),
  ]
}
