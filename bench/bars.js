/** How fast it must be: what is compared with the pipe or with parsing and writing again, and what it may come to at most. */

/**
 * @typedef {import('./parts/proxy.js').Compared} Compared
 * @typedef {import('./parts/start.js').Started} Started
 * @typedef {import('./parts/head-of-line.js').Stalled} Stalled
 * @typedef {{ from: string, to: string, request: number, stream: number }} Translated each against parsing and writing the same again
 * @typedef {object} Results of the parts that were run
 * @property {Record<string, Compared[]>} [proxy]
 * @property {Started[]} [start]
 * @property {Stalled[]} [stall]
 * @property {Translated[]} [translate]
 *
 * @typedef {object} Bar
 * @property {string} id
 * @property {string} what
 * @property {number} limit
 * @property {(results: Results) => Reading[]} read nothing where its part was not run
 *
 * @typedef {{ of: string, value: number }} Reading of one target, or of one pair
 */

/** @param {string} scenario @param {'cpu' | 'first' | 'total' | 'kibAStream' | 'errors'} field @param {(name: string) => boolean} [only] @returns {Bar['read']} */
const proxied =
  (scenario, field, only = () => true) =>
  ({ proxy }) =>
    toReadings(
      (proxy?.[scenario] ?? []).filter(({ target }) => isProxy(target) && only(target)),
      ({ target }) => target,
      field,
    )

/** @param {'start' | 'memory'} field @returns {Bar['read']} */
const started =
  (field) =>
  ({ start = [] }) =>
    toReadings(
      start.filter(({ target }) => isProxy(target)),
      ({ target }) => target,
      field,
    )

/** @param {'request' | 'stream'} field @returns {Bar['read']} */
const translated =
  (field) =>
  ({ translate = [] }) =>
    toReadings(translate, ({ from, to }) => `${from} → ${to}`, field)

/** @template {string} F @template {Record<F, number>} T @param {T[]} rows @param {(row: T) => string} nameOf @param {F} field @returns {Reading[]} */
const toReadings = (rows, nameOf, field) => rows.map((row) => ({ of: nameOf(row), value: row[field] }))

const isProxy = (/** @type {string} */ name) => /^\w+-\w+$/.test(name)
const isPassing = (/** @type {string} */ name) => name === 'claude-claude'

/** @type {readonly Bar[]} */
export const BARS = [
  { id: 'P1', what: 'S1, processor time', limit: 2, read: proxied('S1', 'cpu') },
  { id: 'P2', what: 'S2, processor time', limit: 6, read: proxied('S2', 'cpu') },
  { id: 'P3', what: 'S3a, processor time', limit: 4.5, read: proxied('S3a', 'cpu') },
  { id: 'P3', what: 'S3b, processor time', limit: 4.5, read: proxied('S3b', 'cpu') },
  { id: 'P4', what: 'S3s, processor time', limit: 2.5, read: proxied('S3s', 'cpu') },
  { id: 'P5', what: 'S3c, processor time', limit: 1.8, read: proxied('S3c', 'cpu') },
  { id: 'P6', what: 'S3s, time to the first word', limit: 2, read: proxied('S3s', 'first') },
  { id: 'P7', what: 'S3s, processor time where bytes pass untouched', limit: 1.4, read: proxied('S3s', 'cpu', isPassing) },
  { id: 'P8', what: 'S4, requests that failed', limit: 0, read: proxied('S4', 'errors') },
  { id: 'P8', what: 'S4, KiB a stream', limit: 75, read: proxied('S4', 'kibAStream') },
  { id: 'P8', what: 'S4, processor time', limit: 1.6, read: proxied('S4', 'cpu') },
  { id: 'P8', what: 'S4, time of a stream', limit: 1.2, read: proxied('S4', 'total') },
  { id: 'P9', what: 'time to start', limit: 3, read: started('start') },
  { id: 'P9', what: 'memory when idle', limit: 1.5, read: started('memory') },
  { id: 'P10', what: 'translating a request of 149 KB', limit: 1.25, read: translated('request') },
  { id: 'P11', what: 'translating a stream', limit: 1.2, read: translated('stream') },
  {
    id: 'P12',
    what: 'longest gap beyond direct, in ms',
    limit: 10,
    read: ({ stall = [] }) =>
      toReadings(
        stall.filter(({ target }) => isProxy(target)),
        ({ target }) => target,
        'beyondDirectMs',
      ),
  },
]

/** The bars whose parts were run, each with its worst reading. @param {Results} results */
export function judge(results) {
  return BARS.flatMap(({ read, ...bar }) => {
    const readings = read(results)
    const [first, ...others] = readings
    if (!first) return []
    // A reading that is no number was never taken: nothing is worse.
    const worse = (/** @type {Reading} */ a, /** @type {Reading} */ b) => (a.value >= b.value || Number.isNaN(a.value) ? a : b)
    const worst = others.reduce(worse, first)
    return [{ ...bar, readings, worst, passed: worst.value <= bar.limit }]
  })
}
