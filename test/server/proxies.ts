/** Real proxies on sockets, which lead every host name to one port of this machine and write down what they were asked. */
import { createServer, request as call } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { connect, createServer as createSocketServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { certificate } from './certificate.ts'

export interface TestProxy {
  port: number
  /** What it was asked for, and by whom: `CONNECT upstream.test:443 ann:secret`. */
  asked: string[]
  /** Everything that came in over its connections, as text. */
  received(): string
  close(): void
}

/** The user and the password that proxies ask for, where they do. */
export const LOGIN = 'ann:s3cret word'

export async function httpProxy(target: number, { login = false, secure = false, status = 200 } = {}): Promise<TestProxy> {
  const asked: string[] = []
  const bytes: Buffer[] = []
  const who = (header: string | undefined) => Buffer.from(header?.replace('Basic ', '') ?? '', 'base64').toString()
  const server = secure ? createSecureServer(certificate) : createServer()
  server.on('request', (request, response) => {
    asked.push(`${request.method} ${request.url} ${who(request.headers['proxy-authorization'])}`.trim())
    const { pathname, search } = new URL(request.url!)
    const onward = call(
      { host: '127.0.0.1', port: target, path: pathname + search, method: request.method, headers: request.headers },
      (answer) => {
        response.writeHead(answer.statusCode!, answer.headers)
        answer.pipe(response)
      },
    )
    request.pipe(onward)
  })
  server.on('connect', (request, socket: Socket, head: Buffer) => {
    const user = who(request.headers['proxy-authorization'])
    asked.push(`CONNECT ${request.url} ${user}`.trim())
    if (login && user !== LOGIN) return void socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n')
    if (status !== 200) return void socket.end(`HTTP/1.1 ${status} No\r\n\r\n`)
    const onward = connect(target, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
      onward.write(head)
      socket.pipe(onward).pipe(socket)
    })
    socket.on('data', (chunk: Buffer) => bytes.push(chunk))
    for (const end of [socket, onward]) end.on('error', () => (socket.destroy(), onward.destroy()))
  })
  return listening(server, asked, bytes)
}

export async function socksProxy(target: number, { login = false, reply = 0, dribble = false } = {}): Promise<TestProxy> {
  const asked: string[] = []
  const bytes: Buffer[] = []
  const server = createSocketServer((socket) => {
    let held = Buffer.alloc(0)
    let wake = () => {}
    let user = ''
    const send = (...values: number[]) => {
      if (!dribble) return void socket.write(Uint8Array.from(values))
      for (const value of values) socket.write(Uint8Array.of(value))
    }
    const read = async (length: number) => {
      while (held.length < length) await new Promise<void>((resolve) => (wake = resolve))
      const taken = held.subarray(0, length)
      held = held.subarray(length)
      return taken
    }
    const collect = (chunk: Buffer) => {
      bytes.push(chunk)
      held = Buffer.concat([held, chunk])
      wake()
    }
    socket.on('data', collect).on('error', () => {})
    const serve = async () => {
      const methods = await read((await read(2))[1]!)
      if (login && !methods.includes(2)) return send(5, 255)
      send(5, login ? 2 : 0)
      if (login) {
        const name = await read((await read(2))[1]!)
        const password = await read((await read(1))[0]!)
        user = `${name.toString()}:${password.toString()}`
        send(1, user === LOGIN ? 0 : 1)
        if (user !== LOGIN) return socket.end()
      }
      const kind = (await read(4))[3]
      const address = kind === 3 ? (await read((await read(1))[0]!)).toString() : (await read(kind === 1 ? 4 : 16)).toString('hex')
      asked.push(`${address}:${(await read(2)).readUInt16BE()} ${user}`.trim())
      if (reply) return send(5, reply, 0, 1, 0, 0, 0, 0, 0, 0)
      const onward = connect(target, '127.0.0.1', () => {
        send(5, 0, 0, 3, 4, 104, 111, 115, 116, 0, 80)
        socket.off('data', collect)
        socket.on('data', (chunk: Buffer) => bytes.push(chunk))
        onward.write(held)
        socket.pipe(onward).pipe(socket)
      })
      onward.on('error', () => socket.destroy())
    }
    void serve()
  })
  return listening(server, asked, bytes)
}

async function listening(server: Server, asked: string[], bytes: Buffer[]): Promise<TestProxy> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    asked,
    received: () => Buffer.concat(bytes).toString('latin1'),
    close() {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}
