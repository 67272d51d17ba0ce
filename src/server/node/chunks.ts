/**
 * Pieces of an answer without a known length, put into HTTP's chunks here: Node makes four writes of each piece, which costs a twentieth more of
 * 1000 slow streams.
 * @see https://www.rfc-editor.org/rfc/rfc9112#name-chunked-transfer-coding
 *
 * @module
 */
import type { ServerResponse } from 'node:http'

/** To copy more costs more than Node's four writes. In characters or bytes. */
const SHORT = 4096

export interface PieceWriter {
  /** Writes a piece; the head goes out with the first. `false`: there is no room, until `whenRoom` calls. */
  write(piece: string | Uint8Array): boolean
  whenRoom(run: () => void): void
}

/** A writer for an answer whose head is set down; `to.end` ends it. Whoever has put something around `to.write` does not see what goes past that. */
export function createPieceWriter(to: ServerResponse): PieceWriter {
  const hasBody = to.req.method !== 'HEAD'
  let begun = false
  return {
    write(piece) {
      const { socket } = to
      // Without a socket it waits for the answer to an earlier request, without chunks it goes on until the connection ends. Of a client that
      // has said its last Node keeps what cannot be written any more. A chunk of nothing would end the body.
      const isOurs = begun && hasBody && socket?.writable && to.chunkedEncoding && piece.length > 0 && piece.length <= SHORT
      begun = true
      if (!isOurs) return to.write(piece)
      if (typeof piece !== 'string') return socket.write(chunkOf(piece))
      const size = Buffer.byteLength(piece)
      return socket.write(`${size.toString(16)}\r\n${piece}\r\n`, size === piece.length ? 'latin1' : 'utf8')
    },
    // What went past the response it does not know of, and would not tell of.
    whenRoom: (run) => void (to.socket ?? to).once('drain', run),
  }
}

const CR = 0x0d
const LF = 0x0a

function chunkOf(piece: Uint8Array): Uint8Array {
  const head = `${piece.length.toString(16)}\r\n`
  const end = head.length + piece.length
  const chunk = Buffer.allocUnsafe(end + 2)
  chunk.write(head, 'latin1')
  chunk.set(piece, head.length)
  chunk[end] = CR
  chunk[end + 1] = LF
  return chunk
}
