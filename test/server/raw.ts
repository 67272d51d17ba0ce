/** Sockets below HTTP. */
import { connect } from 'node:net'

/** Sends bytes as they are, and returns what comes back until the server closes or `until` was seen. */
export function raw(port: number, bytes: string, until?: RegExp, host = '127.0.0.1'): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, host, () => socket.write(bytes, 'latin1'))
    let text = ''
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1')
      if (until?.test(text)) socket.destroy()
    })
    socket.on('close', () => resolve(text))
    socket.on('error', (error) => (text ? resolve(text) : reject(error)))
  })
}

/** The status and the body of the first answer in `text`. */
export function answerIn(text: string): { status: number; body: unknown } {
  const [head = '', ...rest] = text.split('\r\n\r\n')
  return {
    status: Number(/^HTTP\/1\.1 (\d+)/.exec(head)?.[1]),
    body: rest.length ? (JSON.parse(rest.join('\r\n\r\n')) as unknown) : undefined,
  }
}
