/** What is translated to be measured, each beside what it is compared with: parsing and writing the same data again. */
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { eventsOf } from '../fixtures/answers.js'
import { MODELS, requestOf } from '../fixtures/requests.js'

/** @typedef {import('../fixtures/requests.js').Protocol} Protocol */

export const EVENTS = 257
const EVENTS_A_CHUNK = 5
export const PROTOCOLS = /** @type {Protocol[]} */ (Object.keys(MODELS))

/** `translate` of a build. @param {string} build @returns {Promise<typeof import('../../src/index.ts').translate>} */
export const translateOf = async (build) => (await import(pathToFileURL(join(build, 'index.js')).href)).translate

/** @param {Protocol} from @param {Protocol} to */
export const optionsOf = (from, to) =>
  /** @type {const} */ ({ from, to, model: MODELS[to], clientModel: MODELS[from], ...(from === 'gemini' && { stream: true }) })

/** A request of 149 KB, as text. @param {Protocol} from */
export const bigRequest = (from) => requestOf(from, { size: 'big', stream: true }).body

/** A small request for a stream. @param {Protocol} from @returns {unknown} */
export const smallRequest = (from) => JSON.parse(requestOf(from, { size: 'small', stream: true }).body)

/** @param {string} body */
export const rewrite = (body) => JSON.stringify(JSON.parse(body))

/** A stream of `to`: the chunks it comes in, and the JSON of each event. @param {Protocol} to */
export function streamOf(to) {
  const events = eventsOf(to, EVENTS)
  return {
    data: events.map((event) => event.slice(event.indexOf('data: ') + 6, -2)).filter((text) => text !== '[DONE]'),
    chunks: Array.from({ length: Math.ceil(EVENTS / EVENTS_A_CHUNK) }, (_, i) =>
      new TextEncoder().encode(events.slice(i * EVENTS_A_CHUNK, (i + 1) * EVENTS_A_CHUNK).join('')),
    ),
  }
}
