/**
 * SOCKS 5, as much of it as a client needs. Host names are resolved by the proxy.
 * @see https://www.rfc-editor.org/rfc/rfc1928 and https://www.rfc-editor.org/rfc/rfc1929
 *
 * @module
 */
import { connect, type Socket } from 'node:net'
import { addressBytes } from '../safety/ip-network.ts'
import { TUNNEL_MS, tunnelError, type ForwardProxy, type Target } from './forward-proxy.ts'

const VERSION = 5
const NO_AUTH = 0
const PASSWORD = 2
const CONNECT = 1
const IPV4 = 1
const NAME = 3
const IPV6 = 4

const REPLIES = [
  '',
  'it failed',
  'its rules do not allow it',
  'the network is unreachable',
  'the host is unreachable',
  'the connection was refused',
  'the connection took too long',
  'it does not make connections',
  'it does not know such addresses',
]

export async function openSocksTunnel(proxy: ForwardProxy, target: Target): Promise<Socket> {
  const { host, port } = target
  const socket = connect({ host: proxy.host, port: proxy.port })
  socket.setTimeout(TUNNEL_MS, () => socket.destroy(new Error(`it did not answer within ${TUNNEL_MS / 1000} s`)))
  const read = createReader(socket)
  try {
    const methods = proxy.user || proxy.password ? [NO_AUTH, PASSWORD] : [NO_AUTH]
    socket.write(Uint8Array.from([VERSION, methods.length, ...methods]))
    const [version, method] = await read(2)
    if (version !== VERSION) throw new Error('it does not speak SOCKS 5.')
    if (method === PASSWORD) await logIn(socket, read, proxy)
    else if (method !== NO_AUTH) throw new Error('it asks for a user and a password. Write them into its URL.')
    socket.write(Buffer.concat([Uint8Array.from([VERSION, CONNECT, 0]), addressOf(host), Uint8Array.from([port >> 8, port & 255])]))
    const [, reply = 1, , kind] = await read(4)
    if (reply !== 0) throw new Error(`${REPLIES[reply] ?? `it answered ${reply}`}.`)
    // Where the proxy calls from, which nobody needs.
    await read(2 + (kind === IPV4 ? 4 : kind === IPV6 ? 16 : (await read(1))[0]!))
    read.stop()
    socket.setTimeout(0)
    return socket
  } catch (error) {
    socket.destroy()
    throw tunnelError(proxy, target, error)
  }
}

async function logIn(socket: Socket, read: Reader, { user, password }: ForwardProxy): Promise<void> {
  const fields = [user, password].map((text) => Buffer.from(text))
  if (fields.some(({ length }) => length > 255)) throw new Error('its user or password is longer than 255 bytes.')
  socket.write(Buffer.concat([Uint8Array.of(1), ...fields.flatMap((field) => [Uint8Array.of(field.length), field])]))
  const [, status] = await read(2)
  if (status !== 0) throw new Error('it refused the user or the password.')
}

function addressOf(host: string): Uint8Array {
  const bytes = addressBytes(host)
  if (bytes) return Uint8Array.from([bytes.length === 4 ? IPV4 : IPV6, ...bytes])
  const name = Buffer.from(host)
  return Buffer.concat([Uint8Array.from([NAME, name.length]), name])
}

interface Reader {
  /** Resolves with so many bytes. Rejects where the connection ends before. */
  (length: number): Promise<Uint8Array>
  /** Leaves the rest to others. */
  stop(): void
}

function createReader(socket: Socket): Reader {
  let failure: Error | undefined
  let wake = () => {}
  const onReadable = () => wake()
  const onError = (error: Error) => {
    failure ??= error
    wake()
  }
  const onClose = () => onError(new Error('it closed the connection'))
  socket.on('readable', onReadable).on('error', onError).on('close', onClose)
  const read = async (length: number) => {
    for (;;) {
      const bytes = socket.read(length) as Uint8Array | null
      if (bytes?.length === length) return bytes
      if (failure || bytes) throw failure ?? new Error('it closed the connection')
      await new Promise<void>((resolve) => (wake = resolve))
    }
  }
  return Object.assign(read, {
    stop: () => void socket.off('readable', onReadable).off('error', onError).off('close', onClose),
  })
}
