/** Requests out of a socket's bytes: as much HTTP/1.1 as our own clients and proxies write. */

const HEAD_END = Buffer.from('\r\n\r\n')
const LAST_CHUNK = Buffer.from('\r\n0\r\n\r\n')

/**
 * Calls `take` with the path and the body of each request. Give the returned function what the socket reads.
 *
 * @param {(path: string, body: Buffer) => void} take
 */
export function createRequestReader(take) {
  /** @type {Buffer[]} */
  let parts = []
  let size = 0
  /** How many bytes there must be before it is worth while to look again. */
  let wanted = 0
  return (/** @type {Buffer} */ chunk) => {
    parts.push(chunk)
    size += chunk.length
    if (size < wanted) return
    const bytes = parts.length === 1 ? chunk : Buffer.concat(parts)
    const headEnd = bytes.indexOf(HEAD_END)
    const head = headEnd < 0 ? '' : bytes.toString('latin1', 0, headEnd)
    const length = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0)
    const isChunked = /\r\ntransfer-encoding: *chunked/i.test(head)
    const bodyStart = headEnd + HEAD_END.length
    parts = [bytes]
    wanted = bodyStart + length
    const isWhole = headEnd >= 0 && (isChunked ? bytes.subarray(-LAST_CHUNK.length).equals(LAST_CHUNK) : size >= wanted)
    if (!isWhole) return
    parts = []
    size = wanted = 0
    take(head.split(' ', 2)[1] ?? '', bytes.subarray(bodyStart))
  }
}
