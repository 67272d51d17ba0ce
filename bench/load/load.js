/** Asks for the same thing many times, so many at once, and says how long it took. */
import { median, p99 } from '../numbers.js'
import { openConnection } from './connection.js'

/**
 * @typedef {import('../fixtures/requests.js').ClientRequest} ClientRequest
 * @typedef {{ port: number, request: ClientRequest, count: number, atOnce: number }} Load
 * @typedef {object} Loaded
 * @property {number} requests that were answered well
 * @property {number} errors
 * @property {string} [firstError]
 * @property {number} events of each answer, on average
 * @property {number} firstMs median
 * @property {number} totalMs median
 * @property {number} slowestMs all but one in a hundred are faster
 */

/** A request's bytes. @param {number} port @param {ClientRequest} request */
export function bytesOf(port, { path, body }) {
  const headers = {
    host: `127.0.0.1:${port}`,
    'content-type': 'application/json',
    'anthropic-version': '2023-06-01',
    'x-api-key': 'client',
    'content-length': Buffer.byteLength(body),
  }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  return Buffer.from(`POST ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body}`)
}

/** @param {Load} load @returns {Promise<Loaded>} */
export async function load({ port, request, count, atOnce }) {
  const bytes = bytesOf(port, request)
  /** @type {import('./connection.js').Answered[]} */
  const answers = []
  let started = 0
  const client = async () => {
    let connection = await openConnection(port)
    while (started < count) {
      started++
      if (connection.isClosed()) connection = await openConnection(port)
      answers.push(await connection.ask(bytes))
    }
    connection.close()
  }
  await Promise.all(Array.from({ length: atOnce }, client))
  const good = answers.filter(({ error }) => !error)
  const firstError = answers.find(({ error }) => error)?.error
  return {
    requests: good.length,
    errors: answers.length - good.length,
    ...(firstError && { firstError }),
    events: good.reduce((sum, { events }) => sum + events, 0) / good.length,
    firstMs: median(good.map(({ firstMs }) => firstMs)),
    totalMs: median(good.map(({ totalMs }) => totalMs)),
    slowestMs: p99(good.map(({ totalMs }) => totalMs)),
  }
}
