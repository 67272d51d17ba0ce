/** A client's connection that is kept open, and measures each answer that comes over it. */
import { connect } from 'node:net'
import { FIRST_WORD } from '../fixtures/answers.js'

const HEAD_END = '\r\n\r\n'
const LAST_CHUNK = '\r\n0\r\n\r\n'

/**
 * @typedef {object} Answered
 * @property {number} firstMs milliseconds to the first word of the answer
 * @property {number} totalMs
 * @property {number} longestGapMs between two reads of it, the wait for the first left out
 * @property {number} events how many server-sent events it had
 * @property {number} bytes
 * @property {string} [error]
 */

/** @param {number} port */
export async function openConnection(port) {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  await new Promise((resolve, reject) => {
    socket.once('connect', () => resolve(undefined))
    socket.once('error', reject)
  })
  /** @type {((chunk: Buffer) => void) | undefined} */
  let read
  /** @type {((error: string) => void) | undefined} */
  let fail
  socket.on('data', (chunk) => read?.(chunk))
  socket.on('error', (error) => fail?.(error.message))
  socket.on('close', () => fail?.('the connection was closed'))

  /** @param {Buffer} request @returns {Promise<Answered>} */
  const ask = (request) =>
    new Promise((resolve) => {
      const began = performance.now()
      const answer = { firstMs: Number.NaN, totalMs: 0, longestGapMs: 0, events: 0, bytes: 0 }
      let head = ''
      let left = Number.POSITIVE_INFINITY
      let last = 0
      let tail = ''
      const end = (/** @type {string | undefined} */ error) => {
        read = fail = undefined
        answer.totalMs = performance.now() - began
        resolve({ ...answer, ...(error && { error }) })
      }
      fail = end
      read = (chunk) => {
        const now = performance.now()
        if (last) answer.longestGapMs = Math.max(answer.longestGapMs, now - last)
        last = now
        answer.bytes += chunk.length
        let text = tail + chunk.toString('latin1')
        if (!head) {
          const headEnd = text.indexOf(HEAD_END)
          if (headEnd < 0) return void (tail = text)
          head = text.slice(0, headEnd)
          // The line break before a first chunk's size, as all others have it.
          text = text.slice(headEnd + 2)
          left = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? Number.POSITIVE_INFINITY) + 2
          tail = ''
        }
        if (!answer.firstMs && text.includes(FIRST_WORD)) answer.firstMs = now - began
        for (let at = text.indexOf('\n\n'); at >= 0; at = text.indexOf('\n\n', at + 2)) answer.events++
        left -= text.length - tail.length
        if (left <= 0 || text.endsWith(LAST_CHUNK))
          return end(head.startsWith('HTTP/1.1 200') ? undefined : `${head.split('\r\n')[0]} ${text.slice(0, 300)}`)
        // Enough to know a word, a mark or an end again that was cut, and no whole one.
        tail = text.slice(-Math.min(text.length, FIRST_WORD.length))
        if (tail.includes('\n\n')) tail = tail.slice(tail.lastIndexOf('\n\n') + 2)
      }
      socket.write(request)
    })

  return { ask, socket, close: () => socket.destroy(), isClosed: () => socket.destroyed }
}
