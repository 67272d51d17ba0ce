/**
 * Who may use the admin API: whoever has its own key. Where nothing here asks for any key, programs of this machine.
 *
 * @module
 */
import { STATUS, type Failure } from '../../core/failure.ts'
import { createAuth } from '../safety/auth.ts'
import { connectionOf } from '../safety/connection.ts'
import { isLoopback } from '../safety/guard.ts'
import { bare } from '../safety/ip-network.ts'

export interface AccessOptions {
  adminKey?: string
  /** Whether clients need keys. */
  asksForKeys: boolean
  addressOf(request: Request): string | undefined
}

/** Returns what lets requests in, or tells why not. */
export function createAccess({ adminKey, asksForKeys, addressOf }: AccessOptions): (request: Request) => Request | Failure {
  if (adminKey !== undefined) return createAuth({ keys: [{ name: 'admin', key: adminKey }], addressOf })
  if (asksForKeys) return () => closed('A key of a client is none of the admin API')
  return (request) => (isLocal(request) ? request : closed('Without a key the admin API answers programs of this machine alone'))
}

const closed = (why: string): Failure => ({
  kind: 'permission',
  status: STATUS.permission,
  message: `${why}. Set "server": { "adminKey": … } in the configuration (or CC_ROUTE_ADMIN_KEY), and send that as a bearer token.`,
  retryable: false,
})

/** Lets nobody in: the admin API is switched off. */
export const admitNobody = (): Failure => ({
  kind: 'permission',
  status: STATUS.permission,
  message:
    'This gateway has no admin API ("server": { "admin": false }), and asks its clients for no keys: nobody has usage of their own. Give it "server": { "keys": … }.',
  retryable: false,
})

/** What a proxy in front writes: whoever is behind it may be anywhere. */
const FORWARDED = ['forwarded', 'x-forwarded-for', 'x-real-ip']

/** Whether a request came over a connection of this machine, under one of its own names. */
function isLocal(request: Request): boolean {
  const address = connectionOf(request)?.address?.replace(/^::ffff:/i, '')
  const { hostname } = new URL(request.url)
  const origin = request.headers.get('origin')
  return (
    address !== undefined &&
    isLoopback(address) &&
    isLoopback(bare(hostname)) &&
    !FORWARDED.some((name) => request.headers.has(name)) &&
    // A page of another site may have been let in to chat, which is not this.
    (origin === null || (URL.canParse(origin) && new URL(origin).host === request.headers.get('host')?.toLowerCase()))
  )
}
