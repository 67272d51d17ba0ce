/**
 * A provider of all four protocols, as fast as one can be: every answer is made before anybody asks. It runs in a process of its own and
 * is told over the channel to its parent how its streams shall be: `{ events, perWrite, everyMs }`.
 */
import { createServer } from 'node:net'
import { eventsOf, WHOLE } from './fixtures/answers.js'
import { createRequestReader } from './load/messages.js'

/**
 * @typedef {import('./fixtures/requests.js').Protocol} Protocol
 * @typedef {{ events: number, perWrite: number, everyMs: number }} Pace how many events a stream has, how many go out at once, and how
 *   many milliseconds after one another
 */

const STREAM_HEAD = 'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncache-control: no-cache\r\ntransfer-encoding: chunked\r\n\r\n'

/** @type {readonly (readonly [RegExp, Protocol])[]} */
const PROTOCOL_BY_PATH = [
  [/\/messages/, 'claude'],
  [/\/chat\/completions/, 'openai'],
  [/\/responses/, 'openai-responses'],
  [/enerateContent/, 'gemini'],
]

/** @param {string} json */
const wholeAnswer = (json) =>
  Buffer.from(`HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(json)}\r\n\r\n${json}`)
const whole = new Map(Object.entries(WHOLE).map(([protocol, json]) => [protocol, wholeAnswer(json)]))
const notFound = Buffer.from('HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n')

/** A stream's writes: its head with the first, its end with the last. @param {Protocol} protocol @param {Pace} pace */
function writesOf(protocol, { events, perWrite }) {
  const all = eventsOf(protocol, events)
  const count = Math.ceil(all.length / perWrite)
  return Array.from({ length: count }, (_, i) => {
    const text = all.slice(i * perWrite, (i + 1) * perWrite).join('')
    const chunk = `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`
    return Buffer.from((i ? '' : STREAM_HEAD) + chunk + (i === count - 1 ? '0\r\n\r\n' : ''))
  })
}

let everyMs = 0
/** @type {Map<Protocol, Buffer[]>} */
let streams = new Map()

const server = createServer({ noDelay: true }, (socket) => {
  socket.on('error', () => socket.destroy())
  const take = createRequestReader((path, body) => {
    const protocol = PROTOCOL_BY_PATH.find(([pattern]) => pattern.test(path))?.[1]
    if (!protocol) return void socket.write(notFound)
    const isStream = protocol === 'gemini' ? path.includes('stream') : body.includes('"stream":true')
    if (isStream) writeStream(socket, streams.get(protocol) ?? [])
    else socket.write(whole.get(protocol) ?? notFound)
  })
  socket.on('data', take)
})

/** @param {import('node:net').Socket} socket @param {Buffer[]} writes */
function writeStream(socket, writes) {
  const began = performance.now()
  let next = 0
  const step = () => {
    const bytes = writes[next++]
    if (!bytes || socket.destroyed) return
    socket.write(bytes)
    if (everyMs) setTimeout(step, began + next * everyMs - performance.now())
    else setImmediate(step)
  }
  step()
}

process.on('message', (/** @type {Pace} */ pace) => {
  everyMs = pace.everyMs
  streams = new Map([...PROTOCOL_BY_PATH].map(([, protocol]) => [protocol, writesOf(protocol, pace)]))
  process.send?.('ready')
})
process.on('disconnect', () => process.exit())
server.listen({ port: Number(process.argv[2]), host: '127.0.0.1', backlog: 4096 })
