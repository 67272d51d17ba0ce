/** What is asked of each target. */

/**
 * @typedef {import('./provider.js').Pace} Pace
 * @typedef {object} Scenario
 * @property {string} title
 * @property {'small' | 'big'} size of the request
 * @property {boolean} stream
 * @property {number} count how many requests a round has
 * @property {number} atOnce
 * @property {Pace} pace
 * @property {boolean} [fresh] each round in a process of its own, so that its memory tells something
 */

/** @type {Pace} */
const FAST = { events: 257, perWrite: 5, everyMs: 0 }

/** @type {Record<string, Scenario>} */
export const SCENARIOS = {
  S1: { title: 'a small whole answer', size: 'small', stream: false, count: 400, atOnce: 1, pace: FAST },
  S2: { title: 'a request of 149 KB, a whole answer', size: 'big', stream: false, count: 100, atOnce: 1, pace: FAST },
  S3a: { title: 'a stream of 257 events to a request of 149 KB', size: 'big', stream: true, count: 60, atOnce: 1, pace: FAST },
  S3b: { title: 'the same, 32 at a time', size: 'big', stream: true, count: 128, atOnce: 32, pace: FAST },
  S3s: { title: 'a stream to a small request, 32 at a time', size: 'small', stream: true, count: 192, atOnce: 32, pace: FAST },
  S3c: { title: 'one event a write, 8 at a time', size: 'small', stream: true, count: 96, atOnce: 8, pace: { ...FAST, perWrite: 1 } },
  S4: {
    title: '1000 slow streams at once',
    size: 'small',
    stream: true,
    count: 1000,
    atOnce: 1000,
    pace: { events: 41, perWrite: 1, everyMs: 50 },
    fresh: true,
  },
}
