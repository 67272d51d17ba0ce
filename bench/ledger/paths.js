/**
 * The same questions as programs ask them of a server: each path of the usage API, with what its parameters vary.
 */
import { DIMENSIONS } from './questions.js'
import { DAY, randomOf, TENANTS } from './records.js'

/**
 * @param {{ from: number, days: number, ids: readonly { id: string, session: string }[] }} ledger
 * @returns {[string, () => string][]}
 */
export function pathsOf({ from, days, ids }) {
  const random = randomOf(7)
  const whole = (/** @type {number} */ below) => Math.floor(random() * below)
  const tenant = () => TENANTS[whole(TENANTS.length)]
  const one = () => ids[whole(ids.length)] ?? { id: '', session: '' }
  const day = (/** @type {number} */ at) => new Date(from + at * DAY).toISOString()
  const span = () => `from=${day(whole(days / 2))}&to=${day(days / 2 + whole(days / 2))}`
  return [
    ['overview', () => ''],
    ['overview, in New York', () => '?zone=-300'],
    ['totals', () => '/totals'],
    ['totals of some days', () => `/totals?${span()}`],
    ['totals of a tenant', () => `/totals?tenant=${tenant()}&${span()}`],
    ['totals of models', () => '/totals?model=claude-*'],
    ...DIMENSIONS.map((by) => /** @type {[string, () => string]} */ ([`top by ${by}`, () => `/top?by=${by}&limit=20&${span()}`])),
    ['series: hours of some days', () => `/series?every=hour&from=${day(days - 7)}&to=${day(days)}`],
    ['series: days', () => `/series?every=day&${span()}`],
    ['series: weeks by model', () => `/series?every=week&by=model&${span()}`],
    ['series: days by tenant', () => `/series?every=day&by=tenant&${span()}`],
    ['months', () => '/months'],
    ['requests: newest', () => '/requests'],
    ['requests: a page in the middle', () => `/requests?before=${one().id}`],
    ['requests: a tenant, failed', () => `/requests?tenant=${tenant()}&status=5xx`],
    ['requests: a model', () => '/requests?model=*flash'],
    ['requests: a session', () => `/requests?session=${one().session}`],
    ['one request with its attempts', () => `/requests/${one().id}`],
    ['a session', () => `/sessions/${one().session}`],
  ]
}
