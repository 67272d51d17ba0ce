/**
 * Node's answer to bytes that are no HTTP: by default a bare status line, here an error that the client can read.
 *
 * @module
 */
import type { Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Failure } from '../../core/failure.ts'
import type { JsonObject } from '../../core/json.ts'
import { clientProtocol } from '../../router/facts.ts'
import { protocols } from '../../transformers/registry.ts'

type ClientSocket = Socket & { _httpMessage?: ServerResponse }
type ParseError = Error & { code?: string; reason?: string; rawPacket?: Uint8Array }

const REASONS: Record<string, { status: number; phrase: string; message: string }> = {
  HPE_HEADER_OVERFLOW: {
    status: 431,
    phrase: 'Request Header Fields Too Large',
    message: 'The headers are larger than this server takes.',
  },
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, phrase: 'Request Timeout', message: 'The request did not arrive in time.' },
}

/** Answers what the server cannot parse in the client's own format, as far as its path can be told. */
export function answerClientErrors(server: Pick<Server, 'on'>): void {
  server.on('clientError', (error: ParseError, stream) => {
    const socket = stream as ClientSocket
    // Into an answer that has begun nothing may be written: the client would take it for a part of it. Node's own default looks there too.
    // oxlint-disable-next-line no-underscore-dangle
    if (error.code === 'ECONNRESET' || !socket.writable || socket._httpMessage?.headersSent) return void socket.destroy()
    const { status, phrase, message } = REASONS[error.code ?? ''] ?? {
      status: 400,
      phrase: 'Bad Request',
      message: `The request is not valid HTTP: ${error.reason ?? error.message}.`,
    }
    const body = JSON.stringify(errorBody({ kind: 'invalid-request', status, message }, pathOf(error.rawPacket, socket)))
    const head = `HTTP/1.1 ${status} ${phrase}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n`
    socket.end(head + body)
  })
}

/** Nothing may be thrown from a listener: it would end the process. */
function errorBody(failure: Failure, path: string): JsonObject {
  try {
    return protocols[clientProtocol(new Request(`http://localhost${path}`, { method: 'POST' }))].encodeError(failure).body
  } catch {
    return { error: { message: failure.message } }
  }
}

/** As much of the request as its first line tells, where it has not been read. */
function pathOf(packet: Uint8Array | undefined, socket: ClientSocket): string {
  const line = packet ? new TextDecoder('latin1').decode(packet.subarray(0, 2048)) : ''
  // oxlint-disable-next-line no-underscore-dangle
  return /^POST (\/[\x21-\x7e]*) HTTP/.exec(line)?.[1] ?? socket._httpMessage?.req?.url ?? '/'
}
