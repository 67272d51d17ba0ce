/**
 * Where a request came from: over which connection, and by whom. It rides on the Request, as all else does.
 *
 * @module
 */
import { createAttachment } from '../../core/attachment.ts'
import { inheritCaller, setGroup, setTenant } from '../../router/caller.ts'

export interface Connection {
  /** The address of whoever opened the connection: a client, or a proxy in front of it. */
  address?: string
  /** Calls `run` once the answer has been sent, or the client has gone. Absent where the runtime does not tell. */
  whenClosed?(run: () => void): void
}

/** Who sent a request. */
export interface Client {
  /** The name of its key. */
  name: string
  /** The group of its key. */
  group?: string
}

const connections = createAttachment<Request, Connection>('connection')

export const attachConnection = (request: Request, connection: Connection): void => connections.set(request, connection)

/** `undefined` for a request that was made in this process, or by a server that says nothing of its connections. */
export const connectionOf = (request: Request): Connection | undefined => connections.get(request)

const clients = createAttachment<Request, Client>('client')

export const setClient = (request: Request, client: Client): void => {
  clients.set(request, client)
  setTenant(request, client.name)
  if (client.group !== undefined) setGroup(request, client.group)
}

/** Who sent a request; `undefined` where no key was asked for. */
export const clientOf = (request: Request): Client | undefined => clients.get(request)

/** The same request in another form came from the same place. */
export function inheritOrigin(from: Request, to: Request): Request {
  const connection = connections.get(from)
  const client = clients.get(from)
  if (connection) connections.set(to, connection)
  if (client) clients.set(to, client)
  inheritCaller(from, to)
  return to
}
