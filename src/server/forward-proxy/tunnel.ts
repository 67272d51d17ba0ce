/**
 * A connection to a provider through a proxy: by HTTP CONNECT or by SOCKS5.
 * @see https://www.rfc-editor.org/rfc/rfc9110#CONNECT
 *
 * @module
 */
import http from 'node:http'
import https from 'node:https'
import type { Socket } from 'node:net'
import { bracketed } from '../safety/ip-network.ts'
import { TUNNEL_MS, tunnelError, type ForwardProxy, type Target } from './forward-proxy.ts'
import { openSocksTunnel } from './socks.ts'

/** Connects to `target` through `proxy`. Rejects with an error that names the proxy, never its password. */
export const openTunnel = (proxy: ForwardProxy, target: Target): Promise<Socket> =>
  proxy.protocol === 'socks5' ? openSocksTunnel(proxy, target) : openHttpTunnel(proxy, target)

function openHttpTunnel(proxy: ForwardProxy, target: Target): Promise<Socket> {
  const { host, port } = target
  const authority = `${bracketed(host)}:${port}`
  return new Promise((resolve, reject) => {
    const refused = (error: Error) => reject(tunnelError(proxy, target, error))
    const request = (proxy.protocol === 'https' ? https : http).request({
      host: proxy.host,
      port: proxy.port,
      method: 'CONNECT',
      path: authority,
      headers: { host: authority, ...proxyHeaders(proxy) },
      agent: false,
      timeout: TUNNEL_MS,
    })
    request.once('connect', (response, socket: Socket, head: Uint8Array) => {
      const { statusCode = 0, statusMessage = '' } = response
      if (statusCode < 200 || statusCode > 299) {
        socket.destroy()
        const advice = statusCode === 407 ? ' Check its user and password.' : ''
        return refused(new Error(`it answered ${statusCode} ${statusMessage.replace(/[^\x20-\x7e]/g, '')}.${advice}`))
      }
      socket.setTimeout(0)
      if (head.length) socket.unshift(head)
      resolve(socket)
    })
    request.once('timeout', () => request.destroy(new Error(`it did not answer within ${TUNNEL_MS / 1000} s`)))
    request.once('error', refused)
    request.end()
  })
}

/** What tells a proxy who calls. */
export function proxyHeaders({ user, password }: ForwardProxy): Record<string, string> {
  if (!user && !password) return {}
  return { 'proxy-authorization': `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` }
}
