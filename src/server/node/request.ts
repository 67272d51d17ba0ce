/**
 * The client side of the Node fast path: a request's body without a Web stream in between.
 *
 * @module
 */
import type { IncomingMessage } from 'node:http'
import { tooLarge } from '../../router/facts.ts'
import { joined } from './bytes.ts'

/** Reads a body. Rejects with a 413 failure above `maxBytes`, and where the client goes before its end. */
export function readNodeBody(message: IncomingMessage, maxBytes: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    // Node keeps the message, and with it what listens to it, for as long as its answer goes on.
    let chunks: Uint8Array[] = []
    let size = 0
    message.on('data', (chunk: Uint8Array) => {
      size += chunk.length
      if (size <= maxBytes) return chunks.push(chunk)
      message.removeAllListeners('data').resume()
      try {
        tooLarge(maxBytes)
      } catch (error) {
        reject(error)
      }
    })
    message.once('end', () => {
      resolve(joined(chunks))
      chunks = []
    })
    message.once('error', reject)
    message.once('close', () => {
      if (!message.readableEnded) reject(new DOMException('The client went away amid its request.', 'AbortError'))
    })
  })
}
